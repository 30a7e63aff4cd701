import type { Page } from '../../kernel/page.ts'
import { type AliasEvent, listAliasEvents } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { ModelNotFoundError } from './errors.ts'
import { type ModelVersion, toModelVersion } from './model-version.ts'
import type { ModelsTables } from './tables.ts'

export interface RegisteredModel {
  readonly name: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly latestVersion: number
  readonly aliases: Readonly<Record<string, number>>
  readonly createdAt: string
  readonly updatedAt: string
}

export interface ModelDetails extends RegisteredModel {
  /** Newest first. */
  readonly versions: readonly ModelVersion[]
  /** Every change of an alias, oldest first. */
  readonly history: readonly AliasEvent[]
}

async function aliasesOf(ctx: RegistryContext, models: readonly string[]) {
  const byModel = new Map<string, Record<string, number>>()
  if (models.length === 0) return byModel
  const rows = await ctx.database
    .tables<ModelsTables>()
    .selectFrom('model_aliases')
    .selectAll()
    .where('model', 'in', models)
    .orderBy('alias')
    .execute()
  for (const row of rows) byModel.set(row.model, { ...byModel.get(row.model), [row.alias]: row.version })
  return byModel
}

interface ModelRow {
  readonly name: string
  readonly description: string
  readonly tags: string
  readonly last_version: number
  readonly created_at: string
  readonly updated_at: string
}

function toModel(row: ModelRow, aliases: Readonly<Record<string, number>> | undefined): RegisteredModel {
  return {
    name: row.name,
    description: row.description,
    tags: JSON.parse(row.tags) as Record<string, string>,
    latestVersion: row.last_version,
    aliases: aliases ?? {},
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** The models by name, a page at a time. */
export async function listModels(
  ctx: RegistryContext,
  options: { readonly limit?: number; readonly after?: string } = {},
): Promise<Page<RegisteredModel>> {
  const limit = options.limit ?? 100
  let query = ctx.database.tables<ModelsTables>().selectFrom('registered_models').selectAll()
  if (options.after !== undefined) query = query.where('name', '>', options.after)
  const rows = await query
    .orderBy('name')
    .limit(limit + 1)
    .execute()
  const shown = rows.slice(0, limit)
  const aliases = await aliasesOf(
    ctx,
    shown.map((row) => row.name),
  )
  const items = shown.map((row) => toModel(row, aliases.get(row.name)))
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: last.name } : { items }
}

/** One model with its versions and the history of its aliases; throws not_found. */
export async function showModel(ctx: RegistryContext, name: string): Promise<ModelDetails> {
  const tables = ctx.database.tables<ModelsTables>()
  const row = await tables.selectFrom('registered_models').selectAll().where('name', '=', name).executeTakeFirst()
  if (row === undefined) {
    const known = await tables.selectFrom('registered_models').select('name').orderBy('name').limit(20).execute()
    throw new ModelNotFoundError(
      name,
      known.map((each) => each.name),
    )
  }
  const versions = await tables
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', name)
    .orderBy('version', 'desc')
    .execute()
  const aliases = await aliasesOf(ctx, [name])
  return {
    ...toModel(row, aliases.get(name)),
    versions: versions.map(toModelVersion),
    history: await listAliasEvents(tables, name),
  }
}
