import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { BatonError } from '../kernel/errors.ts'
import type { Json } from '../kernel/json.ts'
import { parseParams } from './params.ts'

const schema = z.object({
  days: z.int().positive().default(30),
  purpose: z.enum(['train', 'score']).default('train'),
  code: z
    .string()
    .regex(/^[A-Z]+$/)
    .optional(),
  weights: z.array(z.number()).default([]),
})

function refusal(given: Record<string, Json>): BatonError {
  try {
    parseParams('churn', schema, given)
  } catch (error) {
    if (error instanceof BatonError) return error
    throw error
  }
  throw new Error('the params were taken')
}

describe('params of a pipeline', () => {
  it('are read from text as their schema wants them, with the defaults filled in', () => {
    expect(parseParams('churn', schema, { days: '60', weights: '[1, 2]' })).toEqual({
      days: 60,
      purpose: 'train',
      weights: [1, 2],
    })
    expect(parseParams('churn', z.object({ code: z.string() }), { code: '007' })).toEqual({ code: '007' })
  })

  it('name the nearest one for one that is unknown', () => {
    expect(refusal({ dyas: 3 })).toMatchObject({ code: 'pipelines.unknown_param', kind: 'usage' })
    expect(refusal({ dyas: 3 }).hint).toContain('Did you mean "days"?')
  })

  it.each([
    ['-3', 'days = -3: Too small'],
    ['many', 'days = many: Invalid input: expected'],
  ])('refuse %s with the value and what is wrong with it', (days, message) => {
    expect(refusal({ days })).toMatchObject({ code: 'pipelines.invalid_param', kind: 'usage' })
    expect(refusal({ days }).message).toContain(message)
  })

  it('say what is wrong with a text as a text', () => {
    expect(refusal({ code: '7' }).message).toContain('code = 7: Invalid string')
  })
})
