import { InvalidSchemaError } from './errors.ts'
import { sqlTypeOf } from './column-sql.ts'
import type { ColumnSchema } from './schema.ts'
import { sqlText } from './sql-text.ts'

/** A rule as SQL that is true where a row breaks it. */
export interface Rule {
  /** The last part of the reason code: `min`, `not_null`. */
  readonly check: string
  readonly failsSql: string
}

const ordered = new Set<ColumnSchema['type']>(['number', 'integer', 'bigint', 'double', 'decimal', 'date', 'timestamp'])

function literalSql(column: ColumnSchema, value: string | number | boolean): string {
  return `CAST(${sqlText(String(value))} AS ${sqlTypeOf(column)})`
}

/** The rules of one column beyond its type; `typed` is its expression after the cast. */
export function columnRules(
  dataset: string,
  name: string,
  options: { readonly column: ColumnSchema; readonly typed: string },
): readonly Rule[] {
  const { column, typed } = options
  const refuse = (problem: string): never => {
    throw new InvalidSchemaError(dataset, problem, `${dataset}.${name}`)
  }
  const rules: Rule[] = []
  for (const [check, bound, sign] of [
    ['min', column.min, '<'],
    ['max', column.max, '>'],
  ] as const) {
    if (bound === undefined) continue
    if (!ordered.has(column.type))
      refuse(`${check} is for numbers, dates and timestamps, and ${name} is a ${column.type}`)
    rules.push({ check, failsSql: `${typed} ${sign} ${literalSql(column, bound)}` })
  }
  if (column.oneOf) {
    const list = column.oneOf.map((value) => literalSql(column, value)).join(', ')
    // Not `NOT IN`: the engine makes a hash join of each longer list, and fifty of them exhaust a small memory limit.
    rules.push({ check: 'set', failsSql: `${typed} IS NOT NULL AND NOT list_contains([${list}], ${typed})` })
  }
  if (column.pattern !== undefined) {
    if (column.type !== 'string') refuse(`pattern is for strings, and ${name} is a ${column.type}`)
    rules.push({ check: 'pattern', failsSql: `NOT regexp_full_match(${typed}, ${sqlText(column.pattern)})` })
  }
  for (const [check, bound, sign] of [
    ['min_length', column.minLength, '<'],
    ['max_length', column.maxLength, '>'],
  ] as const) {
    if (bound === undefined) continue
    if (column.type !== 'string') refuse(`a length is for strings, and ${name} is a ${column.type}`)
    rules.push({ check, failsSql: `length(${typed}) ${sign} ${bound}` })
  }
  return rules
}
