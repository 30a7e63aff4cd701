import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { type PostgresServer, postgresMissing, startPostgres } from '../../../../tests/system/postgres-server.ts'
import { createRowSources } from '../../../drivers/source/index.ts'
import { createTestBelt, type TestBelt } from '../belt.fixture.ts'
import { declareIngest, postgres } from '../declare.ts'
import { listVersions, resolveDataset } from '../index.ts'
import type { IngestStepOptions } from './declare-ingest.ts'

const missing = postgresMissing()

describe.skipIf(missing)(`an ingest from PostgreSQL${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let server: PostgresServer
  let belt: TestBelt
  beforeAll(async () => {
    server = await startPostgres()
    server.execute(`
      CREATE SCHEMA shop;
      CREATE TABLE shop."Invoices"(id bigint, name text, price numeric(10,2), free numeric, ratio double precision, small smallint,
        paid boolean, day date, at timestamp, zoned timestamptz, doc jsonb, raw bytea, tags text[], uid uuid);
      INSERT INTO shop."Invoices" VALUES
        (9007199254740993, 'žluť, "x"', 12.30, 1.5, 0.1, 7, true, '2011-12-09', '2011-12-09 10:00:00.123456',
         '2011-12-09 10:00:00+02', '{"a": 1}', '\\xff', ARRAY['a','b'], '00000000-0000-0000-0000-000000000001'),
        (NULL, '', NULL, NULL, 'NaN', NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
      CREATE TABLE many AS SELECT i AS id, 'row ' || i AS name, timestamp '2011-01-01' + i * interval '1 second' AS at FROM generate_series(1, 200000) i;
    `)
  })
  afterAll(() => server?.[Symbol.asyncDispose]())
  beforeEach(() => {
    belt = createTestBelt()
  })
  afterEach(() => belt[Symbol.asyncDispose]())

  const declare = (options: Partial<IngestStepOptions>) => (scope: never) =>
    declareIngest(scope, 'rows', { from: postgres(server.url()), ...options })
  const ingest = async (options: Partial<IngestStepOptions>) => (await belt.run(declare(options) as never))['rows']!

  it('keeps every value and its type, through text', async () => {
    await ingest({ table: 'shop.Invoices' })
    expect(resolveDataset(belt.ctx, 'rows').columns.map((column) => column.sqlType)).toEqual(
      'BIGINT;VARCHAR;DECIMAL(10,2);DOUBLE;DOUBLE;SMALLINT;BOOLEAN;DATE;TIMESTAMP;TIMESTAMP WITH TIME ZONE;VARCHAR;VARCHAR;VARCHAR;VARCHAR'.split(
        ';',
      ),
    )
    const [first, second] = await belt.rows('rows')
    expect(first).toEqual({
      id: '9007199254740993',
      name: 'žluť, "x"',
      price: 12.3,
      free: 1.5,
      ratio: 0.1,
      small: 7,
      paid: true,
      day: '2011-12-09',
      at: '2011-12-09 10:00:00.123456',
      zoned: '2011-12-09 08:00:00+00',
      doc: '{"a": 1}',
      raw: '\\xff',
      tags: '{a,b}',
      uid: '00000000-0000-0000-0000-000000000001',
    })
    expect(second).toMatchObject({ id: null, name: '', ratio: NaN, paid: false, zoned: null })
  })

  it('streams a large table and checks it against a schema', async () => {
    const schema = {
      columns: { id: { type: 'integer', max: 199_990 }, name: { type: 'string' }, at: { type: 'timestamp' } },
      key: ['id'],
    } as const
    const result = await ingest({ table: 'many', schema: { ...schema, key: ['id'] } })
    expect(result.metrics).toEqual({ rows: 199_990, quarantinedRows: 10 })
    expect(result.notices).toEqual([
      { label: 'quarantine', text: 'rows.quarantine@1: 10 × rows.id:max (row 199991 has "199991")' },
    ])
    expect(result.tags!['source']).not.toContain('relay-race')
  })

  it('reads a query in one read-only transaction that sees nothing later', async () => {
    server.execute('CREATE TABLE moving(a int); INSERT INTO moving VALUES (1)')
    await using source = await createRowSources().open(server.url())
    expect(await source.columns({ table: 'moving' })).toEqual([{ name: 'a', sqlType: 'INTEGER' }])
    server.execute('INSERT INTO moving VALUES (2)')
    const rows: unknown[] = []
    for await (const batch of source.batches({ query: 'SELECT * FROM moving;' })) rows.push(...batch)
    expect(rows).toEqual([['1']])
    await expect(source.columns({ query: 'DELETE FROM moving RETURNING a' })).rejects.toMatchObject({
      code: 'source.query_failed',
    })
    await using writer = await createRowSources().open(server.url())
    server.execute("CREATE FUNCTION grow() RETURNS int LANGUAGE sql AS 'INSERT INTO moving VALUES (3) RETURNING a'")
    const grow = async () => {
      for await (const batch of writer.batches({ query: 'SELECT grow() AS a' })) expect(batch).toEqual([])
    }
    await expect(grow()).rejects.toMatchObject({ message: expect.stringContaining('read-only transaction') })
  })

  it('appends what is beyond the watermark, and has a key that says whether there is anything', async () => {
    server.execute(
      "CREATE TABLE events(id int, at timestamptz); INSERT INTO events VALUES (1, '2011-01-01 00:00:00+00'), (2, '2011-01-02 00:00:00.5+00')",
    )
    const options = { table: 'events', watermark: 'at' }
    const key = () => belt.keyOf(declare(options) as never)
    const first = await key()
    expect((await ingest(options)).summary).toBe('2 rows')
    expect(await key()).toEqual(first)
    expect((await ingest(options)).summary).toBe('2 rows (0 new)')
    server.execute("INSERT INTO events VALUES (3, '2011-01-02 00:00:00.6+00'), (4, '2010-01-01 00:00:00+00')")
    expect(await key()).not.toEqual(first)
    expect((await ingest(options)).summary).toBe('3 rows (1 new)')
    expect(listVersions(belt.ctx, 'rows')).toHaveLength(2)
  })

  it('is read every time without a watermark, and says why', async () => {
    const [part] = await belt.keyOf(declare({ table: 'many' }) as never)
    expect(part).toMatchObject({ name: 'source', uncacheable: expect.stringContaining('without a watermark') })
  })

  it.each([
    ['a table that is not there', { table: 'nothing' }, 'source.query_failed', 'usage'],
    [
      'a database that is not there',
      { from: () => postgres(server.url('nothing')), table: 'x' },
      'source.refused',
      'unavailable',
    ],
    [
      'a server that is not there',
      { from: () => postgres('postgres://u:secret@127.0.0.1:1/x'), table: 'x' },
      'source.unreachable',
      'unavailable',
    ],
    [
      'a URL that is none',
      { from: () => postgres('postgres://u:secret@127.0.0.1:99999/x'), table: 'x' },
      'source.invalid_url',
      'usage',
    ],
  ])('names %s, without the password', async (_, options, code, kind) => {
    const { from, ...rest } = options as { from?: () => never; table: string }
    const error = await ingest({ ...rest, ...(from ? { from: from() } : {}) }).catch((error: unknown) => error as Error)
    expect(error).toMatchObject({ code, kind })
    expect(JSON.stringify(error) + (error as Error).message).not.toMatch(/secret|relay-race/)
  })
})
