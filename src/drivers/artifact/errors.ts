import { BatonError } from '../../kernel/errors.ts'

/** The path could lead out of the store, or is no path. */
export class InvalidArtifactPathError extends BatonError {
  constructor(path: string) {
    super({
      code: 'artifacts.invalid_path',
      kind: 'usage',
      message: `Invalid path: ${JSON.stringify(path.slice(0, 200))}.`,
      hint: 'Give a relative path of plain names joined by "/", without "..", "." or empty names.',
      details: { path: path.slice(0, 200) },
    })
  }
}

/** Nothing is stored under this path. */
export class ArtifactNotFoundError extends BatonError {
  constructor(path: string) {
    super({
      code: 'artifacts.not_found',
      kind: 'not_found',
      message: `There is no artifact ${JSON.stringify(path)}.`,
      hint: 'List the folder to see what is there.',
      details: { path },
    })
  }
}

/** A folder was asked for as if it were a file. */
export class ArtifactIsFolderError extends BatonError {
  constructor(path: string) {
    super({
      code: 'artifacts.is_folder',
      kind: 'usage',
      message: `The artifact ${JSON.stringify(path)} is a folder.`,
      hint: 'List it and fetch its files one by one.',
      details: { path },
    })
  }
}

/** A file stands where a folder is wanted, or a folder where a file is. */
export class ArtifactConflictError extends BatonError {
  constructor(path: string) {
    super({
      code: 'artifacts.file_or_folder',
      kind: 'conflict',
      message: `${JSON.stringify(path)} cannot be a file and a folder at once.`,
      hint: 'Choose another path, or delete what is there first.',
      details: { path },
    })
  }
}

/** No such upload is under way, or not for this path, or a part is missing or another one. */
export class InvalidUploadError extends BatonError {
  constructor(message: string) {
    super({
      code: 'artifacts.invalid_upload',
      kind: 'usage',
      message,
      hint: 'Start the upload again.',
    })
  }
}

/** The range lies behind the end of the file. */
export class InvalidRangeError extends BatonError {
  constructor(path: string, sizeBytes: number) {
    super({
      code: 'artifacts.invalid_range',
      kind: 'usage',
      message: `The range is not within ${JSON.stringify(path)}, which has ${sizeBytes} bytes.`,
      hint: 'Ask for bytes that the file has.',
      details: { path, sizeBytes },
    })
  }
}

/** The folder of the store cannot be written. */
export class ArtifactWriteError extends BatonError {
  constructor(place: string, cause: NodeJS.ErrnoException) {
    const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
    super({
      code: full ? 'artifacts.disk_full' : 'artifacts.not_writable',
      kind: 'unavailable',
      message: full ? `There is no space left in ${place}.` : `Nothing can be written to ${place}: ${cause.message}.`,
      hint: full
        ? 'Free some space on that disk and send the artifact again: what was stored before is intact.'
        : 'Check that the server may write to this folder and that the disk is mounted.',
      cause,
    })
  }
}
