import type { Page } from '../../kernel/page.ts'
import { inChunks, type TrackingContext, tablesOf } from './context.ts'
import { InvalidFilterError } from './errors.ts'
import type { Identifier } from './filter/comparison.ts'
import { parseOrder } from './filter/parse.ts'
import { listRunRows, type RunQuery } from './list-runs.ts'
import type { RunInfo } from './run.ts'
import { toMetric, toRunInfo } from './run-rows.ts'

/** One value of a table of runs; NaN and infinities are kept, an absent value is null. */
export type RunCell = string | number | null

/** A run in a table: what it is, and the values of the chosen columns in their order. */
export interface RunTableRow {
  readonly info: RunInfo
  readonly values: readonly RunCell[]
}

/**
 * A page of runs with only the asked columns, written as in a filter: `metrics.rocAuc`, `` params.`learning rate` ``,
 * `tags.stage`. Reading 10,000 runs so takes a fraction of the time of reading all they have logged.
 */
export async function listRunTable(
  ctx: TrackingContext,
  query: RunQuery,
  columns: readonly string[],
): Promise<Page<RunTableRow>> {
  const fields = columns.map(toField)
  const { rows, next } = await listRunRows(ctx, query)
  const places = new Map(rows.map((row, index) => [row.id, index]))
  const values = rows.map((): RunCell[] => fields.map(() => null))
  const put = (id: string, field: Identifier, value: RunCell): void => {
    const row = values[places.get(id)!]!
    for (const [column, each] of fields.entries())
      if (each.entity === field.entity && each.key === field.key) row[column] = value
  }
  const keysOf = (entity: Identifier['entity']): string[] =>
    fields.filter((field) => field.entity === entity).map((field) => field.key)
  const tables = tablesOf(ctx)
  for (const chunk of inChunks(rows, 5000)) {
    const ids = chunk.map((row) => row.id)
    for (const [entity, table] of [
      ['param', 'params'],
      ['tag', 'tags'],
    ] as const) {
      const keys = keysOf(entity)
      if (keys.length === 0) continue
      const found = await tables
        .selectFrom(table)
        .selectAll()
        .where('run_id', 'in', ids)
        .where('key', 'in', keys)
        .execute()
      for (const row of found) put(row.run_id, { entity, key: row.key, at: 0 }, row.value)
    }
    const keys = keysOf('metric')
    if (keys.length === 0) continue
    const query = tables.selectFrom('latest_metrics').selectAll().where('run_id', 'in', ids).where('key', 'in', keys)
    for (const row of await query.execute())
      put(row.run_id, { entity: 'metric', key: row.key, at: 0 }, toMetric(row).value)
  }
  const items = rows.map((row, index) => ({ info: toRunInfo(row), values: values[index]! }))
  return next === undefined ? { items } : { items, next }
}

function toField(text: string): Identifier {
  const { field } = parseOrder([text])[0]!
  if (field.entity === 'metric' || field.entity === 'param' || field.entity === 'tag') return field
  throw new InvalidFilterError(`${text} is no column of a table of runs; use metrics., params. or tags.`)
}
