import { BatonError } from '../../kernel/errors.ts'
import type { Digest } from '../../kernel/hash.ts'

/** No blob has this digest. */
export class BlobMissingError extends BatonError {
  constructor(digest: Digest) {
    super({
      code: 'blobs.missing',
      kind: 'not_found',
      message: `The blob ${digest} is not in the store.`,
      hint: 'Run the step that made it again, or copy the blob from another store of the project.',
      details: { digest },
    })
  }
}

/** The stored bytes are not those that the digest names. */
export class BlobDamagedError extends BatonError {
  constructor(digest: Digest, found: Digest, place: string) {
    super({
      code: 'blobs.damaged',
      kind: 'unavailable',
      message: `The blob ${digest} holds other bytes than it was stored with (they hash to ${found}).`,
      hint: 'Check the disk, then run the step that made it again: storing the same bytes mends the blob.',
      why: 'Whatever is read from it would not be what the run has recorded.',
      where: { file: place },
      details: { digest, found },
    })
  }
}

/** The store's folder cannot be written. */
export class BlobWriteError extends BatonError {
  constructor(place: string, cause: NodeJS.ErrnoException) {
    const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
    super({
      code: full ? 'blobs.disk_full' : 'blobs.not_writable',
      kind: 'unavailable',
      message: full ? `There is no space left in ${place}.` : `Nothing can be written to ${place}: ${cause.message}.`,
      hint: full
        ? 'Free some space on that disk and run the command again: what was stored before is intact.'
        : 'Check that you may write to this folder and that the disk is mounted.',
      cause,
    })
  }
}
