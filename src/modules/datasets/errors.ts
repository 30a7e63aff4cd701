import { BatonError } from '../../kernel/errors.ts'

type Facts = ConstructorParameters<typeof BatonError>[0]
type Named = Omit<Facts, 'code' | 'kind' | 'message' | 'hint'>

/** A name or a reference that nobody could mean. */
export class InvalidReferenceError extends BatonError {
  constructor(reference: string, problem: string) {
    super({
      code: 'datasets.invalid_reference',
      kind: 'usage',
      message: `${reference} is not a reference to a dataset: ${problem}.`,
      hint: 'Write name (latest), name@3 (a version), name@2026-01-12 or name@2026-01-12T08:00:00Z (as of that time), or name@tag.',
    })
  }
}

/** No dataset of that name, or no version of it that fits. */
export class DatasetNotFoundError extends BatonError {
  constructor(message: string, hint: string, details: Named['details'] = {}) {
    super({ code: 'datasets.not_found', kind: 'not_found', message, hint, details })
  }
}

/** A time before the first version. */
export class BeforeFirstVersionError extends BatonError {
  constructor(dataset: string, asked: string, first: string) {
    super({
      code: 'datasets.before_first_version',
      kind: 'not_found',
      message: `${dataset} had no version yet at ${asked}: its first is of ${first}.`,
      hint: `Ask for a time from ${first} on, or for a version by its number.`,
    })
  }
}

/** Bytes of a table that are not the recorded ones. */
export class DamagedTableError extends BatonError {
  constructor(dataset: string, path: string, problem: string) {
    super({
      code: 'datasets.damaged',
      kind: 'internal',
      message: `${dataset} is damaged: ${problem}.`,
      hint: 'Run `baton verify`, then restore the file from a remote or a backup, or run the step that made this version again.',
      where: { file: path },
    })
  }
}

/** Rows of another shape than the table has. */
export class SchemaChangedError extends BatonError {
  constructor(dataset: string, problem: string) {
    super({
      code: 'datasets.schema_changed',
      kind: 'conflict',
      message: `Nothing was appended to ${dataset}: ${problem}.`,
      hint: 'Ingest with mode: overwrite to begin with the new columns, or give the ingest a schema that keeps the old ones.',
    })
  }
}

/** Another run appended to the table while this one read the rows beyond the old watermark. */
export class ConcurrentIngestError extends BatonError {
  constructor(dataset: string, expected: number, found: number) {
    super({
      code: 'datasets.concurrent_ingest',
      kind: 'conflict',
      message: `Nothing was appended to ${dataset}: another run committed version ${found} while this one read on from version ${expected}.`,
      hint: 'Run again: it goes on from the new watermark.',
      why: 'Both runs may have read the same new rows, which would then be in the table twice.',
    })
  }
}

/** Two tags of one name. */
export class TagTakenError extends BatonError {
  constructor(dataset: string, tag: string, version: number) {
    super({
      code: 'datasets.tag_taken',
      kind: 'conflict',
      message: `${dataset}@${tag} is already version ${version}.`,
      hint: 'Choose another tag, or move this one with --move.',
    })
  }
}

/** A value of a type that cannot be kept in a Delta table. */
export class UnsupportedTypeError extends BatonError {
  constructor(column: string, sqlType: string) {
    super({
      code: 'datasets.unsupported_type',
      kind: 'usage',
      message: `Column ${column} has the type ${sqlType}, which a table cannot keep.`,
      hint: `Cast it in SQL, for example CAST(${column} AS VARCHAR).`,
      where: { field: column },
    })
  }
}

/** A disk or a quota without room. */
export class DiskFullError extends BatonError {
  constructor(doing: string, cause: unknown) {
    super({
      code: 'datasets.disk_full',
      kind: 'unavailable',
      message: `The disk is full: ${doing} was not done, and every version that was there before is whole.`,
      hint: 'Free space on the disk that holds .baton, then run the same command again.',
      cause,
    })
  }
}

/** The first thing that is wrong with a source file, found before anything is written. */
export class SourceError extends BatonError {
  constructor(code: string, message: string, facts: Named & { readonly hint: string; readonly kind?: Facts['kind'] }) {
    super({ code: `datasets.${code}`, kind: 'usage', message, ...facts })
  }
}

/** Too many rows failed their checks. */
export class QuarantineShareError extends BatonError {
  constructor(dataset: string, message: string, facts: Named) {
    super({
      code: 'datasets.schema_violation',
      kind: 'check',
      message,
      hint: `See the rows with "baton data head ${dataset}.quarantine"; then correct the source or the schema, or raise maxQuarantineShare.`,
      ...facts,
    })
  }
}

/** A statement that would not give the same table twice, or is no query. */
export class SqlRefusedError extends BatonError {
  constructor(code: string, message: string, facts: Named & { readonly hint: string }) {
    super({ code: `datasets.${code}`, kind: 'usage', message, ...facts })
  }
}

/** A split that would leak. */
export class SplitRefusedError extends BatonError {
  constructor(code: string, message: string, facts: Named & { readonly hint: string; readonly kind?: Facts['kind'] }) {
    super({ code: `datasets.${code}`, kind: 'check', message, ...facts })
  }
}

/** Says in plain words what the file system said, where that is known. */
export function toDatasetError(error: unknown, doing: string): unknown {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'engine.disk_full') return new DiskFullError(doing, error)
  return error
}
