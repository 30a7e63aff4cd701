import type { RowQuery, RowSource, SourceColumn } from '../../../ports/row-source.ts'
import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName } from '../../checks/index.ts'

/** Rows of a database, copied as text into a table of the session that spills beyond its memory limit. */
export interface StagedRows {
  readonly relation: string
  readonly columns: readonly SourceColumn[]
  readonly rows: number
  /** The watermark column's value in the last row: rows come in its order. */
  readonly watermark?: string
}

const table = 'staged_rows'

export async function stageRows(
  session: TableSession,
  source: RowSource,
  options: { readonly query: RowQuery; readonly signal: AbortSignal; readonly onRows: (rows: number) => void },
): Promise<StagedRows> {
  const { query, signal, onRows } = options
  const columns = await source.columns(query)
  await session.run(`CREATE TABLE ${table}(${columns.map((column) => `${sqlName(column.name)} VARCHAR`).join(', ')})`)
  const at = columns.findIndex((column) => column.name === query.watermark?.column)
  let rows = 0
  let watermark: string | null | undefined
  for await (const batch of source.batches(query, signal)) {
    await session.appendText(table, batch)
    rows += batch.length
    watermark = batch.at(-1)?.[at] ?? watermark
    onRows(rows)
  }
  return { relation: table, columns, rows, ...(watermark === undefined || watermark === null ? {} : { watermark }) }
}
