import { sql } from 'kysely'

import type { RunId } from '../../kernel/ids.ts'
import { type CompiledInsert, insertCompiled } from './compiled.ts'
import type { Tables, TrackingContext } from './context.ts'
import { InvalidEntryError } from './errors.ts'
import { checkInteger, checkKey } from './limits.ts'
import { insertModelMetrics } from './logged-models/log-model-metrics.ts'
import { checkWritable } from './open-run.ts'
import type { Metric } from './run.ts'
import { toMetricRow } from './run-rows.ts'
import type { MetricRow, TrackingTables } from './tables.ts'

/** A metric to log: `timestampMs` is now and `step` is 0 unless given. */
export type MetricEntry = Omit<Metric, 'timestampMs' | 'step'> & Partial<Pick<Metric, 'timestampMs' | 'step'>>

/** Logs metric values, all or none. The very same value at the same step and time is kept once. */
export async function logMetrics(
  ctx: TrackingContext,
  id: RunId,
  metrics: readonly MetricEntry[] | Readonly<Record<string, number>>,
): Promise<void> {
  const rows = toMetricRows(id, metrics, ctx.clock.now().getTime())
  if (rows.length === 0) return
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    await insertMetrics(tables, rows)
  })
}

/** The rows of metrics, checked against the limits. */
export function toMetricRows(
  id: RunId,
  metrics: readonly MetricEntry[] | Readonly<Record<string, number>>,
  nowMs: number,
): readonly MetricRow[] {
  const entries = isList(metrics) ? metrics : Object.entries(metrics).map(([key, value]) => ({ key, value }))
  return entries.map((entry: MetricEntry) => {
    const metric: Metric = { ...entry, timestampMs: entry.timestampMs ?? nowMs, step: entry.step ?? 0 }
    checkKey(metric.key, 'metric')
    if (typeof metric.value !== 'number') {
      throw new InvalidEntryError(`The metric '${metric.key}' is ${String(metric.value)}.`, 'Give a number.')
    }
    checkInteger(metric.timestampMs, `The time of the metric '${metric.key}'`, 0)
    checkInteger(metric.step, `The step of the metric '${metric.key}'`)
    return toMetricRow(id, metric)
  })
}

function isList(metrics: readonly MetricEntry[] | Readonly<Record<string, number>>): metrics is readonly MetricEntry[] {
  return Array.isArray(metrics)
}

/** Inserts metrics and moves the latest values on, within a transaction. */
export async function insertMetrics(tables: Tables, rows: readonly MetricRow[]): Promise<void> {
  await insertModelMetrics(tables, rows)
  await insertCompiled(tables, everyValue, rows)
  await insertCompiled(tables, latestValue, latestOfEach(rows))
}

const columns = [
  'run_id',
  'key',
  'value',
  'is_nan',
  'timestamp_ms',
  'step',
  'model_id',
  'dataset_name',
  'dataset_digest',
] as const satisfies readonly (keyof MetricRow)[]

const everyValue: CompiledInsert<MetricRow> = {
  name: 'metrics',
  columns,
  build: (tables, rows) =>
    tables
      .insertInto('metrics')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing()),
}

const latestValue: CompiledInsert<MetricRow> = {
  name: 'latest_metrics',
  columns,
  build: (tables, rows) =>
    tables
      .insertInto('latest_metrics')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['run_id', 'key'])
          .doUpdateSet((row) => ({
            value: row.ref('excluded.value'),
            is_nan: row.ref('excluded.is_nan'),
            timestamp_ms: row.ref('excluded.timestamp_ms'),
            step: row.ref('excluded.step'),
            model_id: row.ref('excluded.model_id'),
            dataset_name: row.ref('excluded.dataset_name'),
            dataset_digest: row.ref('excluded.dataset_digest'),
          }))
          .where(
            sql<boolean>`(excluded.step, excluded.timestamp_ms, excluded.value) > (latest_metrics.step, latest_metrics.timestamp_ms, latest_metrics.value)`,
          ),
      ),
}

/** One row a key, since an engine may refuse to update the same row twice in one statement. */
function latestOfEach(rows: readonly MetricRow[]): readonly MetricRow[] {
  const latest = new Map<string, MetricRow>()
  for (const row of rows) {
    const key = `${row.run_id}\n${row.key}`
    const known = latest.get(key)
    if (known === undefined || isLater(row, known)) latest.set(key, row)
  }
  return [...latest.values()]
}

function isLater(a: MetricRow, b: MetricRow): boolean {
  if (a.step !== b.step) return a.step > b.step
  if (a.timestamp_ms !== b.timestamp_ms) return a.timestamp_ms > b.timestamp_ms
  return a.value > b.value
}
