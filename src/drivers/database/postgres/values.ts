import { types } from 'pg'

const oids = { bool: 16, int8: 20, numeric: 1700 } as const

/** A whole number that a double cannot hold would be changed in silence. */
function toNumber(text: string): number {
  const value = Number(text)
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) {
    throw new RangeError(`${text} is too large for a number; read it as text.`)
  }
  return value
}

/** How values come back: as SQLite gives them, so numbers for counts and sums, and 1 or 0 for a truth value. */
export const valueTypes: typeof types = Object.assign(Object.create(types) as typeof types, {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (oid === oids.int8 || oid === oids.numeric) return toNumber
    if (oid === oids.bool) return (text: string) => (text === 't' ? 1 : 0)
    return types.getTypeParser(oid, format as 'text')
  },
})

/** A parameter as the server takes it; the same values are refused as on SQLite. */
export function toParameter(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === undefined) return null
  if (typeof value === 'number' && Number.isNaN(value)) throw new TypeError('NaN is no value; store it as a flag.')
  if (value instanceof Date) throw new TypeError('Store a time as milliseconds or ISO text, the same for every engine.')
  return value
}
