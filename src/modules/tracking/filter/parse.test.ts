import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { BatonError } from '../../../kernel/errors.ts'
import type { Comparison, Operator } from './comparison.ts'
import { entityNames } from './comparison.ts'
import { parseFilter } from './parse.ts'

const quoteAs = (text: string, quote: string): string => quote + text.replaceAll(quote, quote + quote) + quote
const symbols: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<=']

/** A comparison together with one of the ways to write it. */
const written = fc
  .record({
    entity: fc.constantFrom(...Object.keys(entityNames)),
    key: fc.string({ minLength: 1, unit: 'grapheme' }),
    quote: fc.constantFrom('`', '"'),
    operator: fc.constantFrom<Operator>(...symbols, 'LIKE', 'ILIKE', 'IN', 'NOT IN'),
    number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    text: fc.string({ unit: 'grapheme' }),
    list: fc.array(fc.string(), { minLength: 1, maxLength: 4 }),
    isNumber: fc.boolean(),
    lower: fc.boolean(),
    space: fc.constantFrom(' ', '  ', '\n', '\t '),
  })
  .map((given) => {
    const { entity, key, quote, operator, space } = given
    const isList = operator === 'IN' || operator === 'NOT IN'
    const value = isList ? given.list : given.isNumber ? given.number : given.text
    const literal = isList
      ? `(${given.list.map((item) => quoteAs(item, "'")).join(`,${space}`)})`
      : given.isNumber
        ? String(given.number)
        : quoteAs(given.text, "'")
    const verb = given.lower ? operator.toLowerCase() : operator
    const text = `${entity}.${quoteAs(key, quote)}${space}${verb}${space}${literal}`
    return { text, comparison: { field: { entity: entityNames[entity]!, key }, operator, value } }
  })

function withoutPlaces(comparisons: readonly Comparison[]) {
  return comparisons.map(({ field, operator, value }) => ({
    field: { entity: field.entity, key: field.key },
    operator,
    value,
  }))
}

describe('parseFilter', () => {
  test('reads back whatever is written in the grammar', () => {
    fc.assert(
      fc.property(
        fc.array(written, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(' and ', ' AND ', '\nAnd\n'),
        (parts, and) => {
          const parsed = parseFilter(parts.map((part) => part.text).join(and))
          expect(withoutPlaces(parsed)).toEqual(parts.map((part) => part.comparison))
        },
      ),
    )
  })

  test('answers any text with comparisons or with its own error, with a place in the text', () => {
    const alphabet = fc.constantFrom(...Array.from('metrics.tag ab\'"`=<>!()1.-e,and in like not;\\\n%ä'))
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 40 }), (text) => {
        try {
          for (const { field } of parseFilter(text)) expect(field.at).toBeLessThan(text.length)
        } catch (error) {
          if (!(error instanceof BatonError)) throw error
          expect(error.code).toBe('tracking.invalid_filter')
          expect(error.where?.column).toBeGreaterThan(0)
          expect(error.where?.column).toBeLessThanOrEqual(text.length + 1)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('takes names without quotes up to the operator', () => {
    const [first, second] = parseFilter('metrics.val-loss.epoch/3>=-1.5e-3 and start_time<12')
    expect(first).toEqual({
      field: { entity: 'metric', key: 'val-loss.epoch/3', at: 0 },
      operator: '>=',
      value: -1.5e-3,
    })
    expect(second).toEqual({ field: { entity: 'attribute', key: 'start_time', at: 38 }, operator: '<', value: 12 })
  })
})
