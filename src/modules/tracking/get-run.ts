import { sql } from 'kysely'

import type { RunId } from '../../kernel/ids.ts'
import { inChunks, type Tables, type TrackingContext, tablesOf } from './context.ts'
import { AmbiguousRunError, RunIdTooShortError, RunNotFoundError } from './errors.ts'
import type { Metric, Run, RunDatum, RunInfo } from './run.ts'
import { toDatum, toMetric, toRunInfo } from './run-rows.ts'
import type { RunRow } from './tables.ts'

const leastCharacters = 6

/** The last characters of an id: enough for a person, and for `findRun`. Its first ones are the time of its start. */
export function shortRunId(id: RunId): string {
  return id.slice(-8)
}

/** The run with exactly this id; throws when there is none. */
export async function getRun(ctx: TrackingContext, id: RunId): Promise<Run> {
  const row = await tablesOf(ctx).selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new RunNotFoundError(id)
  return (await loadRuns(tablesOf(ctx), [row]))[0]!
}

/**
 * The run that a person means: its whole id, or 6 or more characters that it begins or ends with.
 * Undefined when no run fits; throws when several do.
 */
export async function findRun(ctx: TrackingContext, text: string): Promise<Run | undefined> {
  const tables = tablesOf(ctx)
  const whole = await tables.selectFrom('runs').selectAll().where('id', '=', text).executeTakeFirst()
  if (whole !== undefined) return (await loadRuns(tables, [whole]))[0]
  if (text.length < leastCharacters) throw new RunIdTooShortError(text, leastCharacters)
  const escaped = text.toLowerCase().replaceAll(/[!%_]/g, '!$&')
  const rows = await tables
    .selectFrom('runs')
    .selectAll()
    .where(sql<boolean>`(id like ${`${escaped}%`} escape '!' or id like ${`%${escaped}`} escape '!')`)
    .orderBy('started_ms', 'desc')
    .limit(6)
    .execute()
  if (rows.length > 1) {
    throw new AmbiguousRunError(
      text,
      rows.map((row) => row.id),
    )
  }
  return (await loadRuns(tables, rows))[0]
}

/** The runs that this one has started, oldest first. */
export async function childRuns(ctx: TrackingContext, id: RunId): Promise<readonly Run[]> {
  const query = tablesOf(ctx).selectFrom('runs').selectAll().where('parent_id', '=', id)
  const rows = await query.where('lifecycle_stage', '=', 'active').orderBy('started_ms').orderBy('id').execute()
  return await loadRuns(tablesOf(ctx), rows)
}

/** Every value of a metric, by step, then time. */
export async function getMetricHistory(ctx: TrackingContext, id: RunId, key: string): Promise<readonly Metric[]> {
  const query = tablesOf(ctx).selectFrom('metrics').selectAll().where('run_id', '=', id).where('key', '=', key)
  return (await query.orderBy('step').orderBy('timestamp_ms').orderBy('value').execute()).map(toMetric)
}

/** Adds to rows what their runs have logged, in the same order. */
export async function loadRuns(tables: Tables, rows: readonly RunRow[]): Promise<readonly Run[]> {
  const parts = { params: new Groups<[string, string]>(), tags: new Groups<[string, string]>() }
  const metrics = new Groups<Metric>()
  const inputs = new Groups<RunDatum>()
  const outputs = new Groups<RunDatum>()
  for (const chunk of inChunks(rows)) {
    const ids = chunk.map((row) => row.id)
    for (const table of ['params', 'tags'] as const) {
      const found = await tables
        .selectFrom(table)
        .selectAll()
        .where('run_id', 'in', ids)
        .orderBy('run_id')
        .orderBy('key')
        .execute()
      for (const row of found) parts[table].add(row.run_id, [row.key, row.value])
    }
    const latest = await tables
      .selectFrom('latest_metrics')
      .selectAll()
      .where('run_id', 'in', ids)
      .orderBy('run_id')
      .orderBy('key')
      .execute()
    for (const row of latest) metrics.add(row.run_id, toMetric(row))
    for (const [table, groups] of [
      ['run_inputs', inputs],
      ['run_outputs', outputs],
    ] as const) {
      const found = await tables
        .selectFrom(table)
        .selectAll()
        .where('run_id', 'in', ids)
        .orderBy('run_id')
        .orderBy('name')
        .execute()
      for (const row of found) groups.add(row.run_id, toDatum(row))
    }
  }
  return rows
    .map((row): RunInfo => toRunInfo(row))
    .map((info) => ({
      ...info,
      params: Object.fromEntries(parts.params.of(info.id)),
      tags: Object.fromEntries(parts.tags.of(info.id)),
      metrics: metrics.of(info.id),
      inputs: inputs.of(info.id),
      outputs: outputs.of(info.id),
    }))
}

/** Values by run. */
class Groups<T> {
  readonly #values = new Map<string, T[]>()

  add(id: string, value: T): void {
    const known = this.#values.get(id)
    if (known === undefined) this.#values.set(id, [value])
    else known.push(value)
  }

  of(id: string): readonly T[] {
    return this.#values.get(id) ?? []
  }
}
