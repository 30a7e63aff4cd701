import { BatonError } from '../../../kernel/errors.ts'
import type { Digest } from '../../../kernel/hash.ts'

/** Something in the folder cannot be kept as bytes. */
export class UnstorableEntryError extends BatonError {
  constructor(path: string, reason: string) {
    super({
      code: 'tracking.unstorable_entry',
      kind: 'usage',
      message: `${path} cannot be stored: ${reason}.`,
      hint: 'Write a plain file in its place, or remove it from the folder that the step leaves behind.',
      where: { file: path },
    })
  }
}

/** The blob is no tree, or its tree would write where it must not. */
export class UnsafeTreeError extends BatonError {
  constructor(digest: Digest, reason: string) {
    super({
      code: 'tracking.unsafe_tree',
      kind: 'usage',
      message: `The folder ${digest} is not restored: ${reason}.`,
      hint: 'Take the folder from a store that you trust; this one was not written by Baton.',
      details: { digest },
    })
  }
}

/** Restoring never mixes its files with others. */
export class DestinationTakenError extends BatonError {
  constructor(path: string) {
    super({
      code: 'tracking.destination_taken',
      kind: 'conflict',
      message: `${path} exists already and is not an empty folder.`,
      hint: 'Name a new folder, or move this one away first.',
      where: { file: path },
    })
  }
}
