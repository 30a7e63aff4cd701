import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createTestBelt, type TestBelt } from '../belt.fixture.ts'
import { csv, declareIngest, jsonl, source, type SourceSpec, sqlite } from '../declare.ts'
import { listVersions, resolveDataset } from '../index.ts'
import type { IngestStepOptions } from './declare-ingest.ts'

let belt: TestBelt
beforeEach(() => {
  belt = createTestBelt()
})
afterEach(() => belt[Symbol.asyncDispose]())

const write = (name: string, content: string | Buffer) => writeFileSync(join(belt.root, name), content)

async function ingest(from: IngestStepOptions['from'], options: Partial<IngestStepOptions> = {}) {
  const results = await belt.run((scope) => declareIngest(scope, 'rows', { from, ...options }))
  return results['rows']!
}

const typesOf = () => resolveDataset(belt.ctx, 'rows').columns.map((column) => column.sqlType)
const keyOf = (from: SourceSpec, options: Partial<IngestStepOptions> = {}) =>
  belt.keyOf((scope) => declareIngest(scope, 'rows', { from, ...options }))

describe('types without a schema', () => {
  it('gives each column the narrowest type that all its values have, as a person would say', async () => {
    write(
      'in.csv',
      'code,n,big,x,yes,day,at,text,none,nan\n007,1,9007199254740993,1,true,2011-12-09,2011-12-09 10:00:00,a,,NaN\n008,-2,,2.5,FALSE,2011-12-10,2011-12-10,1,,1\n',
    )
    await ingest(csv('in.csv'))
    expect(typesOf()).toEqual('VARCHAR BIGINT BIGINT DOUBLE BOOLEAN DATE TIMESTAMP VARCHAR VARCHAR VARCHAR'.split(' '))
    expect((await belt.rows('rows'))[0]).toMatchObject({ code: '007', big: '9007199254740993', yes: true })
  })

  it.each([
    ['a fraction', '1.5', 'DOUBLE'],
    ['a word', 'twelve', 'VARCHAR'],
    ['a leading zero', '0123', 'VARCHAR'],
    ['an empty field', '', 'BIGINT'],
  ])('is not surprised by %s far behind the first rows', async (_, last, type) => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${index},${index}`)
    write('in.csv', `a,b\n${lines.join('\n')}\n60000,${last}\n`)
    await ingest(csv('in.csv'))
    expect(typesOf()).toEqual(['BIGINT', type])
    expect(await belt.rows('rows', 'SELECT count(*) AS n')).toEqual([{ n: 60_001 }])
  })

  it('gives the same version whichever way the types were found', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index},x`)
    write('in.csv', `a,b\n${lines.join('\n')}\n`)
    await ingest(csv('in.csv'))
    write('in.csv', `a,b\n${lines.join('\n')}\n`.replaceAll('\n', '\r\n'))
    await ingest(csv('in.csv'))
    write('in.csv.gz', gzipSync(`\uFEFFa;b\n${lines.join('\n').replaceAll(',', ';')}`))
    await ingest(source('in.csv.gz'))
    expect(listVersions(belt.ctx, 'rows')).toHaveLength(1)
  })
})

describe('kinds of files', () => {
  it('reads CSV as it is told: delimiter, no header, names, lines to skip, encoding, nulls', async () => {
    write('in.txt', Buffer.from('made by hand\n1|caf\xe9|NA\n2|NULL|x\n', 'latin1'))
    await ingest(
      csv('in.txt', {
        delimiter: '|',
        header: false,
        skip: 1,
        names: ['a', 'b', 'c'],
        encoding: 'latin-1',
        nulls: ['NA', 'NULL'],
      }),
    )
    expect(await belt.rows('rows')).toEqual([
      { a: 1, b: 'café', c: null },
      { a: 2, b: null, c: 'x' },
    ])
  })

  it('keeps commas, quotes and line breaks in quoted fields', async () => {
    write('in.csv', 'a,b\n1,"x, ""y""\nz"\n')
    await ingest(csv('in.csv'))
    expect(await belt.rows('rows')).toEqual([{ a: 1, b: 'x, "y"\nz' }])
  })

  it('reads JSON lines, with and without a schema', async () => {
    write('in.jsonl', '{"a":1,"b":"x","c":[1,2]}\n{"a":2,"c":[]}\n')
    await ingest(jsonl('in.jsonl'))
    expect(await belt.rows('rows')).toEqual([
      { a: 1, b: 'x', c: [1, 2] },
      { a: 2, b: null, c: [] },
    ])
    const schema = {
      columns: { a: { type: 'integer', max: 1 }, b: { type: 'string', nullable: true } },
      extraColumns: 'drop',
      maxQuarantineShare: 1,
    } as const
    await ingest(jsonl('in.jsonl'), { schema })
    expect(await belt.rows('rows')).toEqual([{ a: 1, b: 'x' }])
    expect(await belt.rows('rows.quarantine', 'SELECT a, c, _reasons')).toEqual([
      { a: '2', c: '[]', _reasons: ['rows.a:max'] },
    ])
  })

  it('reads Parquet under a schema without going through text', async () => {
    write('in.csv', 'a,at\n1,2011-12-09 10:00:00\n')
    await ingest(csv('in.csv'))
    const [part] = await belt.rows<{ file: string }>('rows', 'SELECT DISTINCT filename AS file')
    const schema = { columns: { a: { type: 'double' }, at: { type: 'timestamp' } } } as const
    await belt.run((scope) => declareIngest(scope, 'copy', { from: source(part!.file), schema }))
    expect(await belt.rows('copy')).toEqual([{ a: 1, at: '2011-12-09 10:00:00' }])
  })
})

describe('an SQLite file', () => {
  const create = (sql: string) => {
    const database = new DatabaseSync(join(belt.root, 'shop.db'))
    database.exec(sql)
    return database
  }

  it('keeps values that are not of the declared type, as text', async () => {
    create(
      "CREATE TABLE t(n INTEGER, d DATE, p DECIMAL(10,2)); INSERT INTO t VALUES (1, '2011-12-09', 1.25), ('n/a', '2011-12-10', 2)",
    ).close()
    await ingest(sqlite('shop.db'), { table: 't' })
    expect(typesOf()).toEqual(['VARCHAR', 'DATE', 'DECIMAL(10,2)'])
    expect(belt.logs.join('\n')).toContain('n is declared BIGINT and holds other values too')
  })

  it('reads a query, names a wrong one, and asks for one', async () => {
    create('CREATE TABLE t(a INTEGER, b TEXT); INSERT INTO t VALUES (1, NULL), (2, NULL)').close()
    await ingest(sqlite('shop.db'), { query: 'SELECT a, a * 2 AS twice FROM t WHERE a > 1;' })
    expect(await belt.rows('rows')).toEqual([{ a: 2, twice: '4' }])
    await expect(ingest(sqlite('shop.db'), { table: 'nothing' })).rejects.toMatchObject({ code: 'source.query_failed' })
    await expect(ingest(sqlite('shop.db'))).rejects.toMatchObject({ code: 'source.no_query' })
    write('text.db', 'this is no database, only text that is long enough to be looked at as a header page'.repeat(20))
    await expect(ingest(sqlite('text.db'), { table: 't' })).rejects.toMatchObject({ code: 'source.not_a_database' })
  })

  it('sees rows that are still in the write-ahead log, has a key that changes with them, and leaves the file alone', async () => {
    const writer = create('PRAGMA journal_mode = wal; CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1)')
    const before = await keyOf(sqlite('shop.db'), { table: 't' })
    await ingest(sqlite('shop.db'), { table: 't' })
    expect(await keyOf(sqlite('shop.db'), { table: 't' })).toEqual(before)
    writer.exec('INSERT INTO t VALUES (2)')
    expect(await keyOf(sqlite('shop.db'), { table: 't' })).not.toEqual(before)
    await ingest(sqlite('shop.db'), { table: 't' })
    expect(await belt.rows('rows')).toEqual([{ a: 1 }, { a: 2 }])
    writer.close()
    const closed = await keyOf(sqlite('shop.db'), { table: 't' })
    await ingest(sqlite('shop.db'), { table: 't' })
    expect(await keyOf(sqlite('shop.db'), { table: 't' })).toEqual(closed)
  })

  it('appends only what is beyond the watermark', async () => {
    const writer = create(
      "CREATE TABLE t(id INTEGER, at TIMESTAMP); INSERT INTO t VALUES (9, '2011-01-01 00:00:00'), (10, '2011-01-02 00:00:00')",
    )
    const options = { table: 't', watermark: 'id' }
    expect((await ingest(sqlite('shop.db'), options)).summary).toBe('2 rows')
    expect((await ingest(sqlite('shop.db'), options)).summary).toBe('2 rows (0 new)')
    writer.exec("INSERT INTO t VALUES (100, '2011-01-03 00:00:00'), (5, '2011-01-04 00:00:00')")
    writer.close()
    expect((await ingest(sqlite('shop.db'), options)).summary).toBe('3 rows (1 new)')
    expect(await belt.rows('rows', 'SELECT id')).toEqual([{ id: 9 }, { id: 10 }, { id: 100 }])
    expect(listVersions(belt.ctx, 'rows').map((version) => version.version)).toEqual([2, 1])
  })

  it('never has a row twice when two runs append beyond one watermark at once', async () => {
    create('CREATE TABLE t(id INTEGER); INSERT INTO t VALUES (1), (2)').close()
    const runs = Array.from({ length: 3 }, () => ingest(sqlite('shop.db'), { table: 't', watermark: 'id' }))
    const ends = await Promise.allSettled(runs)
    expect(ends.some((end) => end.status === 'fulfilled')).toBe(true)
    for (const end of ends) {
      if (end.status === 'rejected')
        expect(end.reason).toMatchObject({ code: 'datasets.concurrent_ingest', kind: 'conflict' })
    }
    expect(await belt.rows('rows')).toEqual([{ id: 1 }, { id: 2 }])
  })

  it('takes the database from the environment, with a default', async () => {
    create('CREATE TABLE t(a INTEGER); INSERT INTO t VALUES (1)').close()
    const declare = (from: IngestStepOptions['from']) => (scope: never) =>
      declareIngest(scope, 'rows', { from, table: 't' })
    await belt.run(declare({ env: 'MARKETING_DB', default: 'sqlite:shop.db' }) as never)
    await belt.run(declare(sqlite({ env: 'MARKETING_DB' })) as never, {
      env: { MARKETING_DB: join(belt.root, 'shop.db') },
    })
    expect(await belt.rows('rows')).toEqual([{ a: 1 }])
  })
})
