import type { BatonError } from '../../../kernel/errors.ts'
import {
  DatabaseConstraintError,
  DatabaseCorruptError,
  DatabaseFullError,
  DatabaseUnreachableError,
} from '../errors.ts'

/** What node:sqlite throws; `errcode` is SQLite's extended result code (https://sqlite.org/rescode.html). */
interface SqliteFailure extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

function isSqliteFailure(error: unknown): error is SqliteFailure {
  return error instanceof Error && (error as Partial<SqliteFailure>).code === 'ERR_SQLITE_ERROR'
}

const primary = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const

/** Another connection holds the lock that this statement needs; nothing has happened and it can be tried again. */
export function isBusy(error: unknown): boolean {
  if (!isSqliteFailure(error)) return false
  const code = error.errcode & 0xff
  return code === primary.busy || code === primary.locked
}

const constraints: Readonly<Record<number, 'unique' | 'foreign_key' | 'not_null' | 'check'>> = {
  275: 'check',
  787: 'foreign_key',
  1299: 'not_null',
  1555: 'unique',
  2067: 'unique',
}

/** Turns SQLite's failures that a person can do something about into errors that say what; others pass unchanged. */
export function toDatabaseError(error: unknown, file: string): unknown {
  if (!isSqliteFailure(error)) return error
  const failure = describe(error, file)
  return failure ?? error
}

function describe(error: SqliteFailure, file: string): BatonError | undefined {
  switch (error.errcode & 0xff) {
    case primary.constraint:
      return new DatabaseConstraintError(constraints[error.errcode] ?? 'other', error.message, error)
    case primary.full:
      return new DatabaseFullError(file, error)
    case primary.corrupt:
    case primary.notADatabase:
      return new DatabaseCorruptError(file, error.message, error)
    case primary.readonly:
    case primary.ioError:
    case primary.cannotOpen:
      return new DatabaseUnreachableError(file, error.message, error)
    default:
      return undefined
  }
}
