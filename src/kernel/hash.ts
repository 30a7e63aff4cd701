import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

import { canonicalJson, type Json } from './json.ts'

/** A content address with its algorithm's name: `sha256:<64 hex characters>`. */
export type Digest = `sha256:${string}`

/** The digest of exactly these bytes. */
export function digestBytes(bytes: Uint8Array | string): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`
}

/**
 * The digest of a value in canonical JSON, separated by a domain tag so that a value of one kind can never
 * stand in for another (`step-key/1`, `table-version/1`, …).
 */
export function digestValue(tag: string, value: Json): Digest {
  return digestBytes(`${tag}\n${canonicalJson(value)}`)
}

/** The digest of a file's bytes, read as a stream. */
export async function digestFile(path: string, signal?: AbortSignal): Promise<Digest> {
  const hasher = createHash('sha256')
  const source = createReadStream(path, { highWaterMark: 1 << 20 })
  await pipeline(source, hasher, signal ? { signal } : {})
  return `sha256:${hasher.digest('hex')}`
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** The first characters of a digest, enough for a person. */
export function shortDigest(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 10)
}
