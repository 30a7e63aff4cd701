import { type TrackingContext, tablesOf } from './context.ts'
import { ExperimentDeletedError, ExperimentExistsError, ExperimentNotFoundError } from './errors.ts'
import { checkExperimentName, findExperiment, getExperiment } from './experiments.ts'
import type { LifecycleStage } from './run.ts'
import type { TrackingTables } from './tables.ts'

function numberOf(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : -1
}

/** Gives an active experiment another name; refuses one that is taken. */
export async function renameExperiment(ctx: TrackingContext, id: string, name: string): Promise<void> {
  checkExperimentName(name)
  const taken = await findExperiment(ctx, name)
  if (taken !== undefined && taken.id !== id) throw new ExperimentExistsError(name)
  const { numUpdatedRows } = await tablesOf(ctx)
    .updateTable('experiments')
    .set({ name, updated_ms: ctx.clock.now().getTime() })
    .where('id', '=', numberOf(id))
    .where('lifecycle_stage', '=', 'active')
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw await whyNotActive(ctx, id)
}

/** Deletes an experiment with its runs; both can be restored. */
export async function deleteExperiment(ctx: TrackingContext, id: string): Promise<void> {
  const nowMs = ctx.clock.now().getTime()
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    const { numUpdatedRows } = await tables
      .updateTable('experiments')
      .set({ lifecycle_stage: 'deleted' satisfies LifecycleStage, updated_ms: nowMs })
      .where('id', '=', numberOf(id))
      .where('lifecycle_stage', '=', 'active')
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw new ExperimentNotFoundError(`No Experiment with id=${id} exists.`)
    await tables
      .updateTable('runs')
      .set({ lifecycle_stage: 'deleted', deleted_ms: nowMs })
      .where('experiment_id', '=', numberOf(id))
      .where('lifecycle_stage', '=', 'active')
      .execute()
  })
}

/** Restores an experiment and the runs that were deleted with it; those that were deleted before stay so. */
export async function restoreExperiment(ctx: TrackingContext, id: string): Promise<void> {
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    const deleted = await tables
      .selectFrom('experiments')
      .select('updated_ms')
      .where('id', '=', numberOf(id))
      .where('lifecycle_stage', '=', 'deleted')
      .executeTakeFirst()
    if (deleted === undefined) throw new ExperimentNotFoundError(`No deleted Experiment with id=${id} exists.`)
    await tables
      .updateTable('experiments')
      .set({ lifecycle_stage: 'active', updated_ms: ctx.clock.now().getTime() })
      .where('id', '=', numberOf(id))
      .execute()
    await tables
      .updateTable('runs')
      .set({ lifecycle_stage: 'active', deleted_ms: null })
      .where('experiment_id', '=', numberOf(id))
      .where('deleted_ms', '=', deleted.updated_ms)
      .execute()
  })
}

/** Throws unless the experiment exists and is not deleted. */
export async function checkExperimentActive(ctx: TrackingContext, id: string): Promise<void> {
  const { lifecycleStage } = await getExperiment(ctx, id)
  if (lifecycleStage !== 'active') throw new ExperimentDeletedError(id)
}

async function whyNotActive(ctx: TrackingContext, id: string): Promise<Error> {
  await checkExperimentActive(ctx, id)
  return new ExperimentNotFoundError(`No Experiment with id=${id} exists.`)
}
