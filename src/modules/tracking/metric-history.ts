import { type RawBuilder, type SqlBool, sql } from 'kysely'

import type { RunId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/page.ts'
import { type TrackingContext, tablesOf } from './context.ts'
import { RunNotFoundError } from './errors.ts'
import { readPageToken, writePageToken } from './page-token.ts'
import type { Metric } from './run.ts'
import { toMetric } from './run-rows.ts'
import type { MetricRow } from './tables.ts'

const valuesPerPart = 5000

export type RunMetric = Metric & { readonly runId: string }

/** One page of the values of a metric, by step, then time; values that are logged meanwhile neither repeat nor hide one. */
export async function listMetricHistory(
  ctx: TrackingContext,
  id: RunId,
  options: { readonly key: string; readonly limit: number; readonly pageToken?: string },
): Promise<Page<Metric>> {
  const { key, limit, pageToken } = options
  const list = { history: id, key }
  let query = tablesOf(ctx).selectFrom('metrics').selectAll().where('run_id', '=', id).where('key', '=', key)
  if (pageToken !== undefined) {
    const after = sql.join(readPageToken(list, pageToken, 4))
    query = query.where(sql<boolean>`(step, timestamp_ms, value, is_nan) > (${after})`)
  }
  const ordered = query.orderBy('step').orderBy('timestamp_ms').orderBy('value').orderBy('is_nan')
  const rows = await ordered.limit(limit + 1).execute()
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  if (rows.length <= limit || last === undefined) return { items: items.map(toMetric) }
  const next = writePageToken(list, [last.step, last.timestamp_ms, last.value, last.is_nan])
  return { items: items.map(toMetric), next }
}

/** Every value of a metric, in the same order, a part of them at a time so that memory does not grow with their number. */
export async function* eachMetricPart(ctx: TrackingContext, id: RunId, key: string): AsyncGenerator<readonly Metric[]> {
  let pageToken: string | undefined
  do {
    const wish = { key, limit: valuesPerPart, ...(pageToken === undefined ? {} : { pageToken }) }
    const page: Page<Metric> = await listMetricHistory(ctx, id, wish)
    if (page.items.length > 0) yield page.items
    pageToken = page.next
  } while (pageToken !== undefined)
}

/** Throws when one of the runs does not exist. */
export async function checkRunsExist(ctx: TrackingContext, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const found = await tablesOf(ctx).selectFrom('runs').select('id').where('id', 'in', ids).execute()
  const known = new Set(found.map((row) => row.id))
  const missing = ids.find((id) => !known.has(id))
  if (missing !== undefined) throw new RunNotFoundError(missing)
}

/** The values of a metric of several runs, by run, then time. */
export async function listMetricOfRuns(
  ctx: TrackingContext,
  ids: readonly string[],
  options: { readonly key: string; readonly limit: number },
): Promise<readonly RunMetric[]> {
  const query = tablesOf(ctx).selectFrom('metrics').selectAll().where('run_id', 'in', ids)
  const ordered = query.where('key', '=', options.key).orderBy('run_id').orderBy('timestamp_ms').orderBy('step')
  return (await ordered.orderBy('value').limit(options.limit).execute()).map(toRunMetric)
}

/**
 * At most so many values of a metric for each run, evenly chosen from all in the order of their steps, the first and
 * the last among them.
 */
export async function sampleMetricOfRuns(
  ctx: TrackingContext,
  ids: readonly string[],
  options: { readonly key: string; readonly points: number; readonly steps?: readonly [first: number, last: number] },
): Promise<readonly RunMetric[]> {
  const { key, points, steps } = options
  const within = steps === undefined ? sql`1 = 1` : sql`step between ${steps[0]} and ${steps[1]}`
  const sampled: RunMetric[] = []
  for (const id of ids) {
    const values = sql`from metrics where run_id = ${id} and key = ${key} and ${within}`
    const counted = await sql<{ n: number | string }>`select count(*) as n ${values}`.execute(tablesOf(ctx))
    // Only columns of the primary key: its index alone is read.
    const { rows } = await sql<PointRow>`
select value, is_nan, timestamp_ms, step from (
  select value, is_nan, timestamp_ms, step,
    row_number() over (order by step, timestamp_ms, value, is_nan) - 1 as place ${values}
) numbered where ${isChosen(Number(counted.rows[0]!.n), points)} order by place`.execute(tablesOf(ctx))
    for (const row of rows) {
      const value = row.is_nan === 1 ? Number.NaN : row.value
      sampled.push({ key, value, timestampMs: row.timestamp_ms, step: row.step, runId: id })
    }
  }
  return sampled
}

type PointRow = Pick<MetricRow, 'value' | 'is_nan' | 'timestamp_ms' | 'step'>

/** The places to take: one is when it falls into another of the equal pieces than the one before it. */
function isChosen(total: number, points: number): RawBuilder<SqlBool> {
  // Whole numbers in the text: a bound number may be a double to the engine, and the division has to be one of integers.
  const [last, pieces] = [sql.raw(String(Math.trunc(total) - 1)), sql.raw(String(Math.trunc(points) - 1))]
  if (total <= points) return sql<SqlBool>`1 = 1`
  if (points === 1) return sql<SqlBool>`place = ${last}`
  return sql<SqlBool>`(place = 0 or (place * ${pieces}) / ${last} <> ((place - 1) * ${pieces}) / ${last})`
}

function toRunMetric(row: MetricRow): RunMetric {
  return { ...toMetric(row), runId: row.run_id }
}
