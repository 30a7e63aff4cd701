import type { Database } from '../../ports/database.ts'
import { withGroupCommit } from './group-commit.ts'
import { openPostgres } from './postgres/index.ts'
import { openSqlite } from './sqlite/index.ts'

/** SQLite behind the decorator, for the laws of the port, which other processes open too. */
export function openGroupedSqlite(options: Parameters<typeof openSqlite>[0]): Database {
  return withGroupCommit(openSqlite(options))
}

/** PostgreSQL behind the decorator. */
export function openGroupedPostgres(options: Parameters<typeof openPostgres>[0]): Database {
  return withGroupCommit(openPostgres(options))
}
