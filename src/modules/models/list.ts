import type { Page } from '../../kernel/page.ts'
import { type AliasEvent, listAliasEvents } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { loadVersions, type ModelVersion } from './model-version.ts'
import { loadModels, type RegisteredModel } from './registered-model.ts'
import { requireModel } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

export interface ModelDetails extends RegisteredModel {
  /** Newest first. */
  readonly versions: readonly ModelVersion[]
  /** Every change of an alias, oldest first. */
  readonly history: readonly AliasEvent[]
}

/** The models by name, a page at a time. */
export async function listModels(
  ctx: RegistryContext,
  options: { readonly limit?: number; readonly after?: string } = {},
): Promise<Page<RegisteredModel>> {
  const limit = options.limit ?? 100
  const tables = ctx.database.tables<ModelsTables>()
  let query = tables.selectFrom('registered_models').selectAll().where('deleted_at', 'is', null)
  if (options.after !== undefined) query = query.where('name', '>', options.after)
  const rows = await query
    .orderBy('name')
    .limit(limit + 1)
    .execute()
  const items = await loadModels(tables, rows.slice(0, limit))
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: last.name } : { items }
}

/** One model, without its versions; throws not_found. */
export async function getModel(ctx: RegistryContext, name: string): Promise<RegisteredModel> {
  const tables = ctx.database.tables<ModelsTables>()
  return (await loadModels(tables, [await requireModel(tables, name)]))[0]!
}

/** One model with its versions and the history of its aliases; throws not_found. */
export async function showModel(ctx: RegistryContext, name: string): Promise<ModelDetails> {
  const tables = ctx.database.tables<ModelsTables>()
  const model = await getModel(ctx, name)
  const rows = await tables
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', name)
    .where('deleted_at', 'is', null)
    .orderBy('version', 'desc')
    .execute()
  return {
    ...model,
    versions: await loadVersions(tables, rows),
    history: await listAliasEvents(tables, name),
  }
}
