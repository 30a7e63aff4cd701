import type { RegistryContext } from './context.ts'
import type { VersionKey } from './change-version.ts'
import { checkTagKey, checkTags } from './entry-rules.ts'
import { requireModel, requireVersion } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

/** Sets a tag of a model; one that is there gets the new value. */
export async function setModelTag(ctx: RegistryContext, model: string, { key, value }: Tag): Promise<void> {
  checkTags({ [key]: value })
  await ctx.database.transaction<ModelsTables, void>(async (tables) => {
    await requireModel(tables, model)
    await tables
      .insertInto('registered_model_tags')
      .values({ model, key, value })
      .onConflict((conflict) => conflict.columns(['model', 'key']).doUpdateSet({ value }))
      .execute()
  })
}

/** Deletes a tag of a model; one that is not there stays so. */
export async function deleteModelTag(ctx: RegistryContext, model: string, key: string): Promise<void> {
  checkTagKey(key)
  await ctx.database.transaction<ModelsTables, void>(async (tables) => {
    await requireModel(tables, model)
    await tables.deleteFrom('registered_model_tags').where('model', '=', model).where('key', '=', key).execute()
  })
}

/** Sets a tag of a version; one that is there gets the new value. */
export async function setVersionTag(
  ctx: RegistryContext,
  { model, version }: VersionKey,
  { key, value }: Tag,
): Promise<void> {
  checkTags({ [key]: value })
  await ctx.database.transaction<ModelsTables, void>(async (tables) => {
    await requireVersion(tables, model, version)
    await tables
      .insertInto('model_version_tags')
      .values({ model, version, key, value })
      .onConflict((conflict) => conflict.columns(['model', 'version', 'key']).doUpdateSet({ value }))
      .execute()
  })
}

/** Deletes a tag of a version; one that is not there stays so. */
export async function deleteVersionTag(
  ctx: RegistryContext,
  { model, version }: VersionKey,
  key: string,
): Promise<void> {
  checkTagKey(key)
  await ctx.database.transaction<ModelsTables, void>(async (tables) => {
    await requireVersion(tables, model, version)
    await tables
      .deleteFrom('model_version_tags')
      .where('model', '=', model)
      .where('version', '=', version)
      .where('key', '=', key)
      .execute()
  })
}
