import type { ColumnSchema } from './schema.ts'
import { sqlText } from './sql-text.ts'

/** The engine's type of a column. */
export function sqlTypeOf(column: ColumnSchema): string {
  switch (column.type) {
    case 'boolean':
      return 'BOOLEAN'
    case 'integer':
      return 'INTEGER'
    case 'bigint':
      return 'BIGINT'
    case 'number':
    case 'double':
      return 'DOUBLE'
    case 'decimal':
      return `DECIMAL(${column.precision ?? 18},${column.scale ?? 4})`
    case 'string':
      return 'VARCHAR'
    case 'date':
      return 'DATE'
    case 'timestamp':
      return 'TIMESTAMP'
  }
}

/** A source value as the column's type, null where it does not fit. `raw` is an expression of the type `rawType`. */
export function castSql(column: ColumnSchema, raw: string, rawType: string): string {
  const target = sqlTypeOf(column)
  if (rawType === target) return raw
  if (column.format !== undefined && rawType === 'VARCHAR') {
    const parsed = `try_strptime(${raw}, ${sqlText(column.format)})`
    return column.type === 'date' ? `CAST(${parsed} AS DATE)` : parsed
  }
  return `TRY_CAST(${raw} AS ${target})`
}

/**
 * True where a cast gave a value but changed what was said: the engine rounds 1.5 to 2 as an integer and reads
 * `2011-01-01 10:00` as a date by dropping the time.
 */
function lossSql(column: ColumnSchema, raw: string, typed: string): string | undefined {
  switch (column.type) {
    case 'integer':
    case 'bigint':
      return `TRY_CAST(${raw} AS DOUBLE) IS DISTINCT FROM CAST(${typed} AS DOUBLE)`
    case 'decimal': {
      const scale = Math.min((column.scale ?? 4) + 6, 37)
      return `TRY_CAST(${raw} AS DECIMAL(38,${scale})) IS DISTINCT FROM ${typed}`
    }
    case 'date':
      return `TRY_CAST(${raw} AS TIMESTAMP) IS DISTINCT FROM CAST(${typed} AS TIMESTAMP)`
    case 'number':
    case 'double':
      return `NOT isfinite(${typed})`
    case 'boolean':
    case 'string':
    case 'timestamp':
      return undefined
  }
}

/** True where the source had a value and it is not one of the column's type. */
export function typeMismatchSql(
  column: ColumnSchema,
  raw: string,
  options: { typed: string; rawType: string },
): string {
  const { typed, rawType } = options
  const target = sqlTypeOf(column)
  const lost = `${raw} IS NOT NULL AND ${typed} IS NULL`
  if (rawType === target) return target === 'DOUBLE' ? `NOT isfinite(${typed})` : 'false'
  const loss = column.format === undefined ? lossSql(column, raw, typed) : undefined
  return loss === undefined ? lost : `(${lost}) OR (${typed} IS NOT NULL AND ${loss})`
}
