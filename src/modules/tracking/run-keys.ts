import { type TrackingContext, tablesOf } from './context.ts'

/** The keys that recent runs have logged, sorted: what a filter or a table of runs can name. */
export interface RunKeys {
  readonly metrics: readonly string[]
  readonly params: readonly string[]
  readonly tags: readonly string[]
}

const recentRuns = 2000

/** The keys of the latest runs; bounded, so that it stays fast in a store of a million runs. */
export async function listRunKeys(
  ctx: TrackingContext,
  options: { readonly experimentIds?: readonly string[] } = {},
): Promise<RunKeys> {
  const tables = tablesOf(ctx)
  let recent = tables
    .selectFrom('runs')
    .select('id')
    .where('kind', '<>', 'step')
    .where('lifecycle_stage', '=', 'active')
  if (options.experimentIds !== undefined)
    recent = recent.where('experiment_id', 'in', options.experimentIds.map(Number).filter(Number.isSafeInteger))
  const runs = recent.orderBy('started_ms', 'desc').limit(recentRuns)
  const keysOf = async (table: 'latest_metrics' | 'params' | 'tags'): Promise<readonly string[]> => {
    const query = tables.selectFrom(table).select('key').distinct().where('run_id', 'in', runs)
    return (await query.execute()).map((row) => row.key).toSorted()
  }
  return { metrics: await keysOf('latest_metrics'), params: await keysOf('params'), tags: await keysOf('tags') }
}
