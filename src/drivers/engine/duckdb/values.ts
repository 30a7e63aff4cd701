import { DuckDBDecimalValue, DuckDBListValue, DuckDBMapValue, DuckDBStructValue } from '@duckdb/node-api'

/** A value of DuckDB as a plain one: numbers where they fit exactly, text for dates, timestamps and the rest. */
export function toPlainValue(value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'string':
      return value
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString()
    default:
  }
  if (value instanceof DuckDBDecimalValue) return value.toDouble()
  if (value instanceof DuckDBListValue) return value.items.map(toPlainValue)
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, item]) => [key, toPlainValue(item)]))
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(value.entries.map((entry) => [String(entry.key), toPlainValue(entry.value)]))
  }
  return String(value)
}
