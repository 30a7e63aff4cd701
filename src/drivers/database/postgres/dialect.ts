import { type Dialect, type Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Pool } from 'pg'

import { PostgresConnection } from './connection.ts'
import { toDatabaseError } from './failures.ts'

/** Kysely's PostgreSQL dialect over a pool: connections are made when they are needed. */
export function createPostgresDialect(pool: Pool, place: string): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (database: Kysely<any>) => new PostgresIntrospector(database),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => ({
      async init() {},
      async acquireConnection() {
        try {
          return new PostgresConnection(await pool.connect(), place)
        } catch (error) {
          throw toDatabaseError(error, place)
        }
      },
      beginTransaction: (connection) => (connection as PostgresConnection).begin(),
      commitTransaction: (connection) => (connection as PostgresConnection).commit(),
      rollbackTransaction: (connection) => (connection as PostgresConnection).rollback(),
      async releaseConnection(connection) {
        ;(connection as PostgresConnection).release()
      },
      destroy: () => pool.end(),
    }),
  }
}
