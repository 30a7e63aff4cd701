import type { Digest } from '../kernel/hash.ts'

/** A folder kept by its content. */
export interface StoredFolder {
  readonly digest: Digest
  readonly sizeBytes: number
  readonly files: number
}

/**
 * Folders of bytes (models, reports, files of a step), content-addressed. Laws:
 * 1. Equal trees (names, bytes, executable bits) have equal digests, wherever and whenever they were stored.
 * 2. `restore` writes a verified copy, whole or not at all; a path that would leave the destination is refused.
 */
export interface FolderStore {
  store(path: string): Promise<StoredFolder>
  restore(digest: Digest, destination: string): Promise<void>
  has(digest: Digest): Promise<boolean>
}
