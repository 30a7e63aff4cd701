import { readFileSync } from 'node:fs'

import { writeFileDurably } from '../../../kernel/durable-file.ts'
import { type Digest, digestBytes } from '../../../kernel/hash.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import { BlobDamagedError, BlobMissingError } from '../errors.ts'

/** The BlobStore port in memory, for tests. `bytes` is the store itself: change it to play a broken disk. */
export function createMemoryBlobs(bytes: Map<Digest, Uint8Array> = new Map()): BlobStore {
  async function put(content: Uint8Array): Promise<Digest> {
    const digest = digestBytes(content)
    bytes.set(digest, Uint8Array.from(content))
    return digest
  }

  async function get(digest: Digest): Promise<Uint8Array> {
    const content = bytes.get(digest)
    if (content === undefined) throw new BlobMissingError(digest)
    const found = digestBytes(content)
    if (found !== digest) throw new BlobDamagedError(digest, found, 'memory')
    return content
  }

  return {
    put,
    get,
    putFile: async (path) => {
      const content = readFileSync(path)
      return { digest: await put(content), sizeBytes: content.length }
    },
    has: async (digest) => bytes.has(digest),
    copyTo: async (digest, path) => writeFileDurably(path, await get(digest)),
    list: async function* list() {
      for (const [digest, content] of bytes) yield { digest, sizeBytes: content.length }
    },
    verify: async (digest) => {
      const content = bytes.get(digest)
      if (content === undefined) return 'missing'
      return digestBytes(content) === digest ? 'whole' : 'damaged'
    },
    leftovers: async () => [],
  }
}
