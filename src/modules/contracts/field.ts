import { z } from 'zod'

import type { FieldType } from '../../ports/model-runtime.ts'

const fieldTypes = [
  'number',
  'integer',
  'boolean',
  'string',
  'date',
  'timestamp',
] as const satisfies readonly FieldType[]

const isoDate = /^\d{4}-\d{2}-\d{2}$/
const isoTimestamp = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** Numbers for numeric fields, ISO text for dates and timestamps. */
const limit = z.union([z.number(), z.string().min(1)])

function isPattern(source: string): boolean {
  try {
    return RegExp(source, 'u').unicode
  } catch {
    return false
  }
}

/** What one column of a model's input or output must be. */
export const fieldSpec = z
  .strictObject({
    type: z.enum(fieldTypes),
    /** True: a missing value is allowed. False by default. */
    nullable: z.boolean().optional(),
    min: limit.optional(),
    max: limit.optional(),
    /** The only values allowed (strings for string fields, numbers for numeric ones). */
    oneOf: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .optional(),
    /** A regular expression that the whole value must match (string fields only). */
    pattern: z.string().min(1).refine(isPattern, 'is not a regular expression').optional(),
    maxLength: z.int().positive().optional(),
    description: z.string().optional(),
  })
  .superRefine((field, issues) => {
    const refuse = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message })
    const numeric = field.type === 'number' || field.type === 'integer'
    const temporal = field.type === 'date' || field.type === 'timestamp'
    for (const side of ['min', 'max'] as const) {
      const value = field[side]
      if (value === undefined) continue
      if (!numeric && !temporal) refuse(side, `a ${field.type} has no ${side}`)
      else if (numeric && typeof value !== 'number') refuse(side, `must be a number for a ${field.type}`)
      else if (temporal && !(typeof value === 'string' && (field.type === 'date' ? isoDate : isoTimestamp).test(value)))
        refuse(side, `must be ISO text such as ${field.type === 'date' ? '2026-01-31' : '2026-01-31T08:00:00Z'}`)
    }
    if (field.min !== undefined && field.max !== undefined && field.min > field.max)
      refuse('min', `${field.min} is more than max ${field.max}`)
    if (field.oneOf !== undefined) {
      const wanted = field.type === 'string' ? 'string' : numeric ? 'number' : undefined
      if (wanted === undefined) refuse('oneOf', `a ${field.type} takes no list of values`)
      else if (field.oneOf.some((value) => typeof value !== wanted)) refuse('oneOf', `every value must be a ${wanted}`)
      if (new Set(field.oneOf).size < field.oneOf.length) refuse('oneOf', 'names a value twice')
    }
    for (const key of ['pattern', 'maxLength'] as const)
      if (field[key] !== undefined && field.type !== 'string') refuse(key, `is for strings, not for a ${field.type}`)
  })

export type FieldSpec = z.infer<typeof fieldSpec>

/** What a model's score must be. */
export const outputSpec = z
  .strictObject({
    type: z.literal('number'),
    min: z.number().optional(),
    max: z.number().optional(),
    description: z.string().optional(),
  })
  .refine(
    (field) => field.min === undefined || field.max === undefined || field.min <= field.max,
    'min is more than max',
  )

export type OutputSpec = z.infer<typeof outputSpec>
