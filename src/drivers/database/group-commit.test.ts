import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { CompiledQuery, type Kysely } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'

import type { Database } from '../../ports/database.ts'
import { type ItemTables, itemMigrations } from './conformance-subject.ts'
import { databaseLaws } from './conformance.ts'
import { withGroupCommit } from './group-commit.ts'
import { openSqlite } from './sqlite/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-group-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = (): string => join(folder, `${(files += 1)}`, 'baton.db')

describe('the laws of the Database port hold behind the decorator', () => {
  const laws = databaseLaws({
    module: new URL('./group-commit.fixture.ts', import.meta.url).href,
    opener: 'openGroupedSqlite',
    fresh: async () => ({ file: newFile() }),
  })
  for (const law of laws) test(law.name, () => law.run())
})

/** Counts the transactions that reach the driver. */
function counting(database: Database) {
  const counted = { transactions: 0 }
  const inner: Database = {
    ...database,
    transaction: (work) => {
      counted.transactions += 1
      return database.transaction(work)
    },
  }
  return { database: withGroupCommit(inner), counted }
}

const insert =
  (id: number, label = `item ${id}`) =>
  async (tables: Kysely<ItemTables>) => {
    await tables.insertInto('item').values({ id, label, amount: null, bytes: null }).execute()
    return id
  }

describe('withGroupCommit', () => {
  test('transactions asked for together share one commit, and each gets its own result', async () => {
    const file = newFile()
    await using sqlite = openSqlite({ file })
    await sqlite.migrate(itemMigrations('sqlite'))
    const { database, counted } = counting(sqlite)
    const ids = Array.from({ length: 50 }, (_, id) => id)
    const results = await Promise.all(ids.map((id) => database.transaction<ItemTables, number>(insert(id))))
    expect(results).toEqual(ids)
    expect(counted.transactions).toBe(1)
    using other = new DatabaseSync(file)
    expect(other.prepare('SELECT count(*) AS n FROM item').get()).toMatchObject({ n: 50 })
  })

  test('one that fails undoes its own work and no other', async () => {
    await using sqlite = openSqlite({ file: newFile() })
    await sqlite.migrate(itemMigrations('sqlite'))
    const { database } = counting(sqlite)
    const settled = await Promise.allSettled([
      database.transaction<ItemTables, number>(insert(1)),
      database.transaction<ItemTables, number>(async (tables) => {
        await insert(2)(tables)
        throw new Error('changed my mind')
      }),
      database.transaction<ItemTables, number>(insert(3, 'item 1')),
      database.transaction<ItemTables, number>(insert(4)),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(settled[1]).toMatchObject({ reason: { message: 'changed my mind' } })
    expect(settled[2]).toMatchObject({ reason: { code: 'database.constraint' } })
    const rows = await database.tables<ItemTables>().selectFrom('item').select('id').orderBy('id').execute()
    expect(rows).toEqual([{ id: 1 }, { id: 4 }])
  })

  test('none is acknowledged when the transaction ends before its commit', async () => {
    await using sqlite = openSqlite({ file: newFile() })
    await sqlite.migrate(itemMigrations('sqlite'))
    const { database } = counting(sqlite)
    const settled = await Promise.allSettled([
      database.transaction<ItemTables, number>(insert(1)),
      database.transaction<ItemTables, void>(async (tables) => {
        // What an engine does by itself when the disk is full.
        await tables.executeQuery(CompiledQuery.raw('ROLLBACK'))
        throw new Error('no space left')
      }),
      database.transaction<ItemTables, number>(insert(3)),
    ])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(settled[0]).toMatchObject({ reason: { message: 'no space left' } })
    expect(await database.tables<ItemTables>().selectFrom('item').selectAll().execute()).toEqual([])
    expect(await database.transaction<ItemTables, number>(insert(5))).toBe(5)
  })
})
