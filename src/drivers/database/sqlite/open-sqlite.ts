import { AsyncLocalStorage } from 'node:async_hooks'

import { Kysely, type KyselyPlugin, sql } from 'kysely'

import { InternalError } from '../../../kernel/errors.ts'
import type { Database } from '../../../ports/database.ts'
import { NestedTransactionError } from '../errors.ts'
import { migrateDatabase } from '../migrate.ts'
import type { SqliteConnection, SqliteOptions } from './connection.ts'
import { createSqliteDialect } from './dialect.ts'

/** The Database port on one SQLite file. The file is opened at the first query. */
export function openSqlite(options: SqliteOptions): Database {
  const settings = { busyTimeoutMs: 60_000, batonVersion: 'unknown', ...options }
  const openTransaction = new AsyncLocalStorage<{ open: boolean }>()
  const refuseInsideTransaction = (): void => {
    if (openTransaction.getStore()?.open === true) throw new NestedTransactionError()
  }
  const guard: KyselyPlugin = {
    transformQuery: ({ node }) => {
      refuseInsideTransaction()
      return node
    },
    transformResult: async ({ result }) => result,
  }
  let connection: SqliteConnection | undefined
  const kysely = new Kysely<any>({
    dialect: createSqliteDialect(settings, (opened) => {
      connection = opened
    }),
  })
  const guarded = kysely.withPlugin(guard)

  async function transaction<Tables, T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    refuseInsideTransaction()
    return await kysely.transaction().execute(async (tables) => {
      const state = { open: true }
      try {
        return await openTransaction.run(state, async () => await work(tables as unknown as Kysely<Tables>))
      } finally {
        state.open = false
      }
    })
  }

  return {
    dialect: 'sqlite',
    tables: <Tables>(): Kysely<Tables> => guarded,
    transaction,
    migrate: (migrations) =>
      migrateDatabase(
        {
          place: settings.file,
          batonVersion: settings.batonVersion,
          read: guarded,
          transaction,
          async hasTable(name) {
            const found = sql`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ${name}`
            return (await found.execute(guarded)).rows.length > 0
          },
          execute: async (statement) => {
            if (connection === undefined) throw new InternalError('A migration ran before the database was open.')
            await connection.execute(statement)
          },
        },
        migrations,
      ),
    async copyTo(file) {
      await sql`VACUUM INTO ${file}`.execute(kysely)
    },
    [Symbol.asyncDispose]: () => kysely.destroy(),
  }
}
