import { type TrackingContext, tablesOf } from './context.ts'

/** The keys that runs have logged, those of most runs first: what a filter or a table of runs can name. */
export interface RunKeys {
  readonly metrics: readonly string[]
  readonly params: readonly string[]
  readonly tags: readonly string[]
}

/** Whose keys; without a wish those of all recent runs. */
export interface RunKeysQuery {
  readonly experimentIds?: readonly string[]
  readonly runIds?: readonly string[]
}

const recentRuns = 2000

/** The keys of the latest runs that are meant; bounded, so that it stays fast in a store of a million runs. */
export async function listRunKeys(ctx: TrackingContext, query: RunKeysQuery = {}): Promise<RunKeys> {
  const tables = tablesOf(ctx)
  let recent = tables.selectFrom('runs').select('id').where('lifecycle_stage', '=', 'active')
  if (query.runIds !== undefined) recent = recent.where('id', 'in', query.runIds)
  else recent = recent.where('kind', '<>', 'step')
  if (query.experimentIds !== undefined)
    recent = recent.where('experiment_id', 'in', query.experimentIds.map(Number).filter(Number.isSafeInteger))
  const runs = recent.orderBy('started_ms', 'desc').limit(recentRuns)
  const keysOf = async (table: 'latest_metrics' | 'params' | 'tags'): Promise<readonly string[]> => {
    const counted = tables
      .selectFrom(table)
      .select(({ fn }) => ['key', fn.countAll<number | string>().as('count')])
      .where('run_id', 'in', runs)
      .groupBy('key')
    const found = (await counted.execute()).map(({ key, count }) => ({ key, count: Number(count) }))
    return found.toSorted((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)).map(({ key }) => key)
  }
  return { metrics: await keysOf('latest_metrics'), params: await keysOf('params'), tags: await keysOf('tags') }
}
