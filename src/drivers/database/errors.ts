import { BatonError } from '../../kernel/errors.ts'

/** Another process held the write lock for longer than a writer waits. */
export class DatabaseBusyError extends BatonError {
  constructor(place: string, waitedMs: number, cause: unknown) {
    super({
      code: 'database.busy',
      kind: 'unavailable',
      message: `The database ${place} was locked by another process for ${Math.round(waitedMs)} ms.`,
      hint: 'Look for a Baton process that hangs (baton runs list --state running), end it, and run the command again.',
      cause,
    })
  }
}

/** A row that the schema does not allow; `details.constraint` says which rule. */
export class DatabaseConstraintError extends BatonError {
  constructor(constraint: 'unique' | 'foreign_key' | 'not_null' | 'check' | 'other', message: string, cause: unknown) {
    super({
      code: 'database.constraint',
      kind: 'conflict',
      message: `The database refused a row: ${message}.`,
      hint: 'Something else wrote the same record first. Run the command again to see its state.',
      details: { constraint },
      cause,
    })
  }
}

/** The disk is full, so nothing was written. */
export class DatabaseFullError extends BatonError {
  constructor(place: string, cause: unknown) {
    super({
      code: 'database.disk_full',
      kind: 'unavailable',
      message: `There is no space left to write the database ${place}.`,
      hint: 'Free some space on that disk and run the command again: what was committed before is intact.',
      cause,
    })
  }
}

/** The file cannot be opened, read or written, or the server does not answer. */
export class DatabaseUnreachableError extends BatonError {
  constructor(
    place: string,
    reason: string,
    cause: unknown,
    hint = 'Check that its folder exists, that you may write to it, and that the disk is mounted.',
  ) {
    super({
      code: 'database.unreachable',
      kind: 'unavailable',
      message: `The database ${place} cannot be used: ${reason}.`,
      hint,
      cause,
    })
  }
}

/** The file is not a database, or its pages do not fit together. */
export class DatabaseCorruptError extends BatonError {
  constructor(place: string, reason: string, cause: unknown) {
    super({
      code: 'database.corrupt',
      kind: 'unavailable',
      message: `The database ${place} is damaged: ${reason}.`,
      hint: 'Keep a copy of the file, then restore it from a backup or move it away to begin a new one.',
      cause,
    })
  }
}

/** A newer Baton has changed this database in a way that this one does not know. */
export class NewerSchemaError extends BatonError {
  constructor(place: string, migrations: readonly { readonly name: string; readonly batonVersion: string }[]) {
    const newest = migrations.at(-1)
    super({
      code: 'database.newer_schema',
      kind: 'conflict',
      message: `The database ${place} was changed by a newer Baton (${newest?.batonVersion ?? 'unknown version'}: ${migrations.map((m) => m.name).join(', ')}).`,
      hint: 'Update Baton to that version or a later one, or open the project with the copy that wrote it.',
      why: 'This version would misread what the newer one has written.',
      details: { migrations },
    })
  }
}

/** A query through the database while its own transaction is open would wait for itself for ever. */
export class NestedTransactionError extends BatonError {
  constructor() {
    super({
      code: 'database.nested_transaction',
      kind: 'internal',
      message: 'A query went past the open transaction instead of through it.',
      hint: 'Inside transaction(work), use the tables that work receives. This is a fault in Baton or in a plug-in.',
    })
  }
}

/** The URL of a database server that cannot be read. The message leaves the URL out, for it may hold a password. */
export class DatabaseUrlError extends BatonError {
  constructor() {
    super({
      code: 'database.invalid_url',
      kind: 'usage',
      message: 'The URL of the database cannot be read.',
      hint: 'Write it as postgres://USER:PASSWORD@HOST:5432/DATABASE; other characters than letters and digits in user and password as %XX.',
    })
  }
}

/** PostgreSQL keeps no text with the character U+0000, which SQLite does. */
export class DatabaseTextError extends BatonError {
  constructor(cause: unknown) {
    super({
      code: 'database.invalid_text',
      kind: 'usage',
      message: 'A text holds the character U+0000, which PostgreSQL cannot keep.',
      hint: 'Remove the character from the names and values that are recorded; bytes belong in an artifact.',
      cause,
    })
  }
}
