import { type Digest, digestValue } from '../../kernel/hash.ts'
import type { Json } from '../../kernel/json.ts'
import { InvalidPageTokenError } from './errors.ts'

/** The place in a list after which the next page begins: the sort values of the last run of this one. */
export type SortValues = readonly (string | number)[]

/** A token names the list it belongs to, so that it cannot be used with another filter or order. */
export function writePageToken(list: Json, values: SortValues): string {
  const cells = values.map((value) =>
    typeof value === 'number' && !Number.isFinite(value) ? { double: `${value}` } : value,
  )
  return Buffer.from(JSON.stringify({ list: fingerprint(list), after: cells })).toString('base64url')
}

/** Reads a token of this very list; throws for any other text. */
export function readPageToken(list: Json, token: string, length: number): SortValues {
  const content = decode(token)
  if (content['list'] !== fingerprint(list)) throw new InvalidPageTokenError('it belongs to another filter or order')
  const after = content['after']
  if (!Array.isArray(after) || after.length !== length) throw new InvalidPageTokenError('it is damaged')
  return after.map((cell: unknown) => {
    if (typeof cell === 'string' || typeof cell === 'number') return cell
    const double = (cell as { double?: unknown } | null)?.double
    if (double === 'Infinity' || double === '-Infinity') return Number(double)
    throw new InvalidPageTokenError('it is damaged')
  })
}

function fingerprint(list: Json): string {
  const digest: Digest = digestValue('run-list/1', list)
  return digest.slice(-16)
}

function decode(token: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (typeof content === 'object' && content !== null) return content as Record<string, unknown>
  } catch {
    // Told below, as any other text that is no token.
  }
  throw new InvalidPageTokenError('it is damaged')
}
