import { newRunId, type RunId } from '../../kernel/ids.ts'
import type { TrackingContext } from './context.ts'
import { ExperimentDeletedError } from './errors.ts'
import { getExperiment } from './experiments.ts'
import { checkInteger } from './limits.ts'
import { randomRunName } from './random-run-name.ts'
import type { Run } from './run.ts'
import { toRunInfo } from './run-rows.ts'
import { splitTags } from './set-tags.ts'
import { toRunRow } from './start-run.ts'
import type { RunRow, TrackingTables } from './tables.ts'

/** A run that a person or an MLflow client starts by hand. */
export interface RunCreate {
  readonly experimentId: string
  /** Made up when absent. */
  readonly name?: string
  readonly user?: string
  readonly startedMs?: number
  readonly tags: Readonly<Record<string, string>>
  /** Where the artifacts of the run will be, by its id and its experiment's location. */
  artifactUri(id: RunId, experiment: { readonly id: string; readonly artifactLocation?: string }): string
}

/** Creates a run in an active experiment. */
export async function createRun(ctx: TrackingContext, input: RunCreate): Promise<Run> {
  const startedMs = input.startedMs ?? ctx.clock.now().getTime()
  checkInteger(startedMs, 'The start of the run', 0)
  const experiment = await getExperiment(ctx, input.experimentId)
  if (experiment.lifecycleStage !== 'active') throw new ExperimentDeletedError(experiment.id)
  const id = newRunId()
  const tags = splitTags(id, input.tags, 'truncate')
  const name = input.name ?? tags.columns.name ?? randomRunName()
  const artifactUri = input.artifactUri(id, experiment)
  const row: RunRow = {
    ...toRunRow(id, { name, kind: 'run', artifactUri }, { experimentId: Number(experiment.id), startedMs }),
    user_name: input.user ?? null,
    ...tags.columns,
    name,
  }
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await tables.insertInto('runs').values(row).execute()
    if (tags.rows.length > 0) await tables.insertInto('tags').values(tags.rows).execute()
  })
  const plain = Object.fromEntries(tags.rows.map(({ key, value }) => [key, value]))
  return { ...toRunInfo(row), params: {}, tags: plain, metrics: [], inputs: [], outputs: [] }
}
