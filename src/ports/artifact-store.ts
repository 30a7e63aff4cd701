import type { Readable } from 'node:stream'

/** A file or folder directly under the folder that was listed. */
export interface ArtifactEntry {
  /** The name alone, without the folder. */
  readonly name: string
  readonly isFolder: boolean
  /** Absent for a folder. */
  readonly sizeBytes?: number
}

/** Bytes of a file from `first` to `last`, both included, counted from 0. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** An upload in parts, as its maker goes on with it: the id is a secret that lets its holder write this one file. */
export interface PartUpload {
  readonly path: string
  readonly uploadId: string
}

/** A part that has arrived; `etag` is its digest. */
export interface UploadedPart {
  readonly partNumber: number
  readonly etag: string
}

/**
 * Files by path, for artifacts that clients send and fetch. Laws:
 * 1. A path is relative, of plain segments joined by `/`. One that is not (`..`, absolute, empty segments, control
 *    characters) is refused with a usage error before anything is touched; no link leads out of the store.
 * 2. `put` is whole or not at all, also under kill -9, and replaces what is there; an acknowledged one survives a
 *    power cut. A file never stands where a folder is, nor a folder where a file is: that is a conflict.
 * 3. `open` and `size` of a missing file reject with not_found, of a folder with a usage error. A reader keeps the
 *    bytes it began with when the file is replaced.
 * 4. `list` of a missing folder is empty; entries are sorted by name; unfinished uploads are never listed.
 * 5. `delete` removes a file or a folder with all in it; deleting what is not there does nothing.
 * 6. An upload in parts takes its parts in any order and several at a time; `complete` puts the file from exactly the
 *    parts it names, in their order, and refuses an etag that is not the part's. Nothing is visible before.
 */
export interface ArtifactStore {
  put(path: string, content: AsyncIterable<Uint8Array>): Promise<{ readonly sizeBytes: number }>
  open(path: string, range?: ByteRange): Promise<{ readonly content: Readable; readonly sizeBytes: number }>
  size(path: string): Promise<number>
  list(folder: string): Promise<readonly ArtifactEntry[]>
  delete(path: string): Promise<void>
  /** Starts an upload in parts. */
  startUpload(path: string): Promise<PartUpload>
  putPart(upload: PartUpload, partNumber: number, content: AsyncIterable<Uint8Array>): Promise<UploadedPart>
  completeUpload(upload: PartUpload, parts: readonly UploadedPart[]): Promise<{ readonly sizeBytes: number }>
  /** Forgets an upload; doing so twice does nothing. */
  abortUpload(upload: PartUpload): Promise<void>
}
