import { type TrackingContext, tablesOf } from './context.ts'

/** A dataset that runs of an experiment have read, and what for. */
export interface DatasetUse {
  readonly experimentId: string
  readonly name: string
  readonly digest: string
  /** The name of the edge, MLflow's context; absent when nobody has said. */
  readonly context?: string
}

/** The datasets that the runs of these experiments have read, each use once. */
export async function searchDatasets(
  ctx: TrackingContext,
  experimentIds: readonly string[],
  limit: number,
): Promise<readonly DatasetUse[]> {
  const ids = experimentIds.map(Number).filter(Number.isSafeInteger)
  if (ids.length === 0) return []
  const rows = await tablesOf(ctx)
    .selectFrom('run_inputs')
    .innerJoin('runs', 'runs.id', 'run_inputs.run_id')
    .select(['runs.experiment_id', 'run_inputs.dataset', 'run_inputs.digest', 'run_inputs.name'])
    .distinct()
    .where('runs.experiment_id', 'in', ids)
    .where('run_inputs.dataset', '<>', '')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    experimentId: String(row.experiment_id),
    name: row.dataset,
    digest: row.digest,
    ...(row.name === '' ? {} : { context: row.name }),
  }))
}
