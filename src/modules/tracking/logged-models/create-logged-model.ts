import { newId } from '../../../kernel/ids.ts'
import { inChunks, type Tables, type TrackingContext } from '../context.ts'
import { ExperimentDeletedError, InvalidEntryError } from '../errors.ts'
import { getExperiment } from '../experiments.ts'
import { checkKey, fitValue, limits } from '../limits.ts'
import { randomRunName } from '../random-run-name.ts'
import type { TrackingTables } from '../tables.ts'
import { getLoggedModel } from './get-logged-model.ts'
import type { LoggedModel } from './logged-model.ts'

export interface NewLoggedModel {
  readonly experimentId: string
  /** Made up when absent. */
  readonly name?: string
  readonly modelType?: string
  readonly sourceRunId?: string
  readonly user?: string
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** Where its files will be, by its id and its experiment's location. */
  artifactUri(id: string, experiment: { readonly id: string; readonly artifactLocation?: string }): string
}

/** Creates a model whose files are still to come: it is pending until it is finalized. */
export async function createLoggedModel(ctx: TrackingContext, input: NewLoggedModel): Promise<LoggedModel> {
  if (input.name !== undefined) checkName(input.name)
  const experiment = await getExperiment(ctx, input.experimentId)
  if (experiment.lifecycleStage !== 'active') throw new ExperimentDeletedError(experiment.id)
  const id = `m-${newId()}`
  const nowMs = ctx.clock.now().getTime()
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await tables
      .insertInto('logged_models')
      .values({
        id,
        experiment_id: Number(experiment.id),
        name: input.name ?? randomRunName(),
        model_type: input.modelType ?? null,
        source_run_id: input.sourceRunId ?? null,
        status: 'LOGGED_MODEL_PENDING',
        status_message: null,
        artifact_uri: input.artifactUri(id, experiment),
        lifecycle_stage: 'active',
        user_name: input.user ?? null,
        created_ms: nowMs,
        updated_ms: nowMs,
      })
      .execute()
    await writePairs(tables, 'logged_model_params', { id, pairs: input.params })
    await writePairs(tables, 'logged_model_tags', { id, pairs: input.tags })
  })
  return await getLoggedModel(ctx, id)
}

/** Adds params or tags of a model within a transaction; one that is there gets the new value. */
export async function writePairs(
  tables: Tables,
  table: 'logged_model_params' | 'logged_model_tags',
  { id, pairs }: { readonly id: string; readonly pairs: Readonly<Record<string, string>> },
): Promise<void> {
  const what = table === 'logged_model_params' ? 'param' : 'tag'
  const most = what === 'param' ? limits.paramCharacters : limits.tagCharacters
  const rows = Object.entries(pairs).map(([key, value]) => {
    checkKey(key, what)
    return { model_id: id, key, value: fitValue(value, { most, what: `The ${what} '${key}'`, tooLong: 'truncate' }) }
  })
  for (const chunk of inChunks(rows)) {
    await tables
      .insertInto(table)
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['model_id', 'key']).doUpdateSet((row) => ({ value: row.ref('excluded.value') })),
      )
      .execute()
  }
}

function checkName(name: string): void {
  if (name !== '' && name.length <= 500 && !/[/:.%"']/.test(name)) return
  throw new InvalidEntryError(
    `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'").`,
    'Use letters, digits, dashes and underscores.',
  )
}
