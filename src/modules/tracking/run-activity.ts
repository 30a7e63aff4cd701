import { type TrackingContext, tablesOf } from './context.ts'
import type { RunId } from '../../kernel/ids.ts'
import type { RunStatus } from './run.ts'

/** A run that has started lately or is still open, with a mark that changes when it logs a metric. */
export interface RunActivity {
  readonly id: RunId
  readonly parentId: RunId | undefined
  readonly status: RunStatus
  readonly mark: string
}

/**
 * The runs that are open, that started since a time, or that are asked for by id. Reads by indexes only, so that a
 * server can ask every second.
 */
export async function listRunActivity(
  ctx: TrackingContext,
  options: { readonly sinceMs: number; readonly ids: readonly string[] },
): Promise<readonly RunActivity[]> {
  const tables = tablesOf(ctx)
  const columns = ['id', 'parent_id', 'status', 'ended_ms', 'note'] as const
  const open = await tables.selectFrom('runs').select(columns).where('status', 'in', ['RUNNING', 'SCHEDULED']).execute()
  const fresh = await tables
    .selectFrom('runs')
    .select(columns)
    .where('started_ms', '>=', options.sinceMs)
    .limit(500)
    .execute()
  const asked =
    options.ids.length === 0
      ? []
      : await tables.selectFrom('runs').select(columns).where('id', 'in', options.ids).execute()
  const runs = new Map([...open, ...fresh, ...asked].map((run) => [run.id, run]))
  const ids = open.map((run) => run.id)
  const marks = new Map<string, string>()
  if (ids.length > 0) {
    const metrics = await tables
      .selectFrom('latest_metrics')
      .select(({ fn }) => [
        'run_id',
        fn.countAll<number>().as('count'),
        fn.max('timestamp_ms').as('latest'),
        fn.sum<number>('step').as('steps'),
      ])
      .where('run_id', 'in', ids)
      .groupBy('run_id')
      .execute()
    for (const row of metrics) marks.set(row.run_id, `${row.count}/${row.latest}/${row.steps}`)
  }
  return [...runs.values()].map((run) => ({
    id: run.id as RunId,
    parentId: (run.parent_id ?? undefined) as RunId | undefined,
    status: run.status as RunStatus,
    mark: marks.get(run.id) ?? '',
  }))
}
