import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type PostgresServer, postgresMissing, startPostgres } from './postgres-server.ts'
import {
  batonJson,
  churnProject,
  expectWholeStore,
  type RunDocument,
  runBaton,
  smallProject,
  statesOf,
  stepOf,
  temporaryFolder,
} from './project.ts'

const missing = postgresMissing()

/** A value in the text format of COPY. */
function copyText(value: SQLOutputValue): string {
  if (value === null) return '\\N'
  return String(value).replaceAll(/[\\\t\n\r]/g, (character) => `\\${character}`)
}

/** Puts the rows of the generated SQLite database into PostgreSQL, in their order. */
function copyInvoices(project: string, server: PostgresServer, database: string): void {
  using source = new DatabaseSync(join(project, 'data/raw/marketing.db'), { readOnly: true })
  const rows = source.prepare('SELECT * FROM invoices ORDER BY rowid').all()
  const lines = rows.map((row) => Object.values(row).map(copyText).join('\t'))
  server.createDatabase(database)
  server.execute(
    `CREATE TABLE invoices (
       "InvoiceNo" text NOT NULL, "StockCode" text NOT NULL, "Description" text, "Quantity" integer NOT NULL,
       "InvoiceDate" timestamp NOT NULL, "UnitPrice" double precision NOT NULL, "CustomerID" integer, "Country" text NOT NULL);
COPY invoices FROM stdin;
${lines.join('\n')}
\\.
`,
    database,
  )
}

/** The files of a folder, all levels, that hold a text. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text))
}

describe.skipIf(missing !== undefined)(`PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer
  let folder: ReturnType<typeof temporaryFolder>
  beforeAll(async () => {
    folder = temporaryFolder()
    server = await startPostgres()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })

  test('the churn pipeline makes the same model from the same rows, and keeps no password', async () => {
    const project = churnProject(folder.path, 250, { quick: true })
    const fromSqlite = await batonJson<RunDocument>(project, ['run', 'churn'])
    copyInvoices(project, server, 'marketing')
    const env = { MARKETING_DB: server.url('marketing') }
    const fromPostgres = await batonJson<RunDocument>(project, ['run', 'churn'], env)

    const digestOf = (run: RunDocument, step: string, output: string) => stepOf(run, step).outputs[output]!.digest
    expect(stepOf(fromPostgres, 'invoices').state).toBe('ran')
    expect(digestOf(fromPostgres, 'customers', 'table')).toBe(digestOf(fromSqlite, 'customers', 'table'))
    expect(digestOf(fromPostgres, 'train', 'model')).toBe(digestOf(fromSqlite, 'train', 'model'))

    // A server cannot say that nothing has changed, so it is read again; the same rows leave all else cached.
    expect(statesOf(await batonJson<RunDocument>(project, ['run', 'churn'], env))).toEqual({
      invoices: 'ran',
      customers: 'cached',
      split: 'cached',
      train: 'cached',
      evaluate: 'cached',
      register: 'cached',
    })
    await expectWholeStore(project)
    const { password } = new URL(env.MARKETING_DB)
    expect(password.length).toBeGreaterThan(5)
    expect(filesWith(join(project, '.baton'), password)).toEqual([])
  })

  test('a table is read on from its watermark; nothing is read twice', async () => {
    server.createDatabase('shop')
    server.execute('CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric(10, 2) NOT NULL)', 'shop')
    const grow = (from: number, to: number) =>
      server.execute(`INSERT INTO orders SELECT n, n * 1.25 FROM generate_series(${from}, ${to}) AS n`, 'shop')
    const project = smallProject(
      folder.path,
      `import { pipeline, postgres } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    const orders = p.ingest('orders', { from: postgres(p.env('SHOP')), table: 'orders', watermark: 'id' })
    return p.sql('total', { file: 'total.sql', inputs: { orders } })
  },
})`,
      { 'total.sql': 'SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(amount)::DOUBLE AS amount FROM orders' },
    )
    const env = { SHOP: server.url('shop') }
    const run = async () => {
      const ran = await batonJson<RunDocument>(project, ['run', 'main'], env)
      const { head } = await batonJson<{ head: unknown[][] }>(project, ['data', 'head', 'total'])
      return { states: statesOf(ran), total: head[0] }
    }
    const sum = (n: number) => (1.25 * n * (n + 1)) / 2
    grow(1, 1000)
    expect(await run()).toEqual({ states: { orders: 'ran', total: 'ran' }, total: [1000, 1000, sum(1000)] })
    grow(1001, 1500)
    expect(await run()).toEqual({ states: { orders: 'ran', total: 'ran' }, total: [1500, 1500, sum(1500)] })
    const nothingNew = await run()
    expect(nothingNew.total).toEqual([1500, 1500, sum(1500)])
    expect(nothingNew.states['total']).toBe('cached')
    const { versions } = await batonJson<{ versions: { version: number; rows: number }[] }>(project, [
      'data',
      'show',
      'orders',
    ])
    expect(versions.map(({ version, rows }) => [version, rows])).toEqual([
      [2, 1500],
      [1, 1000],
    ])
  })

  test('a server that does not answer, a database and a table that are not there are told apart, without the password', async () => {
    const project = smallProject(
      join(folder.path, 'errors'),
      `import { pipeline, postgres } from 'baton-ml'
export default pipeline('main', { steps: (p) => p.ingest('orders', { from: postgres(p.env('SHOP')), table: 'orders' }) })`,
    )
    const errorOf = async (url: string) => {
      const ended = await runBaton(project, ['--json', 'run', 'main'], { SHOP: url })
      const { password } = new URL(url)
      if (password !== '') expect(ended.stdout + ended.stderr).not.toContain(password)
      const { error } = JSON.parse(ended.stdout) as { error: { code: string; kind: string; message: string } }
      return { exitCode: ended.exitCode, ...error }
    }
    const nobody = await errorOf('postgres://baton:relay-race@127.0.0.1:9/shop')
    expect(nobody).toMatchObject({ exitCode: 5, code: 'source.unreachable' })
    const noTable = await errorOf(server.url('postgres'))
    expect(noTable).toMatchObject({ exitCode: 2, code: 'source.query_failed' })
    expect(noTable.message).toContain('orders')
    const noDatabase = await errorOf(server.url('nowhere'))
    expect(noDatabase.message).toContain('nowhere')
    expect(noDatabase).toMatchObject({ exitCode: 5, code: 'source.refused' })
  })
})
