import { type Tables, type TrackingContext, tablesOf } from '../context.ts'
import { LoggedModelNotFoundError } from '../errors.ts'
import { loadLoggedModels, type LoggedModel } from './logged-model.ts'
import type { LoggedModelRow } from './tables.ts'

/** The model with this id; throws not_found, for a deleted one too unless those are asked for. */
export async function getLoggedModel(
  ctx: TrackingContext,
  id: string,
  options: { readonly deleted?: boolean } = {},
): Promise<LoggedModel> {
  const tables = tablesOf(ctx)
  const row = await tables.selectFrom('logged_models').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined || (row.lifecycle_stage === 'deleted' && options.deleted !== true))
    throw new LoggedModelNotFoundError(id)
  return (await loadLoggedModels(tables, [row]))[0]!
}

/** The row of a model that is not deleted, within a transaction; throws not_found. */
export async function requireLoggedModel(tables: Tables, id: string): Promise<LoggedModelRow> {
  const row = await tables
    .selectFrom('logged_models')
    .selectAll()
    .where('id', '=', id)
    .where('lifecycle_stage', '=', 'active')
    .executeTakeFirst()
  if (row === undefined) throw new LoggedModelNotFoundError(id)
  return row
}
