import type { TableSession } from '../../ports/table-engine.ts'
import type { TableScan } from '../../ports/dataset-reader.ts'
import { sqlName, sqlText } from '../checks/index.ts'
import type { NotifyNodeOptions } from './declare.ts'
import { KeyNotUniqueError, UnknownColumnsError } from './errors.ts'
import { sqlNames } from './score-columns.ts'

/** Rows that go out in one request, as JSON texts, in the order of their key. */
export interface RowBatch {
  readonly rows: readonly string[]
  readonly firstKey: string
  readonly lastKey: string
}

interface Selection {
  readonly step: string
  readonly scan: TableScan
  readonly options: NotifyNodeOptions
  readonly label: string
  /** A Parquet file for the selected rows, in a folder that the session may write to. */
  readonly file: string
  readonly signal: AbortSignal
}

async function refuseBadKeys(session: TableSession, selection: Selection): Promise<number> {
  const { step, options, file } = selection
  const [found] = await session.rows<{ n: number; missing: number; different: number }>(
    `SELECT count(*) AS n, count(*) FILTER (WHERE key IS NULL) AS missing, count(DISTINCT key) AS different
     FROM read_parquet(${sqlText(file)})`,
  )
  const { n, missing, different } = found!
  if (missing > 0) throw new KeyNotUniqueError(step, options.key, `${missing} of ${n} rows have no ${options.key}`)
  if (different < n)
    throw new KeyNotUniqueError(step, options.key, `${n - different} of ${n} rows repeat the ${options.key} of another`)
  return n
}

/**
 * Writes the rows that pass the condition, each as one JSON text, in the order of the key, to a work file, so that
 * the same table always gives the same batches. Gives how many there are.
 */
export async function selectRows(session: TableSession, selection: Selection): Promise<number> {
  const { scan, options, file, label, signal } = selection
  const names = scan.columns.map((column) => column.name)
  const sent = options.columns ?? names
  for (const column of [options.key, ...sent])
    if (!names.includes(column)) throw new UnknownColumnsError(label, column, names)
  const packed = `struct_pack(${sent.map((name) => `${sqlName(name)} := ${sqlName(name)}`).join(', ')})`
  const inner = `SELECT ${sqlNames(names)} FROM ${scan.sql} WHERE coalesce((\n${options.when}\n), false)`
  const rows = `SELECT CAST(${sqlName(options.key)} AS VARCHAR) AS key, CAST(to_json(${packed}) AS VARCHAR) AS body
    FROM (${inner}) AS chosen ORDER BY ${sqlName(options.key)}`
  await session.run(`COPY (${rows}) TO ${sqlText(file)} (FORMAT parquet)`, { signal })
  return await refuseBadKeys(session, selection)
}

/** The selected rows in batches of the given size, one engine batch in memory at a time. */
export async function* rowBatches(session: TableSession, selection: Selection): AsyncIterable<RowBatch> {
  const size = selection.options.batch
  let keys: string[] = []
  let rows: string[] = []
  const take = (): RowBatch => {
    const batch = { rows, firstKey: keys[0]!, lastKey: keys.at(-1)! }
    keys = []
    rows = []
    return batch
  }
  const query = `SELECT key, body FROM read_parquet(${sqlText(selection.file)})`
  for await (const chunk of session.batches(query, { batchRows: 4096, signal: selection.signal })) {
    for (let i = 0; i < chunk.rows; i += 1) {
      keys.push(String(chunk.columns['key']![i]))
      rows.push(String(chunk.columns['body']![i]))
      if (rows.length === size) yield take()
    }
  }
  if (rows.length > 0) yield take()
}
