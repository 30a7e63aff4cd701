import type { TableSession } from '../../../ports/table-engine.ts'
import type { ChosenColumn } from './choose-columns.ts'
import { quoteName } from './sql-names.ts'

/** A text column with more distinct values than this share of the rows is an identifier or free text. */
const MOST_DISTINCT = 0.5
const LEAST_ROWS = 50

export interface Sifted {
  readonly kept: readonly ChosenColumn[]
  readonly dropped: readonly string[]
  /** Columns that stay but deserve a look. */
  readonly suspects: readonly string[]
}

/** Leaves out columns that cannot help: text that hardly repeats, and columns with a single value in the training rows. */
export async function dropUselessColumns(
  session: TableSession,
  table: { readonly sql: string; readonly rows: number },
  columns: readonly ChosenColumn[],
): Promise<Sifted> {
  if (columns.length === 0) return { kept: [], dropped: [], suspects: [] }
  const facts = columns.map(({ name, type }, index) => {
    const column = quoteName(name)
    const distinct = type === 'number' || type === 'boolean' ? '0' : `approx_count_distinct(${column})`
    return `${distinct}::DOUBLE AS d${index}, (min(${column}) IS NOT DISTINCT FROM max(${column}) AND count(${column}) IN (0, count(*)))::INT::DOUBLE AS s${index}`
  })
  const [row] = await session.rows<Record<string, number>>(`SELECT ${facts.join(', ')} FROM ${table.sql}`)
  const kept: ChosenColumn[] = []
  const dropped: string[] = []
  const suspects: string[] = []
  columns.forEach((column, index) => {
    const distinct = row![`d${index}`]!
    const share = distinct / table.rows
    if (row![`s${index}`] === 1) dropped.push(`${column.name}: one single value`)
    else if (column.type === 'string' && table.rows > LEAST_ROWS && share > MOST_DISTINCT) {
      dropped.push(
        `${column.name}: about ${Math.round(distinct)} different texts in ${table.rows} rows, an identifier or free text`,
      )
    } else {
      kept.push(column)
      if (column.type === 'integer' && table.rows > LEAST_ROWS && share > 0.95) suspects.push(column.name)
    }
  })
  return { kept, dropped, suspects }
}
