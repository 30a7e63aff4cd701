import { sql } from 'kysely'

import { type TrackingContext, tablesOf } from './context.ts'
import { ExperimentExistsError, ExperimentNotFoundError, InvalidEntryError } from './errors.ts'
import { limits } from './limits.ts'
import type { LifecycleStage } from './run.ts'
import { present } from './run-rows.ts'
import type { ExperimentRow } from './tables.ts'

/** A named group of runs; `0` is the one called Default. */
export interface Experiment {
  readonly id: string
  readonly name: string
  readonly lifecycleStage: LifecycleStage
  readonly createdMs: number
  readonly updatedMs: number
  readonly artifactLocation?: string
}

/** Creates an experiment; its number is the next free one. Refuses a name that is taken. */
export async function createExperiment(
  ctx: TrackingContext,
  name: string,
  options: { readonly artifactLocation?: string } = {},
): Promise<Experiment> {
  checkExperimentName(name)
  const nowMs = ctx.clock.now().getTime()
  for (;;) {
    const row = await tablesOf(ctx)
      .insertInto('experiments')
      .columns(['id', 'name', 'artifact_location', 'lifecycle_stage', 'created_ms', 'updated_ms'])
      .expression((select) =>
        select
          .selectFrom('experiments')
          .select([
            sql<number>`max(id) + 1`.as('id'),
            sql<string>`cast(${name} as text)`.as('name'),
            sql<string | null>`cast(${options.artifactLocation ?? null} as text)`.as('artifact_location'),
            sql<string>`'active'`.as('lifecycle_stage'),
            sql<number>`cast(${nowMs} as bigint)`.as('created_ms'),
            sql<number>`cast(${nowMs} as bigint)`.as('updated_ms'),
          ])
          // Without a condition, SQLite reads ON CONFLICT as the ON of a join.
          .where(sql<boolean>`1 = 1`),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row !== undefined) return toExperiment(row)
    if ((await findExperiment(ctx, name)) !== undefined) throw new ExperimentExistsError(name)
    // Another process took the number in between: the next one is free.
  }
}

/** The experiment of that name, deleted ones included. */
export async function findExperiment(ctx: TrackingContext, name: string): Promise<Experiment | undefined> {
  const row = await tablesOf(ctx).selectFrom('experiments').selectAll().where('name', '=', name).executeTakeFirst()
  return row && toExperiment(row)
}

/** The experiment of that name, made when it is missing; safe when several processes ask at once. */
export async function ensureExperiment(ctx: TrackingContext, name: string): Promise<Experiment> {
  for (;;) {
    const found = await findExperiment(ctx, name)
    if (found !== undefined) return found
    try {
      return await createExperiment(ctx, name)
    } catch (error) {
      if (!(error instanceof ExperimentExistsError)) throw error
    }
  }
}

/** The experiment with this id; throws when there is none. */
export async function getExperiment(ctx: TrackingContext, id: string): Promise<Experiment> {
  const row = /^\d{1,15}$/.test(id)
    ? await tablesOf(ctx).selectFrom('experiments').selectAll().where('id', '=', Number(id)).executeTakeFirst()
    : undefined
  if (row === undefined) throw new ExperimentNotFoundError(`No Experiment with id=${id} exists.`)
  return toExperiment(row)
}

/** Every active experiment, the newest first. */
export async function listExperiments(ctx: TrackingContext): Promise<readonly Experiment[]> {
  const query = tablesOf(ctx).selectFrom('experiments').selectAll().where('lifecycle_stage', '=', 'active')
  return (await query.orderBy('created_ms', 'desc').orderBy('id').execute()).map(toExperiment)
}

/** An experiment as the database holds it. */
export function toExperiment(row: ExperimentRow): Experiment {
  return {
    id: String(row.id),
    name: row.name,
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    ...present({ artifactLocation: row.artifact_location }),
  }
}

/** Refuses a name that is empty or too long. */
export function checkExperimentName(name: string): void {
  if (name.trim() !== '' && name.length <= limits.experimentNameCharacters) return
  throw new InvalidEntryError(
    name.trim() === '' ? 'An experiment has an empty name.' : `The experiment's name has ${name.length} characters.`,
    `Give a name of 1 to ${limits.experimentNameCharacters} characters.`,
  )
}
