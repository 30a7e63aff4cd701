import type { RunId } from '../../kernel/ids.ts'
import { inChunks, type TrackingContext, tablesOf } from './context.ts'
import type { RunDatum, RunInfo } from './run.ts'
import { toDatum, toRunInfo } from './run-rows.ts'

/** One datum that a run has read or written. */
export interface DataUse {
  readonly runId: RunId
  readonly side: 'input' | 'output'
  readonly datum: RunDatum
}

/** By what a use is looked up: the runs, or the content. */
export type DataUseQuery = { readonly runIds: readonly string[] } | { readonly digests: readonly string[] }

/**
 * What runs have read and written. Steps whose result was taken from the cache are left out: the run that made the
 * result stands for them.
 */
export async function listDataUses(
  ctx: TrackingContext,
  side: DataUse['side'],
  query: DataUseQuery,
): Promise<readonly DataUse[]> {
  const table = side === 'input' ? 'run_inputs' : 'run_outputs'
  const [column, values] =
    'runIds' in query ? (['run_id', query.runIds] as const) : (['digest', query.digests] as const)
  const uses: DataUse[] = []
  for (const chunk of inChunks(values)) {
    const rows = await tablesOf(ctx)
      .selectFrom(table)
      .innerJoin('runs', 'runs.id', `${table}.run_id`)
      .selectAll(table)
      .where(`${table}.${column}`, 'in', chunk)
      .where('runs.cached', '=', 0)
      .where('runs.lifecycle_stage', '=', 'active')
      .orderBy('runs.started_ms', 'desc')
      .limit(2000)
      .execute()
    uses.push(...rows.map((row) => ({ runId: row.run_id as RunId, side, datum: toDatum(row) })))
  }
  return uses
}

/** What some runs are, without what they have logged; ids that no run has are left out. */
export async function listRunInfos(ctx: TrackingContext, ids: readonly string[]): Promise<readonly RunInfo[]> {
  const infos: RunInfo[] = []
  for (const chunk of inChunks(ids)) {
    const rows = await tablesOf(ctx).selectFrom('runs').selectAll().where('id', 'in', chunk).execute()
    infos.push(...rows.map(toRunInfo))
  }
  return infos
}
