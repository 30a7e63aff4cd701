import { newRunId, type RunId } from '../../kernel/ids.ts'
import { inChunks, type TrackingContext } from './context.ts'
import { RunNotFoundError } from './errors.ts'
import { type DataEntries, insertData, toDataRows } from './log-data.ts'
import { insertMetrics, toMetricRows } from './log-metrics.ts'
import { splitTags } from './set-tags.ts'
import { toRunRow } from './start-run.ts'
import type { KeyValueRow, MetricRow, RunDataRow, RunRow, TrackingTables } from './tables.ts'

/** A step whose outputs were there already, under the same key. */
export interface FinishedStep {
  readonly step: string
  /** The step's name when absent. */
  readonly name?: string
  readonly cacheKey?: string
  readonly startedMs?: number
  readonly endedMs?: number
  readonly inputs?: DataEntries
  readonly outputs?: DataEntries
  readonly metrics?: Readonly<Record<string, number>>
  readonly tags?: Readonly<Record<string, string>>
}

/** Records cached steps as finished child runs, all in one transaction; gives their ids in the same order. */
export async function recordFinishedSteps(
  ctx: TrackingContext,
  parentId: RunId,
  steps: readonly FinishedStep[],
): Promise<readonly RunId[]> {
  const nowMs = ctx.clock.now().getTime()
  return await ctx.database.transaction<TrackingTables, readonly RunId[]>(async (tables) => {
    const parent = await tables.selectFrom('runs').selectAll().where('id', '=', parentId).executeTakeFirst()
    if (parent === undefined) throw new RunNotFoundError(parentId)
    const batch = toBatch(steps, parent, nowMs)
    for (const chunk of inChunks(batch.runs)) await tables.insertInto('runs').values(chunk).execute()
    for (const chunk of inChunks(batch.tags)) await tables.insertInto('tags').values(chunk).execute()
    await insertData(tables, { table: 'run_inputs', rows: batch.inputs })
    await insertData(tables, { table: 'run_outputs', rows: batch.outputs })
    await insertMetrics(tables, batch.metrics)
    return batch.runs.map((row) => row.id as RunId)
  })
}

function toBatch(steps: readonly FinishedStep[], parent: RunRow, nowMs: number) {
  const runs: RunRow[] = []
  const tags: KeyValueRow[] = []
  const metrics: MetricRow[] = []
  const inputs: RunDataRow[] = []
  const outputs: RunDataRow[] = []
  // Sorted, so that steps of the same millisecond are listed in the order of the pipeline.
  const ids = steps.map(() => newRunId(nowMs)).toSorted((a, b) => (a < b ? -1 : 1))
  for (const [index, step] of steps.entries()) {
    const startedMs = step.startedMs ?? nowMs
    const id = ids[index]!
    const ownTags = splitTags(id, step.tags ?? {}, 'truncate')
    const name = step.name ?? step.step
    const row = toRunRow(id, { name, kind: 'step' }, { experimentId: parent.experiment_id, startedMs })
    runs.push({
      ...row,
      ...ownTags.columns,
      ...ofParent(parent),
      step: step.step,
      cached: 1,
      cache_key: step.cacheKey ?? null,
      status: 'FINISHED',
      ended_ms: step.endedMs ?? nowMs,
    })
    tags.push(...ownTags.rows)
    metrics.push(...toMetricRows(id, step.metrics ?? {}, nowMs))
    inputs.push(...toDataRows(id, step.inputs ?? [], 'input'))
    outputs.push(...toDataRows(id, step.outputs ?? [], 'output'))
  }
  return { runs, tags, metrics, inputs, outputs }
}

/** What a step shares with its pipeline's run. */
function ofParent(parent: RunRow): Partial<RunRow> {
  return {
    parent_id: parent.id,
    pipeline: parent.pipeline,
    pipeline_file: parent.pipeline_file,
    user_name: parent.user_name,
    host: parent.host,
    pid: parent.pid,
    process_token: parent.process_token,
    baton_version: parent.baton_version,
    node_version: parent.node_version,
    commit_hash: parent.commit_hash,
    branch: parent.branch,
    dirty: parent.dirty,
    diff_digest: parent.diff_digest,
  }
}
