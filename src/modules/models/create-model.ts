import type { Kysely } from 'kysely'

import { newId } from '../../kernel/ids.ts'
import type { RegistryContext } from './context.ts'
import { checkTags, requireModelName } from './entry-rules.ts'
import { ModelExistsError } from './errors.ts'
import { loadModels, type RegisteredModel } from './registered-model.ts'
import { requireModel } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

export interface NewModel {
  readonly name: string
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly user?: string
}

/** Creates a model without versions; throws conflict when the name is taken. */
export async function createModel(ctx: RegistryContext, input: NewModel): Promise<RegisteredModel> {
  requireModelName(input.name)
  checkTags(input.tags ?? {})
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, RegisteredModel>(async (tables) => {
    const created = await tables
      .insertInto('registered_models')
      .values({
        name: input.name,
        description: input.description ?? '',
        user_name: input.user ?? null,
        last_version: 0,
        created_at: at,
        updated_at: at,
        deleted_at: null,
      })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('name')
      .executeTakeFirst()
    if (created === undefined) throw new ModelExistsError(input.name)
    const tags = Object.entries(input.tags ?? {}).map(([key, value]) => ({ model: input.name, key, value }))
    if (tags.length > 0) await tables.insertInto('registered_model_tags').values(tags).execute()
    return await loadModel(tables, input.name)
  })
}

/** Replaces the description of a model. */
export async function describeModel(ctx: RegistryContext, name: string, description: string): Promise<RegisteredModel> {
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, RegisteredModel>(async (tables) => {
    await requireModel(tables, name)
    await tables
      .updateTable('registered_models')
      .set({ description, updated_at: at })
      .where('name', '=', name)
      .execute()
    return await loadModel(tables, name)
  })
}

/**
 * Renames a model with its versions, aliases and history. The contract of a gated version keeps the name it was
 * written for: it is part of what was judged.
 */
export async function renameModel(ctx: RegistryContext, name: string, newName: string): Promise<RegisteredModel> {
  requireModelName(newName)
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, RegisteredModel>(async (tables) => {
    await requireModel(tables, name)
    const taken = await tables
      .selectFrom('registered_models')
      .select('name')
      .where('name', '=', newName)
      .executeTakeFirst()
    if (taken !== undefined) throw new ModelExistsError(newName)
    await tables
      .updateTable('registered_models')
      .set({ name: newName, updated_at: at })
      .where('name', '=', name)
      .execute()
    await tables.updateTable('model_versions').set({ updated_at: at }).where('model', '=', newName).execute()
    return await loadModel(tables, newName)
  })
}

/**
 * Deletes a model with its versions. Its rows stay under a name with slashes, which no model can have, so that what
 * was promoted when and by whom is not lost; the name itself is free again.
 */
export async function deleteModel(ctx: RegistryContext, name: string): Promise<void> {
  const at = ctx.clock.now().toISOString()
  await ctx.database.transaction<ModelsTables, void>(async (tables) => {
    await requireModel(tables, name)
    const tombstone = `${name}/deleted/${newId()}`
    await tables
      .updateTable('registered_models')
      .set({ name: tombstone, updated_at: at, deleted_at: at })
      .where('name', '=', name)
      .execute()
    await tables.deleteFrom('model_aliases').where('model', '=', tombstone).execute()
    await tables
      .updateTable('model_versions')
      .set({ deleted_at: at, updated_at: at })
      .where('model', '=', tombstone)
      .where('deleted_at', 'is', null)
      .execute()
  })
}

async function loadModel(tables: Kysely<ModelsTables>, name: string): Promise<RegisteredModel> {
  return (await loadModels(tables, [await requireModel(tables, name)]))[0]!
}
