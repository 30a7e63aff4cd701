import type { Digest } from '../kernel/hash.ts'

/**
 * Content-addressed bytes. Laws:
 * 1. `put` of the same bytes twice stores them once and gives the same digest.
 * 2. A blob is there whole or not at all, also after kill -9; an acknowledged put survives a power cut.
 * 3. Reading checks the bytes against the digest; a mismatch is an error that names the blob.
 * 4. `get` and `copyTo` of a missing blob reject with a not_found error; `has` never throws for one.
 * 5. Putting the same bytes again mends a damaged blob.
 * 6. `verify` reads the whole blob as a stream and never rejects because of its state.
 */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<Digest>
  /** Stores a file's bytes; the file itself stays where it is. */
  putFile(path: string): Promise<{ digest: Digest; sizeBytes: number }>
  has(digest: Digest): Promise<boolean>
  get(digest: Digest): Promise<Uint8Array>
  /** Writes a verified copy to a new path, whole or not at all. */
  copyTo(digest: Digest, path: string): Promise<void>
  /** Every digest in the store, in any order. */
  list(): AsyncIterable<{ digest: Digest; sizeBytes: number }>
  verify(digest: Digest): Promise<BlobState>
  /** Names of what writers that died have left behind, never part of a blob; removed on request. */
  leftovers(options?: { readonly remove: boolean }): Promise<readonly string[]>
}

export type BlobState = 'whole' | 'damaged' | 'missing'
