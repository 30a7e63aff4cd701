// The week of a shop: 5 GB of invoice lines ingested, turned into features and scored, within 1 GiB of memory.
// Beside it, in the same run: DuckDB alone copying the same CSV to Parquet, with the same limit and threads.
//
//   make bench-weekly            5 GB
//   SIZE_GB=0.5 make bench-weekly

import { DuckDBInstance } from '@duckdb/node-api'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { measureSuccess } from '../measure.ts'

const here = dirname(fileURLToPath(import.meta.url))
const repository = resolve(here, '../..')
const work = join(repository, 'bench/.work/weekly')
const sizeGb = Number(process.env.SIZE_GB ?? '5')
const csv = join(work, `invoices-${sizeGb}gb.csv`)
const project = join(work, 'churn')

async function generate(): Promise<void> {
  if (existsSync(csv)) return
  console.error(`writing ${csv}`)
  // 74 bytes a line; a customer has about 150 lines in 374 days, an order about 20.
  const lines = Math.round((sizeGb * 1e9) / 74)
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', threads: '2', temp_directory: work })
  const connection = await instance.connect()
  await connection.run('SELECT setseed(0.42)')
  await connection.run(`COPY (
    SELECT CASE WHEN h % 67 = 0 THEN 'C' ELSE '' END || (500000 + o) AS InvoiceNo,
           (20000 + hash(i, 1) % 4000)::VARCHAR AS StockCode,
           ['RED', 'BLUE', 'VINTAGE', 'PAPER', 'WOODEN', 'GLASS', 'RETRO', 'MINI'][1 + (h % 8)::INT] || ' '
             || ['LANTERN', 'MUG', 'CAKESTAND', 'LUNCH BAG', 'HEART', 'BUNTING'][1 + (hash(i, 2) % 6)::INT] AS Description,
           CASE WHEN h % 67 = 0 THEN -1 ELSE 1 END * (1 + hash(i, 3) % 24)::INT AS Quantity,
           TIMESTAMP '2024-12-01' + to_seconds((o * 374.0 * 86400 / ${Math.ceil(lines / 20)})::BIGINT) AS InvoiceDate,
           0.5 + (hash(i, 4) % 1500)::INT / 100.0 AS UnitPrice,
           CASE WHEN hash(o, 5) % 33 <> 0 THEN 10000 + (hash(o, 6) % ${Math.ceil(lines / 150)} * (hash(o, 7) % 1000) / 1000)::BIGINT END AS CustomerID,
           ['United Kingdom', 'United Kingdom', 'United Kingdom', 'Germany', 'France'][1 + (hash(o, 8) % 5)::INT] AS Country
    FROM (SELECT i, i // 20 AS o, hash(i) AS h FROM range(${lines}) t(i))
  ) TO '${csv}.tmp' (HEADER)`)
  connection.closeSync()
  instance.closeSync()
  renameSync(`${csv}.tmp`, csv)
}

mkdirSync(work, { recursive: true })
await generate()
rmSync(project, { recursive: true, force: true })
cpSync(join(repository, 'examples/churn'), project, { recursive: true, filter: (path) => !/\/\.baton/.test(path) })

const baton = join(repository, 'bin/baton')
const run = (...args: string[]) => ['--project', project, '--json', ...args]
let received = 0
const crm = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text
  })
  request.on('end', () => {
    if (body.length > 0) received++
    response.end('{}')
  })
}).listen(0, '127.0.0.1')
await new Promise((done) => crm.once('listening', done))
const crmUrl = `http://127.0.0.1:${(crm.address() as AddressInfo).port}/notifications`

await measureSuccess(process.execPath, [
  join(project, 'scripts/generate-marketing-db.ts'),
  join(project, 'data/raw/marketing.db'),
])
await measureSuccess(baton, run('run', 'churn'))
await measureSuccess(
  baton,
  run('models', 'promote', 'churn@challenger', '--to', 'champion', '--why', 'the bench scores with it'),
)

const ours = await measureSuccess(baton, run('run', 'score', '--param', 'alert_from=0.97'), {
  MARKETING_DB: csv,
  CRM_URL: crmUrl,
})
const copyScript = `
import { DuckDBInstance } from '@duckdb/node-api'
const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB', threads: '2', temp_directory: ${JSON.stringify(work)} })
const connection = await instance.connect()
await connection.run(${JSON.stringify(`COPY (FROM read_csv('${csv}')) TO '${work}/plain.parquet' (FORMAT parquet, COMPRESSION zstd)`)})`
const plain = await measureSuccess(process.execPath, ['--input-type=module', '-e', copyScript])
rmSync(`${work}/plain.parquet`, { force: true })
crm.close()

interface Step {
  readonly name: string
  readonly wallMs: number
  readonly summary?: string
}
const steps = (JSON.parse(ours.output) as { steps: readonly Step[] }).steps
const ingestSeconds = steps.find((step) => step.name === 'invoices')!.wallMs / 1000
const bytes = statSync(csv).size

const row = (label: string, seconds: number, rest: string) =>
  console.log(`${label.padEnd(34)}${seconds.toFixed(1).padStart(8)} s   ${rest}`)
console.log(`\n${(bytes / 1e9).toFixed(2)} GB of CSV, 2 threads`)
for (const step of steps) row(`  ${step.name}`, step.wallMs / 1000, step.summary ?? '')
row(
  'Baton: ingest, features, score',
  ours.seconds,
  `${ours.peakMiB.toFixed(0)} MiB peak, ${received} batches to the CRM`,
)
row('DuckDB alone: CSV to Parquet', plain.seconds, `${plain.peakMiB.toFixed(0)} MiB peak`)
row('ingest / DuckDB copy', ingestSeconds / plain.seconds, '(ratio)')
console.log(
  JSON.stringify({
    csvBytes: bytes,
    baton: {
      seconds: ours.seconds,
      peakMiB: Math.round(ours.peakMiB),
      steps: Object.fromEntries(steps.map((step) => [step.name, step.wallMs / 1000])),
    },
    duckdbCopy: { seconds: plain.seconds, peakMiB: Math.round(plain.peakMiB) },
    ingestRatio: ingestSeconds / plain.seconds,
    withinGiB: ours.peakMiB <= 1024,
    versions: { node: process.version },
  }),
)
