import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { InterruptedError } from '../../../kernel/errors.ts'
import type { ColumnBatch, EngineFailure, TableEngine } from '../../../ports/table-engine.ts'
import { createDuckdbEngine } from './index.ts'

const failure = (work: Promise<unknown>): Promise<EngineFailure> =>
  work.then(
    () => expect.fail('expected a failure'),
    (error: unknown) => error as EngineFailure,
  )

async function collect(batches: AsyncIterable<ColumnBatch>): Promise<ColumnBatch[]> {
  const all: ColumnBatch[] = []
  for await (const batch of batches) all.push(batch)
  return all
}

describe('the laws of a table session, on DuckDB', () => {
  let folder: string
  let engine: TableEngine
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-engine-'))
    engine = createDuckdbEngine({ temporaryFolder: join(folder, 'spill'), memoryLimitMb: 256, threads: 2 })
  })
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('names its version', async () => {
    expect(await engine.version()).toMatch(/^v\d+\.\d+\.\d+/)
  })

  it('law 1: two sessions never see each other', async () => {
    await using one = await engine.openSession()
    await using two = await engine.openSession()
    await one.run("CREATE TABLE t AS SELECT 1 AS a; SET TimeZone = 'Asia/Tokyo'")
    expect((await failure(two.rows('FROM t'))).code).toBe('engine.sql_invalid')
    expect(await two.rows("SELECT current_setting('TimeZone') AS zone")).toEqual([{ zone: 'UTC' }])
  })

  it('law 2: a sandboxed session reads its folders only, and SQL cannot undo that', async () => {
    writeFileSync(join(folder, 'in.csv'), 'a\n1\n')
    await using session = await engine.openSession({ allowedFolders: [folder] })
    expect(await session.rows(`FROM '${folder}/in.csv'`)).toEqual([{ a: 1 }])
    expect((await failure(session.rows("FROM read_text('/etc/hostname')"))).code).toBe('engine.not_allowed')
    const climb = await failure(session.rows(`FROM read_text('${folder}/../../etc/hostname')`))
    expect(climb.code).toBe('engine.not_allowed')
    for (const undo of [
      'SET enable_external_access = true',
      "SET allowed_directories = ['/']",
      'SET lock_configuration = false',
      "SET temp_directory = '/etc'",
      "ATTACH '/etc/x.db'",
      'LOAD sqlite',
    ]) {
      expect((await failure(session.run(undo))).engineMessage).toMatch(/locked|disabled|access|not found/i)
    }
  })

  it('law 3: batches come whole, in order, as numbers and text', async () => {
    await using session = await engine.openSession()
    const sql = `SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'row ' || i END AS text, i % 2 = 0 AS even,
      CASE WHEN i = 1 THEN NULL ELSE i / 2 END AS half, DATE '1970-01-03' AS day,
      TIMESTAMP '1970-01-01 00:00:01.5' AS at, 1.25::DECIMAL(10, 2) AS price
      FROM range(50000) t(i) ORDER BY i DESC; `
    const all = await collect(session.batches(sql, { batchRows: 7000 }))
    expect(all.map((batch) => batch.rows)).toEqual([7000, 7000, 7000, 7000, 7000, 7000, 7000, 1000])
    const first = all[0]!.columns
    expect(first['i']).toBeInstanceOf(Float64Array)
    expect((first['i'] as Float64Array).slice(0, 3)).toEqual(Float64Array.of(49999, 49998, 49997))
    expect(first['text']!.slice(0, 3)).toEqual(['row 49999', null, 'row 49997'])
    expect([first['even']![0], first['day']![0], first['at']![0], first['price']![0]]).toEqual([0, 2, 1.5, 1.25])
    expect(all.at(-1)!.columns['half']![998]).toBeNaN()
    expect(all.flatMap((batch) => Array.from(batch.columns['i'] as Float64Array))).toEqual(
      Array.from({ length: 50000 }, (_, index) => 49999 - index),
    )
  })

  it('law 3: an empty result has no batches, and a result of many columns keeps their names', async () => {
    await using session = await engine.openSession()
    expect(await collect(session.batches('SELECT 1 AS a WHERE false'))).toEqual([])
    const [batch] = await collect(session.batches('SELECT 1 AS a, 2 AS a -- a comment at the end'))
    expect(Object.keys(batch!.columns)).toEqual(['a', 'a_1'])
  })

  it('law 4: an aborted signal stops a long statement with its reason', async () => {
    await using session = await engine.openSession()
    const controller = new AbortController()
    const long = session.run('SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b', {
      signal: controller.signal,
    })
    setTimeout(() => controller.abort(new InterruptedError('enough')), 50)
    await expect(long).rejects.toThrow('enough')
    expect(await session.rows('SELECT 1 AS alive')).toEqual([{ alive: 1 }])
  })

  it('law 5: a failed statement says where and leaves the session usable', async () => {
    await using session = await engine.openSession()
    await session.run('CREATE TABLE orders AS SELECT 1 AS quantity')
    const error = await failure(session.describe('SELECT\n  quantity,\n  quantitty\nFROM orders'))
    expect(error).toMatchObject({ code: 'engine.sql_invalid', kind: 'usage', where: { line: 3, column: 3 } })
    expect(error.message).toContain('quantitty')
    const parse = await failure(session.rows('SELECT 1\nFORM x y z'))
    expect(parse.where).toMatchObject({ line: 2 })
    const value = await failure(session.rows("SELECT 'x'::INTEGER"))
    expect(value.code).toBe('engine.statement_failed')
    expect(await session.rows('FROM orders')).toEqual([{ quantity: 1 }])
  })

  it('gives plain values: safe numbers, exact text beyond them, lists and structs', async () => {
    await using session = await engine.openSession()
    const rows =
      await session.rows(`SELECT 9007199254740993::BIGINT AS big, 12::BIGINT AS small, 1.5::DECIMAL(4,1) AS d,
      DATE '2011-12-09' AS day, TIMESTAMP '2011-12-09 12:50:00' AS at, [1, NULL] AS list, {'a': 1} AS s, true AS yes, NULL AS none`)
    expect(rows).toEqual([
      {
        big: '9007199254740993',
        small: 12,
        d: 1.5,
        day: '2011-12-09',
        at: '2011-12-09 12:50:00',
        list: [1, null],
        s: { a: 1 },
        yes: true,
        none: null,
      },
    ])
  })

  it('appends text; null stays null and an empty string an empty string', async () => {
    await using session = await engine.openSession()
    await session.run('CREATE TABLE t(a VARCHAR, b VARCHAR)')
    await session.appendText('t', [
      ['1', null],
      ['', 'žluť'],
    ])
    await session.appendText('t', [])
    await session.appendText(
      't',
      Array.from({ length: 5000 }, (_, index) => [String(index), 'x']),
    )
    expect(await session.rows('FROM t LIMIT 2')).toEqual([
      { a: '1', b: null },
      { a: '', b: 'žluť' },
    ])
    expect(await session.rows('SELECT count(*) AS n FROM t')).toEqual([{ n: 5002 }])
  })

  it('waits for a running statement when it is closed', async () => {
    const session = await engine.openSession()
    const counted = session.rows('SELECT count(*) AS n FROM range(3000000) t(i) WHERE md5(i::VARCHAR) > $$8$$')
    await session[Symbol.asyncDispose]()
    expect(await counted).toHaveLength(1)
  })

  it('describes a query without running it', async () => {
    await using session = await engine.openSession()
    expect(await session.describe("SELECT 1 AS a, 'x' AS b, 1.5::DECIMAL(10,2) AS c, [1] AS d, now() AS e")).toEqual([
      { name: 'a', type: 'integer', sqlType: 'INTEGER' },
      { name: 'b', type: 'string', sqlType: 'VARCHAR' },
      { name: 'c', type: 'decimal', sqlType: 'DECIMAL(10,2)' },
      { name: 'd', type: 'other', sqlType: 'INTEGER[]' },
      { name: 'e', type: 'timestamp', sqlType: 'TIMESTAMP WITH TIME ZONE' },
    ])
  })

  it('spills beyond its memory limit and leaves no spill files behind', async () => {
    {
      await using session = await engine.openSession({ memoryLimitMb: 64 })
      const rows = await session.rows<{ n: number }>(
        'SELECT count(*) AS n FROM (SELECT range AS i, md5(range::VARCHAR) AS h FROM range(2000000) ORDER BY h)',
      )
      expect(rows).toEqual([{ n: 2_000_000 }])
      const sorted = session.batches('SELECT md5(range::VARCHAR) AS h FROM range(2000000) ORDER BY h')
      for await (const batch of sorted) {
        expect(batch.rows).toBe(16_384)
        break
      }
    }
    expect(readdirSync(join(folder, 'spill'))).toEqual([])
  })
})
