import { randomBytes } from 'node:crypto'

declare const brand: unique symbol
/** A string that only its own maker may produce. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** 32 lower-case hex characters, as MLflow has them; ids made later sort later. */
export type RunId = Brand<string, 'RunId'>

/** A new time-ordered id (UUID version 7, RFC 9562, without dashes): 48 bits of milliseconds, then random bits. */
export function newId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return bytes.toString('hex')
}

export function newRunId(nowMs?: number): RunId {
  return newId(nowMs) as RunId
}
