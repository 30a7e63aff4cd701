import type { Kysely } from 'kysely'

import { InternalError } from '../../kernel/errors.ts'
import type { Migration } from '../../ports/database.ts'
import { NewerSchemaError } from './errors.ts'

interface MigrationTables {
  readonly baton_migrations: {
    readonly name: string
    readonly applied_at: string
    readonly breaking: number
    readonly baton_version: string
  }
}

interface MigrationContext {
  /** The database as messages name it. */
  readonly place: string
  readonly batonVersion: string
  /** Whether a table of this name exists. */
  hasTable(name: string): Promise<boolean>
  readonly read: Kysely<MigrationTables>
  transaction<Tables, T>(work: (tables: Kysely<Tables>) => Promise<T>): Promise<T>
  /** Runs a statement inside the open transaction whose tables are given. */
  execute(statement: string, tables: Kysely<MigrationTables>): Promise<void>
}

const createTable = `CREATE TABLE IF NOT EXISTS baton_migrations (
  name text NOT NULL PRIMARY KEY,
  applied_at text NOT NULL,
  breaking integer NOT NULL,
  baton_version text NOT NULL
)`

/** Applies what is missing, in order, each in a transaction of its own; writes nothing when nothing is missing. */
export async function migrateDatabase(ctx: MigrationContext, migrations: readonly Migration[]): Promise<void> {
  refuseRepeatedNames(migrations)
  let applied = await readApplied(ctx, migrations)
  for (const migration of migrations) {
    if (applied.has(migration.name)) continue
    await ctx.transaction<MigrationTables, void>(async (tables) => {
      await ctx.execute(createTable, tables)
      // Read again under the write lock: another process may have been here since.
      const { numInsertedOrUpdatedRows } = await tables
        .insertInto('baton_migrations')
        .values({
          name: migration.name,
          applied_at: new Date().toISOString(),
          breaking: migration.breaking === true ? 1 : 0,
          baton_version: ctx.batonVersion,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows !== 1n) return
      for (const statement of migration.statements) await ctx.execute(statement, tables)
    })
    applied = applied.add(migration.name)
  }
  // A newer Baton may have come in between two of the steps above.
  await readApplied(ctx, migrations)
}

async function readApplied(ctx: MigrationContext, migrations: readonly Migration[]): Promise<Set<string>> {
  if (!(await ctx.hasTable('baton_migrations'))) return new Set()
  const rows = await ctx.read.selectFrom('baton_migrations').selectAll().orderBy('applied_at').orderBy('name').execute()
  const known = new Set(migrations.map((migration) => migration.name))
  const newer = rows.filter((row) => row.breaking !== 0 && !known.has(row.name))
  if (newer.length > 0) {
    throw new NewerSchemaError(
      ctx.place,
      newer.map((row) => ({ name: row.name, batonVersion: row.baton_version })),
    )
  }
  return new Set(rows.map((row) => row.name))
}

function refuseRepeatedNames(migrations: readonly Migration[]): void {
  const names = new Set<string>()
  for (const { name } of migrations) {
    if (names.has(name)) throw new InternalError(`Two migrations are called ${name}.`)
    names.add(name)
  }
}
