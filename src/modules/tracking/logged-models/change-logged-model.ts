import type { Tables, TrackingContext } from '../context.ts'
import { LoggedModelTagNotFoundError } from '../errors.ts'
import type { TrackingTables } from '../tables.ts'
import { writePairs } from './create-logged-model.ts'
import { getLoggedModel, requireLoggedModel } from './get-logged-model.ts'
import type { LoggedModel, LoggedModelStatus } from './logged-model.ts'

async function change(ctx: TrackingContext, id: string, work: (tables: Tables) => Promise<void>): Promise<void> {
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await requireLoggedModel(tables, id)
    await work(tables)
  })
}

/** Says whether the files of a model have arrived. */
export async function finalizeLoggedModel(
  ctx: TrackingContext,
  id: string,
  status: LoggedModelStatus,
): Promise<LoggedModel> {
  const updated_ms = ctx.clock.now().getTime()
  await change(ctx, id, async (tables) => {
    await tables.updateTable('logged_models').set({ status, updated_ms }).where('id', '=', id).execute()
  })
  return await getLoggedModel(ctx, id)
}

/** Deletes a model; `getLoggedModel` still gives it to who asks for deleted ones. */
export async function deleteLoggedModel(ctx: TrackingContext, id: string): Promise<void> {
  const updated_ms = ctx.clock.now().getTime()
  await change(ctx, id, async (tables) => {
    await tables
      .updateTable('logged_models')
      .set({ lifecycle_stage: 'deleted', updated_ms })
      .where('id', '=', id)
      .execute()
  })
}

/** Adds params of a model, all or none. */
export async function logLoggedModelParams(
  ctx: TrackingContext,
  id: string,
  params: Readonly<Record<string, string>>,
): Promise<void> {
  await change(ctx, id, async (tables) => await writePairs(tables, 'logged_model_params', { id, pairs: params }))
}

/** Sets tags of a model, all or none; one that is there gets the new value. */
export async function setLoggedModelTags(
  ctx: TrackingContext,
  id: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  await change(ctx, id, async (tables) => await writePairs(tables, 'logged_model_tags', { id, pairs: tags }))
}

/** Removes a tag of a model; throws not_found when it is not there. */
export async function deleteLoggedModelTag(ctx: TrackingContext, id: string, key: string): Promise<void> {
  await change(ctx, id, async (tables) => {
    const { numDeletedRows } = await tables
      .deleteFrom('logged_model_tags')
      .where('model_id', '=', id)
      .where('key', '=', key)
      .executeTakeFirstOrThrow()
    if (numDeletedRows === 0n) throw new LoggedModelTagNotFoundError(id, key)
  })
}

/** Notes at a logged model that a registered version was made of it, where MLflow's clients look for that. */
export async function noteModelVersion(
  ctx: TrackingContext,
  id: string,
  registered: { readonly name: string; readonly version: number },
): Promise<void> {
  // A text, as the client itself writes it a moment later: so the version is there once.
  const version = { name: registered.name, version: String(registered.version) }
  await change(ctx, id, async (tables) => {
    const key = 'mlflow.modelVersions'
    const row = await tables
      .selectFrom('logged_model_tags')
      .select('value')
      .where('model_id', '=', id)
      .where('key', '=', key)
      .executeTakeFirst()
    const known = readVersions(row?.value)
    if (known.some((each) => each.name === version.name && String(each.version) === version.version)) return
    await writePairs(tables, 'logged_model_tags', { id, pairs: { [key]: JSON.stringify([...known, version]) } })
  })
}

/** The tag is the client's to write, so it may hold anything. */
function readVersions(text: string | undefined): readonly { readonly name?: unknown; readonly version?: unknown }[] {
  try {
    const content: unknown = JSON.parse(text ?? '[]')
    if (Array.isArray(content)) return content as { name?: unknown; version?: unknown }[]
  } catch {
    // Written anew, as any other text that is no list.
  }
  return []
}
