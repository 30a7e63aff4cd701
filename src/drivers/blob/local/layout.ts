import { join } from 'node:path'

import { type Digest, isDigest } from '../../../kernel/hash.ts'

/** Where a blob is in the store's folder: `sha256/ab/cdef…`, two characters of the hash as a folder of their own. */
export function blobPath(folder: string, digest: Digest): string {
  const [algorithm, hex] = digest.split(':') as [string, string]
  return join(folder, algorithm, hex.slice(0, 2), hex.slice(2))
}

/** The digest that a path below the store's folder stands for, if it is one. */
export function toDigest(shard: string, name: string): Digest | undefined {
  const digest = `sha256:${shard}${name}`
  return shard.length === 2 && isDigest(digest) ? digest : undefined
}

/** Where bytes are written before they have their name: on the same file system as the blobs. */
export function temporaryFolder(folder: string): string {
  return join(folder, 'tmp')
}
