import type { TableSession } from '../../ports/table-engine.ts'
import { sqlText } from '../checks/index.ts'
import type { StoredColumn } from './delta/log-entry.ts'

type Bound = string | number

function toBound(column: StoredColumn, value: Bound | null): Bound | undefined {
  if (value === null) return undefined
  switch (column.type) {
    case 'integer':
    case 'bigint':
      return Number.isSafeInteger(value) ? value : undefined
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    case 'date':
      return value
    case 'boolean':
    case 'decimal':
    case 'string':
    case 'timestamp':
    case 'binary':
    case 'other':
      return undefined
  }
}

/**
 * Delta's statistics of a Parquet file, read from its footer only: row count, null counts, and bounds of columns
 * whose footer bounds are exact (integers, doubles, dates).
 */
export async function partStats(
  session: TableSession,
  file: string,
  columns: readonly StoredColumn[],
): Promise<{ readonly rows: number; readonly stats: string }> {
  const path = sqlText(file)
  const [counted] = await session.rows<{ rows: number }>(
    `SELECT num_rows::BIGINT AS rows FROM parquet_file_metadata(${path})`,
  )
  const footer = await session.rows<{
    name: string
    nulls: number | null
    low: Bound | null
    high: Bound | null
    lowText: string | null
    highText: string | null
  }>(
    `SELECT path_in_schema AS name,
       CASE WHEN count(*) = count(stats_null_count) THEN sum(stats_null_count)::BIGINT END AS nulls,
       CASE WHEN count(*) FILTER (WHERE stats_min_value IS NULL AND stats_null_count < num_values) = 0
         THEN min(TRY_CAST(stats_min_value AS DOUBLE)) END AS low,
       CASE WHEN count(*) FILTER (WHERE stats_max_value IS NULL AND stats_null_count < num_values) = 0
         THEN max(TRY_CAST(stats_max_value AS DOUBLE)) END AS high,
       min(stats_min_value) AS "lowText", max(stats_max_value) AS "highText"
     FROM parquet_metadata(${path}) GROUP BY path_in_schema`,
  )
  const byName = new Map(footer.map((column) => [column.name, column]))
  const minValues: Record<string, Bound> = {}
  const maxValues: Record<string, Bound> = {}
  const nullCount: Record<string, number> = {}
  for (const column of columns) {
    const found = byName.get(column.name)
    if (!found) continue
    if (found.nulls !== null) nullCount[column.name] = found.nulls
    const isDate = column.type === 'date'
    const low = toBound(column, isDate ? found.lowText : found.low)
    const high = toBound(column, isDate ? found.highText : found.high)
    if (low === undefined || high === undefined) continue
    minValues[column.name] = low
    maxValues[column.name] = high
  }
  const rows = counted?.rows ?? 0
  return { rows, stats: JSON.stringify({ numRecords: rows, minValues, maxValues, nullCount }) }
}
