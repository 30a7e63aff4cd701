import { z } from 'zod'

/** The types a column of a schema may have; `number` is `double` under the name that model contracts use. */
export const columnTypes = [
  'number',
  'boolean',
  'integer',
  'bigint',
  'double',
  'decimal',
  'string',
  'date',
  'timestamp',
] as const

const literal = z.union([z.string(), z.number(), z.boolean()])
const bound = z.union([z.number(), z.string()])

/** What one column promises. Every rule that a row breaks is a reason of its own. */
export const columnSchema = z.strictObject({
  type: z.enum(columnTypes),
  /** The column's name in the source, when it differs. */
  from: z.string().min(1).optional(),
  /** True: a null is allowed. A null passes every other rule. */
  nullable: z.boolean().optional(),
  /** True: no value occurs in two rows; every row of a repeated value fails. */
  unique: z.boolean().optional(),
  /** Smallest and largest value allowed, inclusive; a date or timestamp as ISO text. */
  min: bound.optional(),
  max: bound.optional(),
  /** The only values allowed. */
  oneOf: z.array(literal).min(1).optional(),
  /** A regular expression (RE2) that the whole text must match. */
  pattern: z.string().min(1).optional(),
  /** Shortest and longest text allowed, in characters. */
  minLength: z.int().nonnegative().optional(),
  maxLength: z.int().nonnegative().optional(),
  /** How dates and times are written in text, as for strptime: `%d/%m/%Y %H:%M`; ISO 8601 when absent. */
  format: z.string().min(1).optional(),
  /** Digits of a decimal, all and behind the point; 18 and 4 when absent. */
  precision: z.int().min(1).max(38).optional(),
  scale: z.int().min(0).max(38).optional(),
  description: z.string().optional(),
  /** The unit of measure: `GBP`, `days`. */
  unit: z.string().optional(),
})

/** A rule over a whole row, as an SQL expression over the typed columns that must be true. */
export const rowCheck = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]*$/i, 'a name of letters, digits, - and _'),
  sql: z.string().min(1),
})

/** The schema of a table: columns with types and constraints, and rules over rows. */
export const tableSchema = z
  .strictObject({
    columns: z
      .record(z.string().min(1), columnSchema)
      .refine((columns) => Object.keys(columns).length > 0, 'at least one column'),
    /** The columns that together tell one row from another. */
    key: z.array(z.string()).min(1).optional(),
    rows: z.array(rowCheck).optional(),
    /** The share of rows that may go to quarantine before the step fails; 0.05 when absent. */
    maxQuarantineShare: z.number().min(0).max(1).optional(),
    /** What a source column that the schema does not name does: `error` (the default) or `drop`. */
    extraColumns: z.enum(['error', 'drop']).optional(),
  })
  .check((context) => {
    for (const name of context.value.key ?? []) {
      if (name in context.value.columns) continue
      context.issues.push({ code: 'custom', input: name, path: ['key'], message: `${name} is no column of the schema` })
    }
  })

export type ColumnSchema = z.infer<typeof columnSchema>
export type RowCheck = z.infer<typeof rowCheck>
export type TableSchema = z.infer<typeof tableSchema>

export const defaultQuarantineShare = 0.05
