import { throwIfAborted } from '../../../kernel/errors.ts'
import type { Digest } from '../../../kernel/hash.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'

export interface BlobVerification {
  readonly checked: number
  readonly sizeBytes: number
  /** Blobs whose bytes are not those of their digest. */
  readonly damaged: readonly Digest[]
  /** What dead writers have left; harmless. */
  readonly leftovers: readonly string[]
}

/** Reads every blob whole and checks it against its digest. */
export async function verifyBlobs(
  blobs: BlobStore,
  options: {
    readonly signal?: AbortSignal
    readonly removeLeftovers?: boolean
    readonly onProgress?: (done: { readonly blobs: number; readonly sizeBytes: number }) => void
  } = {},
): Promise<BlobVerification> {
  const damaged: Digest[] = []
  let checked = 0
  let sizeBytes = 0
  for await (const blob of blobs.list()) {
    throwIfAborted(options.signal)
    if ((await blobs.verify(blob.digest)) === 'damaged') damaged.push(blob.digest)
    checked += 1
    sizeBytes += blob.sizeBytes
    options.onProgress?.({ blobs: checked, sizeBytes })
  }
  const leftovers = await blobs.leftovers({ remove: options.removeLeftovers === true })
  return { checked, sizeBytes, damaged, leftovers }
}
