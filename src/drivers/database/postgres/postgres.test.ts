import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type PostgresServer, postgresMissing, startPostgres } from '../../../../tests/system/postgres-server.ts'
import { type ItemTables, itemMigrations } from '../conformance-subject.ts'
import { databaseLaws } from '../conformance.ts'
import { openSqlite } from '../sqlite/index.ts'
import { openPostgres } from './index.ts'

const missing = postgresMissing()

test('a URL that cannot be read is refused without showing it', () => {
  for (const url of ['postgres://u:geheim@host:notaport/x', 'mysql://u:geheim@host/x', 'geheim']) {
    expect(() => openPostgres({ url })).toThrow(
      expect.objectContaining({ code: 'database.invalid_url', message: expect.not.stringContaining('geheim') }),
    )
  }
})

describe.skipIf(missing !== undefined)(`PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer
  let databases = 0
  const freshUrl = (): string => {
    const name = `law_${(databases += 1)}`
    server.createDatabase(name)
    return server.url(name)
  }
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  describe('the laws of the Database port', () => {
    const laws = databaseLaws({
      module: new URL('./open-postgres.ts', import.meta.url).href,
      opener: 'openPostgres',
      fresh: async () => ({ url: freshUrl() }),
    })
    for (const law of laws) test(law.name, () => law.run())
  })

  describe('the laws behind the group commit', () => {
    const laws = databaseLaws({
      module: new URL('../group-commit.fixture.ts', import.meta.url).href,
      opener: 'openGroupedPostgres',
      fresh: async () => ({ url: freshUrl() }),
    })
    for (const law of laws) test(law.name, () => law.run())
  })

  test('counts, sums and truth values are numbers', async () => {
    await using database = openPostgres({ url: server.url() })
    const tables = database.tables<Record<string, never>>()
    const { rows } =
      await sql`SELECT count(*) AS n, sum(x) AS s, bool_or(x = 2) AS t FROM (VALUES (1::bigint), (2)) v (x)`.execute(
        tables,
      )
    expect(rows).toEqual([{ n: 2, s: 3, t: 1 }])
  })

  test('text is sorted by code points, whatever the language of the server', async () => {
    server.execute(`CREATE DATABASE german TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'`)
    await using database = openPostgres({ url: server.url('german') })
    await database.migrate(itemMigrations('postgres'))
    const tables = database.tables<ItemTables>()
    const labels = ['b', 'A', 'a', 'B', 'ä', '_']
    await tables
      .insertInto('item')
      .values(labels.map((label, id) => ({ id, label, amount: null, bytes: null })))
      .execute()
    const rows = await tables.selectFrom('item').select('label').orderBy('label').execute()
    expect(rows.map(({ label }) => label)).toEqual(['A', 'B', '_', 'a', 'b', 'ä'])
  })

  test('many transactions wait without taking the connections that readers need', async () => {
    await using database = openPostgres({ url: freshUrl(), maxConnections: 2 })
    await database.migrate(itemMigrations('postgres'))
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const writers = Array.from({ length: 5 }, () => database.transaction(() => held))
    expect(await database.tables<ItemTables>().selectFrom('item').selectAll().execute()).toEqual([])
    letGo()
    await Promise.all(writers)
  })

  test('a transaction that goes on after a statement failed is undone and says so', async () => {
    await using database = openPostgres({ url: freshUrl() })
    await database.migrate(itemMigrations('postgres'))
    const item = (id: number, label: string) => ({ id, label, amount: null, bytes: null })
    const work = database.transaction<ItemTables, void>(async (tables) => {
      await tables.insertInto('item').values(item(1, 'a')).execute()
      await tables
        .insertInto('item')
        .values(item(1, 'b'))
        .execute()
        .catch(() => {})
    })
    await expect(work).rejects.toMatchObject({ kind: 'internal' })
    expect(await database.tables<ItemTables>().selectFrom('item').selectAll().execute()).toEqual([])
  })

  test('names the one character that no text may hold', async () => {
    await using database = openPostgres({ url: freshUrl() })
    await database.migrate(itemMigrations('postgres'))
    const row = { id: 1, label: 'a\0b', amount: null, bytes: null }
    await expect(database.tables<ItemTables>().insertInto('item').values(row).execute()).rejects.toMatchObject({
      code: 'database.invalid_text',
      kind: 'usage',
    })
  })

  test('streams a result in chunks', async () => {
    await using database = openPostgres({ url: freshUrl() })
    await database.migrate(itemMigrations('postgres'))
    const tables = database.tables<ItemTables>()
    const values = Array.from({ length: 25 }, (_, id) => ({ id, label: `${id}`, amount: null, bytes: null }))
    await tables.insertInto('item').values(values).execute()
    const seen: number[] = []
    for await (const row of tables.selectFrom('item').select('id').orderBy('id').stream(10)) seen.push(row.id)
    expect(seen).toEqual(values.map((row) => row.id))
  })

  test('a connection that the server has ended is one clear error, and the next query has a new one', async () => {
    const url = freshUrl()
    await using database = openPostgres({ url, maxConnections: 1 })
    await database.migrate(itemMigrations('postgres'))
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'baton' AND datname = '${new URL(url).pathname.slice(1)}'`
    const cut = database.transaction<ItemTables, void>(async (tables) => {
      server.execute(end)
      await tables.insertInto('item').values({ id: 1, label: 'x', amount: null, bytes: null }).execute()
    })
    await expect(cut).rejects.toMatchObject({ code: 'database.unreachable' })
    expect(await database.tables<ItemTables>().selectFrom('item').selectAll().execute()).toEqual([])
  })

  test('says what is wrong with a server or a database that is not there, without the password', async () => {
    const away = new URL(server.url())
    away.port = '1'
    for (const url of [away.href, server.url('nowhere')]) {
      await using database = openPostgres({ url })
      const error = await database.migrate([]).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'database.unreachable', kind: 'unavailable' })
      expect((error as Error).message).not.toContain(away.password)
    }
  })

  test('says so when the user may not create tables, and when the schema is not there', async () => {
    const url = new URL(freshUrl())
    server.execute('CREATE ROLE guest LOGIN')
    const guest = new URL(url)
    guest.username = 'guest'
    const lost = new URL(url)
    lost.searchParams.set('options', '-c search_path=nowhere')
    for (const { href } of [guest, lost]) {
      await using database = openPostgres({ url: href })
      await expect(database.migrate(itemMigrations('postgres'))).rejects.toMatchObject({
        code: 'database.unreachable',
        hint: expect.stringContaining('may create tables'),
      })
    }
  })

  test('two projects in two schemas of one database do not wait for each other', async () => {
    const url = new URL(freshUrl())
    server.execute('CREATE SCHEMA one; CREATE SCHEMA two', url.pathname.slice(1))
    const open = async (schema: string) => {
      url.searchParams.set('options', `-c search_path=${schema}`)
      const database = openPostgres({ url: url.href })
      await database.migrate(itemMigrations('postgres'))
      return database
    }
    await using one = await open('one')
    await using two = await open('two')
    const item = { id: 1, label: 'x', amount: null, bytes: null }
    await one.transaction<ItemTables, void>(async (tables) => {
      await tables.insertInto('item').values(item).execute()
      await two.transaction<ItemTables, void>(async (others) => {
        await others.insertInto('item').values(item).execute()
      })
    })
  })

  test('is copied into a SQLite file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-postgres-copy-'))
    const file = join(folder, 'baton.db')
    try {
      // The binary column's type is the one whose name differs; SQLite takes any name.
      const migrations = itemMigrations('postgres')
      await using database = openPostgres({ url: freshUrl() })
      await database.migrate(migrations)
      const rows = Array.from({ length: 2_500 }, (_, id) => ({
        id,
        label: `ä ${id}`,
        amount: id % 2 === 0 ? id / 3 : null,
        bytes: id % 3 === 0 ? new Uint8Array([id % 256]) : null,
      }))
      await database.tables<ItemTables>().insertInto('item').values(rows).execute()
      await database.copyTo(file)
      await using copy = openSqlite({ file })
      await copy.migrate(migrations)
      const copied = await copy.tables<ItemTables>().selectFrom('item').selectAll().orderBy('id').execute()
      expect(copied.map((row) => ({ ...row, bytes: row.bytes && new Uint8Array(row.bytes) }))).toEqual(rows)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
