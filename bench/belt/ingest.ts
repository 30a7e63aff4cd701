import { DuckDBInstance } from '@duckdb/node-api'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROWS = 6_000_000

export interface IngestThroughput {
  readonly file: string
  readonly batonMbPerSecond: number
  readonly duckdbMbPerSecond: number
  /** Baton's time over DuckDB's. */
  readonly ratio: number
}

/** Ingests one generated CSV through the command line, and copies the same file with DuckDB alone, in turn. */
export async function ingestThroughput(folder: string, baton: string): Promise<IngestThroughput> {
  const file = join(folder, 'invoices.csv')
  mkdirSync(join(folder, 'pipelines'), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '512MB',
    temp_directory: folder,
  })
  const connection = await instance.connect()
  if (!existsSync(file)) {
    await connection.run(`COPY (
      SELECT 500000 + i // 20 AS invoice, (20000 + hash(i) % 4000)::VARCHAR AS product, 'WOODEN HEART ' || (i % 97) AS description,
             (1 + hash(i, 1) % 24)::INT AS quantity, TIMESTAMP '2025-01-01' + to_seconds(i) AS sold_at,
             (hash(i, 2) % 1500)::INT / 100.0 AS price, (10000 + hash(i // 20) % 40000)::BIGINT AS customer, 'Germany' AS country
      FROM range(${ROWS}) t(i)) TO '${file}' (HEADER)`)
  }
  writeFileSync(
    join(folder, 'baton.config.ts'),
    "import { defineConfig } from 'baton-ml'\nexport default defineConfig({ name: 'ingest' })\n",
  )
  writeFileSync(
    join(folder, 'pipelines/main.ts'),
    `import { csv, dataContract, pipeline } from 'baton-ml'
const contract = dataContract({
  name: 'lines', owner: 'bench',
  columns: {
    invoice: { type: 'integer', nullable: false }, product: { type: 'string', nullable: false },
    description: { type: 'string' }, quantity: { type: 'integer', min: 0, max: 1000 },
    sold_at: { type: 'timestamp', nullable: false }, price: { type: 'double', min: 0 },
    customer: { type: 'integer' }, country: { type: 'string' },
  },
})
export default pipeline('main', { steps: (p) => p.ingest('lines', { from: csv(${JSON.stringify(file)}), contract }) })
`,
  )
  const megabytes = statSync(file).size / 1e6
  let ours = Infinity
  let theirs = Infinity
  for (let i = 0; i < 3; i++) {
    rmSync(join(folder, '.baton'), { recursive: true, force: true })
    const ended = spawnSync(baton, ['--project', folder, '--json', 'run', 'main'], { encoding: 'utf8' })
    if (ended.status !== 0) throw new Error(ended.stdout + ended.stderr)
    const run = JSON.parse(ended.stdout) as { readonly steps: readonly { readonly wallMs: number }[] }
    ours = Math.min(ours, run.steps[0]!.wallMs / 1000)
    const started = performance.now()
    await connection.run(
      `COPY (FROM read_csv('${file}')) TO '${folder}/plain.parquet' (FORMAT parquet, COMPRESSION zstd)`,
    )
    theirs = Math.min(theirs, (performance.now() - started) / 1000)
  }
  connection.closeSync()
  instance.closeSync()
  return { file, batonMbPerSecond: megabytes / ours, duckdbMbPerSecond: megabytes / theirs, ratio: ours / theirs }
}
