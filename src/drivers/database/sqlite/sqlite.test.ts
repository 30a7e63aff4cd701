import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'

import { type ItemTables, itemMigrations } from '../conformance-subject.ts'
import { databaseLaws } from '../conformance.ts'
import { openSqlite } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const newFile = (): string => join(folder, `${(files += 1)}`, 'deep', 'baton.db')

describe('the laws of the Database port', () => {
  const laws = databaseLaws({
    module: new URL('./open-sqlite.ts', import.meta.url).href,
    opener: 'openSqlite',
    fresh: async () => ({ file: newFile() }),
  })
  for (const law of laws) test(law.name, () => law.run())
})

describe('openSqlite', () => {
  test('sets what durability needs: WAL, FULL, foreign keys', async () => {
    await using database = openSqlite({ file: newFile() })
    const tables = database.tables<Record<string, never>>()
    const pragma = async (name: string) => (await sql.raw(`PRAGMA ${name}`).execute(tables)).rows
    expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
    expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }])
    expect(await pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }])
  })

  test('says after the waiting time that another process holds the lock', async () => {
    const file = newFile()
    await using database = openSqlite({ file, busyTimeoutMs: 50 })
    await database.migrate(itemMigrations('sqlite'))
    using other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(database.transaction(async () => {})).rejects.toMatchObject({
      code: 'database.busy',
      kind: 'unavailable',
    })
    const read = database.tables<ItemTables>().selectFrom('item').selectAll().execute()
    await expect(read).resolves.toEqual([])
    other.exec('ROLLBACK')
    await database.transaction(async () => {})
  })

  test('does not stop the event loop while it waits', async () => {
    const file = newFile()
    await using database = openSqlite({ file })
    await database.migrate(itemMigrations('sqlite'))
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    // The lock is only given back by a timer of this very process.
    setTimeout(() => other.exec('COMMIT'), 30)
    await database.transaction(async () => {})
    other.close()
  })

  test('names a file that is no database', async () => {
    const file = join(folder, 'no.db')
    writeFileSync(
      file,
      'this is a text file, and long enough to be looked at as a header of a database file '.repeat(20),
    )
    await using database = openSqlite({ file })
    await expect(database.migrate([])).rejects.toMatchObject({ code: 'database.corrupt' })
  })

  test('names a database whose pages are cut off', async () => {
    const file = newFile()
    {
      await using database = openSqlite({ file })
      await database.migrate(itemMigrations('sqlite'))
      const values = Array.from({ length: 2_000 }, (_, id) => ({
        id,
        label: `${id}`.repeat(20),
        amount: 1,
        bytes: null,
      }))
      await database.tables<ItemTables>().insertInto('item').values(values).execute()
    }
    truncateSync(file, 4096 * 4)
    await using database = openSqlite({ file })
    const read = database.tables<ItemTables>().selectFrom('item').selectAll().execute()
    await expect(read).rejects.toMatchObject({ code: 'database.corrupt' })
  })

  test('streams a result in chunks', async () => {
    await using database = openSqlite({ file: ':memory:' })
    await database.migrate(itemMigrations('sqlite'))
    const tables = database.tables<ItemTables>()
    const values = Array.from({ length: 25 }, (_, id) => ({ id, label: `${id}`, amount: null, bytes: null }))
    await tables.insertInto('item').values(values).execute()
    const seen: number[] = []
    for await (const row of tables.selectFrom('item').select('id').orderBy('id').stream(10)) seen.push(row.id)
    expect(seen).toEqual(values.map((row) => row.id))
  })

  test('refuses values that SQLite would change in silence', async () => {
    await using database = openSqlite({ file: ':memory:' })
    await database.migrate(itemMigrations('sqlite'))
    const row = { id: 1, label: 'x', amount: Number.NaN, bytes: null }
    await expect(database.tables<ItemTables>().insertInto('item').values(row).execute()).rejects.toThrow(/NaN/)
  })

  test('keeps working with more queries than the statement cache holds', async () => {
    await using database = openSqlite({ file: ':memory:' })
    const tables = database.tables<Record<string, never>>()
    for (let turn = 0; turn < 500; turn += 1) {
      const { rows } = await sql.raw<{ n: number }>(`SELECT ${turn} AS n`).execute(tables)
      expect(rows[0]?.n).toBe(turn)
    }
  })
})
