import { BatonError } from '../../../kernel/errors.ts'
import {
  DatabaseBusyError,
  DatabaseConstraintError,
  DatabaseCorruptError,
  DatabaseFullError,
  DatabaseTextError,
  DatabaseUnreachableError,
} from '../errors.ts'

/** What `pg` throws: `code` is an SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or of Node. */
interface PostgresFailure extends Error {
  readonly code?: string
}

const constraints: Readonly<Record<string, 'unique' | 'foreign_key' | 'not_null' | 'check'>> = {
  '23502': 'not_null',
  '23503': 'foreign_key',
  '23505': 'unique',
  '23514': 'check',
}

const reach = 'Check that the server runs and that host, port and database in the URL are right; then run again.'
const enter = 'Check user, password and database in the URL, and that this user may create tables in that database.'

/** Turns failures that a person can do something about into errors that say what; others pass unchanged. */
export function toDatabaseError(error: unknown, place: string): unknown {
  if (error instanceof BatonError || !(error instanceof Error)) return error
  const { code = '', message } = error as PostgresFailure
  // Several addresses of one host that all refuse come as one error without a message.
  const reason = (message || code).replace(/\.$/, '')
  if (code.startsWith('23')) return new DatabaseConstraintError(constraints[code] ?? 'other', reason, error)
  if (code === '55P03') return new DatabaseBusyError(place, lockTimeoutMs, error)
  if (code === '22021') return new DatabaseTextError(error)
  if (code === '53100') return new DatabaseFullError(place, error)
  if (/^(XX001|XX002)$/.test(code)) return new DatabaseCorruptError(place, reason, error)
  if (code.startsWith('28') || ['3D000', '3F000', '42501'].includes(code)) {
    return new DatabaseUnreachableError(place, reason, error, enter)
  }
  if (
    /^(08|53|57P|25006)/.test(code) ||
    /^(E[A-Z]+|DEPTH_|CERT_|SELF_SIGNED|UNABLE_TO)/.test(code) ||
    isLost(message)
  ) {
    return new DatabaseUnreachableError(place, reason, error, reach)
  }
  return error
}

function isLost(message: string): boolean {
  return /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying|The server does not support SSL)/.test(
    message,
  )
}

/** How long a writer waits for writers of other processes. */
export const lockTimeoutMs = 60_000
