import { InvalidPageTokenError } from '../errors.ts'

/** Which models or versions, in which order. */
export interface RegistryQuery {
  /** MLflow's search grammar: `name = 'churn' and tags.owner = 'ana'`. */
  readonly filter?: string
  /** `name ASC`, `last_updated_timestamp DESC`. */
  readonly orderBy?: readonly string[]
  readonly limit: number
  readonly pageToken?: string
}

/** A token is opaque to clients: the number of rows before the page. */
export function writeOffset(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64url')
}

export function readOffset(token: string | undefined): number {
  if (token === undefined || token === '') return 0
  try {
    const { offset } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { offset?: unknown }
    if (typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0) return offset
  } catch {
    // Told below, as any other text that is no token.
  }
  throw new InvalidPageTokenError()
}
