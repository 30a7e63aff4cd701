import type { ColumnType } from '../../../ports/table-engine.ts'

const exact: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'bigint',
  HUGEINT: 'bigint',
  UHUGEINT: 'bigint',
  FLOAT: 'double',
  DOUBLE: 'double',
  VARCHAR: 'string',
  UUID: 'string',
  DATE: 'date',
  BLOB: 'binary',
}

/** The type of Baton for one of DuckDB's. */
export function toColumnType(sqlType: string): ColumnType {
  const known = exact[sqlType]
  if (known) return known
  if (sqlType.startsWith('DECIMAL(') && !sqlType.endsWith(']')) return 'decimal'
  if (/^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/.test(sqlType)) return 'timestamp'
  if (sqlType.startsWith('ENUM(') && !sqlType.endsWith(']')) return 'string'
  return 'other'
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** How a column is asked for so that it arrives as the `ColumnValues` of the port: a DOUBLE or a VARCHAR. */
export function toBatchExpression(name: string, sqlType: string): { sql: string; numeric: boolean } {
  const column = quoteName(name)
  switch (toColumnType(sqlType)) {
    case 'boolean':
    case 'integer':
    case 'bigint':
    case 'double':
    case 'decimal':
      return { sql: `CAST(${column} AS DOUBLE)`, numeric: true }
    case 'date':
      return { sql: `CAST(date_diff('day', DATE '1970-01-01', ${column}) AS DOUBLE)`, numeric: true }
    case 'timestamp':
      return { sql: `CAST(epoch(${column}) AS DOUBLE)`, numeric: true }
    case 'string':
    case 'binary':
    case 'other':
      return { sql: `CAST(${column} AS VARCHAR)`, numeric: false }
  }
}
