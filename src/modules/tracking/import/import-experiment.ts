import { inChunks, type TrackingContext, tablesOf } from '../context.ts'
import { ensureExperiment, type Experiment, findExperiment } from '../experiments.ts'
import type { LifecycleStage } from '../run.ts'
import { checkExperimentTags } from '../experiment-tags.ts'
import type { TrackingTables } from '../tables.ts'

/** An experiment that another store has kept. */
export interface ImportedExperiment {
  readonly name: string
  readonly lifecycleStage: LifecycleStage
  readonly createdMs: number
  readonly updatedMs: number
  readonly tags: Readonly<Record<string, string>>
}

/**
 * Writes an experiment as it was, under the next free number. One of the same name that is here already takes the
 * tags and keeps the rest, its lifecycle too: what was decided here stands.
 */
export async function importExperiment(ctx: TrackingContext, given: ImportedExperiment): Promise<Experiment> {
  checkExperimentTags(given.tags)
  const isNew = (await findExperiment(ctx, given.name)) === undefined
  const experiment = await ensureExperiment(ctx, given.name)
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    const rows = Object.entries(given.tags).map(([key, value]) => ({
      experiment_id: Number(experiment.id),
      key,
      value,
    }))
    for (const chunk of inChunks(rows)) {
      await tables
        .insertInto('experiment_tags')
        .values(chunk)
        .onConflict((conflict) =>
          conflict.columns(['experiment_id', 'key']).doUpdateSet((row) => ({ value: row.ref('excluded.value') })),
        )
        .execute()
    }
    if (!isNew) return
    await tables
      .updateTable('experiments')
      .set({ lifecycle_stage: given.lifecycleStage, created_ms: given.createdMs, updated_ms: given.updatedMs })
      .where('id', '=', Number(experiment.id))
      .execute()
  })
  const row = tablesOf(ctx).selectFrom('experiments').select('lifecycle_stage').where('id', '=', Number(experiment.id))
  const { lifecycle_stage } = await row.executeTakeFirstOrThrow()
  return { ...experiment, lifecycleStage: lifecycle_stage as LifecycleStage }
}
