import type { SQLOutputValue } from 'node:sqlite'

/** The table engine's type for a type that a column of SQLite declares; text where it declares none of its own. */
export function toSqlType(declared: string | null): string {
  const type = (declared ?? '').toUpperCase().trim()
  const decimal = /^(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/.exec(type)
  if (decimal && Number(decimal[1]) <= 38) return `DECIMAL(${decimal[1]},${decimal[2] ?? 0})`
  if (type.startsWith('BOOL')) return 'BOOLEAN'
  if (/INT/.test(type)) return 'BIGINT'
  if (/REAL|FLOA|DOUB/.test(type)) return 'DOUBLE'
  if (/^TIMESTAMP|^DATETIME/.test(type)) return 'TIMESTAMP'
  if (/^DATE$/.test(type)) return 'DATE'
  if (/^(NUMERIC|DECIMAL|NUMBER)$/.test(type)) return 'DOUBLE'
  return 'VARCHAR'
}

/** A value of SQLite as text that the engine casts without loss; a blob as `\x` and hexadecimal digits. */
export function toText(value: SQLOutputValue | undefined, sqlType: string): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  const isTruth = sqlType === 'BOOLEAN' && (typeof value === 'bigint' || typeof value === 'number')
  if (isTruth && (value == 0 || value == 1)) return value == 1 ? 'true' : 'false'
  return String(value)
}
