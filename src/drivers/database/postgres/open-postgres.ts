import { AsyncLocalStorage } from 'node:async_hooks'

import { CompiledQuery, Kysely, type KyselyPlugin, sql } from 'kysely'
import { Pool } from 'pg'

import type { Database, Migration } from '../../../ports/database.ts'
import { DatabaseUrlError, NestedTransactionError } from '../errors.ts'
import { migrateDatabase } from '../migrate.ts'
import { copyToSqlite } from './copy-to-sqlite.ts'
import { createPostgresDialect } from './dialect.ts'
import { toDatabaseError } from './failures.ts'
import { toPostgresSchema } from './schema-statement.ts'
import { valueTypes } from './values.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; `?sslmode=…` and the like as libpq has them. */
  readonly url: string
  /** The most connections that this process holds; 10 by default. */
  readonly maxConnections?: number
  /** Written beside each migration that this process applies. */
  readonly batonVersion?: string
}

/** The Database port on a PostgreSQL server. The first query connects. */
export function openPostgres(options: PostgresOptions): Database {
  const { maxConnections = 10, batonVersion = 'unknown' } = options
  const place = placeOf(options.url)
  const pool = createPool(options.url, maxConnections)
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
  const kysely = new Kysely<any>({ dialect: createPostgresDialect(pool, place) })
  const guarded = kysely.withPlugin(guard)
  const known = new Map<string, Migration>()
  // One at a time, so that those that wait for their turn hold no connections that readers need.
  let last: Promise<unknown> = Promise.resolve()

  async function transaction<Tables, T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    refuseInsideTransaction()
    const turn = last.then(() =>
      kysely.transaction().execute(async (tables) => {
        const state = { open: true }
        try {
          return await openTransaction.run(state, async () => await work(tables as unknown as Kysely<Tables>))
        } finally {
          state.open = false
        }
      }),
    )
    last = turn.catch(() => {})
    return await turn
  }

  return {
    dialect: 'postgres',
    tables: <Tables>(): Kysely<Tables> => guarded,
    transaction,
    migrate: (migrations) => {
      for (const migration of migrations) known.set(migration.name, migration)
      return migrateDatabase(
        {
          place,
          batonVersion,
          read: guarded,
          transaction,
          async hasTable(name) {
            const found = sql`SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ${name}`
            return (await found.execute(guarded)).rows.length > 0
          },
          async execute(statement, tables) {
            await tables.executeQuery(CompiledQuery.raw(toPostgresSchema(statement)))
          },
        },
        migrations,
      )
    },
    async copyTo(file) {
      try {
        await copyToSqlite(pool, { file, batonVersion, migrations: [...known.values()] })
      } catch (error) {
        throw toDatabaseError(error, place)
      }
    },
    [Symbol.asyncDispose]: () => kysely.destroy(),
  }
}

/** The server and the database without user and password, as messages name it. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) throw new DatabaseUrlError()
  const { protocol, host, pathname } = new URL(url)
  if (!/^postgres(ql)?:$/.test(protocol)) throw new DatabaseUrlError()
  return `postgres://${host}${pathname}`
}

/** The error of a URL that cannot be read holds the URL, and so the password: it is not passed on. */
function createPool(url: string, max: number): Pool {
  try {
    const pool = new Pool({
      connectionString: url,
      application_name: 'baton',
      connectionTimeoutMillis: 10_000,
      max,
      allowExitOnIdle: true,
      types: valueTypes,
    })
    // An idle connection that the server ends is replaced at the next query; without a listener it ends the process.
    pool.on('error', () => {})
    // The same for one that is in use: its query, or the next, rejects.
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  } catch {
    throw new DatabaseUrlError()
  }
}
