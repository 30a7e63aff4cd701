import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

import { SqliteConnection, type SqliteOptions } from './connection.ts'

/** Kysely's SQLite dialect over node:sqlite: opened at the first query, transactions take the write lock at once. */
export function createSqliteDialect(
  options: Required<SqliteOptions>,
  onOpen: (connection: SqliteConnection) => void,
): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(options, onOpen),
    createIntrospector: (database: Kysely<any>) => new SqliteIntrospector(database),
    createQueryCompiler: (): QueryCompiler => new SqliteQueryCompiler(),
  }
}

function createDriver(options: Required<SqliteOptions>, onOpen: (connection: SqliteConnection) => void): Driver {
  let connection: SqliteConnection | undefined
  return {
    async init() {
      connection = await SqliteConnection.open(options)
      onOpen(connection)
    },
    async acquireConnection(): Promise<DatabaseConnection> {
      return connection!
    },
    // IMMEDIATE: a transaction that reads first and writes later could otherwise fail half-way, because another
    // process wrote in between, and no waiting would help it.
    async beginTransaction() {
      await connection!.execute('BEGIN IMMEDIATE')
    },
    async commitTransaction() {
      await connection!.execute('COMMIT')
    },
    // A full disk or a lost file ends the transaction by itself; then the first error is the one to show.
    async rollbackTransaction() {
      if (connection!.inTransaction) await connection!.execute('ROLLBACK')
    },
    async releaseConnection() {},
    async destroy() {
      connection?.close()
      connection = undefined
    },
  }
}
