import assert from 'node:assert/strict'

import { BatonError } from '../../kernel/errors.ts'
import type { Database } from '../../ports/database.ts'
import { processLaws } from './conformance-processes.ts'
import {
  type DatabaseUnderTest,
  type ItemTables,
  itemMigrations,
  type Law,
  openUnderTest,
} from './conformance-subject.ts'

export type { DatabaseUnderTest, Law } from './conformance-subject.ts'

const item = (id: number, label = `item ${id}`): ItemTables['item'] => ({ id, label, amount: null, bytes: null })

async function reject(work: Promise<unknown>, code: string): Promise<BatonError> {
  const error = await work.then(
    () => assert.fail(`expected ${code}, but it was done`),
    (reason: unknown) => reason,
  )
  assert(error instanceof BatonError, `expected ${code}, got ${String(error)}`)
  assert.equal(error.code, code)
  return error
}

/** Every promise of the Database port. A driver's test runs each law as one test. */
export function databaseLaws(subject: DatabaseUnderTest): readonly Law[] {
  const law = (name: string, check: (database: Database, options: object) => Promise<void>, migrated = true): Law => ({
    name,
    run: async () => {
      const options = await subject.fresh()
      await using database = await openUnderTest(subject, options)
      if (migrated) await database.migrate(itemMigrations(database.dialect))
      await check(database, options)
    },
  })
  return [
    law('gives values back as they were written', async (database) => {
      const tables = database.tables<ItemTables>()
      const rows = [
        { id: Number.MAX_SAFE_INTEGER, label: 'größte 🙂 \n\'"', amount: Infinity, bytes: new Uint8Array([0, 255, 7]) },
        { id: -Number.MAX_SAFE_INTEGER, label: '', amount: -Infinity, bytes: null },
        { id: 0, label: '1.7e308', amount: -1.797693134862315e308, bytes: new Uint8Array(0) },
        { id: 1, label: '0.1+0.2', amount: 0.1 + 0.2, bytes: new Uint8Array(70_000).fill(9) },
        { id: 2, label: '5e-324', amount: 5e-324, bytes: null },
        { id: 3, label: 'whole double', amount: 3, bytes: null },
      ]
      await tables.insertInto('item').values(rows).execute()
      for (const row of rows) {
        const found = await tables.selectFrom('item').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow()
        assert.deepEqual(
          { ...found, bytes: found.bytes && new Uint8Array(found.bytes) },
          row,
          `row ${row.id} came back changed`,
        )
      }
    }),

    law('commits a whole transaction', async (database) => {
      const answer = await database.transaction<ItemTables, string>(async (tables) => {
        await tables.insertInto('item').values(item(1)).execute()
        await tables.insertInto('item').values(item(2)).execute()
        return 'done'
      })
      assert.equal(answer, 'done')
      assert.equal((await database.tables<ItemTables>().selectFrom('item').select('id').execute()).length, 2)
    }),

    law('undoes a transaction whose work throws, and stays usable', async (database) => {
      const reason = new Error('stop here')
      const failed = database.transaction<ItemTables, void>(async (tables) => {
        await tables.insertInto('item').values(item(1)).execute()
        throw reason
      })
      await assert.rejects(failed, (error) => error === reason)
      assert.deepEqual(await database.tables<ItemTables>().selectFrom('item').selectAll().execute(), [])
      await database.tables<ItemTables>().insertInto('item').values(item(1)).execute()
    }),

    law('runs transactions of one process one after another', async (database) => {
      await database
        .tables<ItemTables>()
        .insertInto('item')
        .values({ ...item(1), amount: 0 })
        .execute()
      const addOne = () =>
        database.transaction<ItemTables, void>(async (tables) => {
          const query = tables.selectFrom('item').select('amount').where('id', '=', 1)
          const { amount } = await (database.dialect === 'postgres'
            ? query.forUpdate()
            : query
          ).executeTakeFirstOrThrow()
          await new Promise((resolve) => setImmediate(resolve))
          await tables
            .updateTable('item')
            .set({ amount: (amount ?? 0) + 1 })
            .where('id', '=', 1)
            .execute()
        })
      await Promise.all(Array.from({ length: 20 }, addOne))
      const { amount } = await database
        .tables<ItemTables>()
        .selectFrom('item')
        .select('amount')
        .executeTakeFirstOrThrow()
      assert.equal(amount, 20)
    }),

    law('refuses a query that goes past the open transaction', async (database) => {
      await reject(
        database.transaction<ItemTables, void>(async () => {
          await database.tables<ItemTables>().selectFrom('item').selectAll().execute()
        }),
        'database.nested_transaction',
      )
      await reject(
        database.transaction<ItemTables, void>(async () => {
          await database.transaction(async () => {})
        }),
        'database.nested_transaction',
      )
      assert.deepEqual(await database.tables<ItemTables>().selectFrom('item').selectAll().execute(), [])
    }),

    law('says how many rows a guarded update has changed', async (database) => {
      const tables = database.tables<ItemTables>()
      await tables
        .insertInto('item')
        .values([item(1), item(2)])
        .execute()
      const change = (from: string) =>
        tables.updateTable('item').set({ label: 'taken' }).where('label', '=', from).executeTakeFirstOrThrow()
      assert.equal((await change('item 1')).numUpdatedRows, 1n)
      assert.equal((await change('item 1')).numUpdatedRows, 0n)
    }),

    law('tells a broken constraint by its kind', async (database) => {
      const tables = database.tables<ItemTables>()
      await tables.insertInto('item').values(item(1)).execute()
      const twice = await reject(tables.insertInto('item').values(item(1, 'another')).execute(), 'database.constraint')
      assert.equal(twice.details['constraint'], 'unique')
      const label = null as unknown as string
      const empty = await reject(
        tables
          .insertInto('item')
          .values({ ...item(2), label })
          .execute(),
        'database.constraint',
      )
      assert.equal(empty.details['constraint'], 'not_null')
    }),

    law('compares text with LIKE case by case', async (database) => {
      const tables = database.tables<ItemTables>()
      await tables
        .insertInto('item')
        .values([item(1, 'Alpha'), item(2, 'alpha')])
        .execute()
      assert.deepEqual(
        (await tables.selectFrom('item').select('id').where('label', 'like', 'alp%').execute()).map((row) => row.id),
        [2],
      )
    }),

    law('migrates once and in order', async (database) => {
      const second = { name: 'law-0002-more', statements: ['ALTER TABLE item ADD COLUMN more text'] }
      await database.migrate([...itemMigrations(database.dialect), second])
      await database.migrate([...itemMigrations(database.dialect), second])
      await database.tables<ItemTables>().insertInto('item').values(item(1)).execute()
    }),

    law('undoes a migration that fails, and applies it when it is mended', async (database) => {
      const good = 'CREATE TABLE half (id bigint NOT NULL PRIMARY KEY)'
      const migrations = itemMigrations(database.dialect)
      const broken = { name: 'law-0002-half', statements: [good, 'CREATE TABLE item (id bigint)'] }
      await assert.rejects(database.migrate([...migrations, broken]))
      await database.migrate([...migrations, { ...broken, statements: [good] }])
    }),

    law('refuses a database that a newer, breaking version has changed', async (database, options) => {
      const migrations = itemMigrations(database.dialect)
      await database.migrate([...migrations, { name: 'law-0002-harmless', statements: [] }])
      await database.migrate(migrations)
      await database.migrate([...migrations, { name: 'law-0003-new-world', breaking: true, statements: [] }])
      await using older = await openUnderTest(subject, options)
      const error = await reject(older.migrate(migrations), 'database.newer_schema')
      assert.match(error.message, /law-0003-new-world/)
    }),

    ...processLaws(subject),
  ]
}
