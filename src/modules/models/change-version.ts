import type { Kysely, Updateable } from 'kysely'

import { holdModel, moveAlias, type Reason, requireReason } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { toStage } from './entry-rules.ts'
import { InactiveStageError } from './errors.ts'
import { loadVersionFacts, type VersionFacts } from './model-version.ts'
import { requireVersion } from './resolve.ts'
import type { ModelsTables, ModelVersionRow } from './tables.ts'

/** Which version is meant. */
export interface VersionKey {
  readonly model: string
  readonly version: number
}

async function change(
  tables: Kysely<ModelsTables>,
  { model, version }: VersionKey,
  changes: Updateable<ModelVersionRow>,
): Promise<VersionFacts> {
  await requireVersion(tables, model, version)
  const row = await tables
    .updateTable('model_versions')
    .set(changes)
    .where('model', '=', model)
    .where('version', '=', version)
    .returningAll()
    .executeTakeFirstOrThrow()
  return (await loadVersionFacts(tables, [row]))[0]!
}

/** Replaces the description of a version. */
export async function describeVersion(
  ctx: RegistryContext,
  key: VersionKey,
  description: string,
): Promise<VersionFacts> {
  const updated_at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, VersionFacts>(
    async (tables) => await change(tables, key, { description, updated_at }),
  )
}

/** Gives a version a stage; with `archiveOthers`, versions that have an active stage now are archived. */
export async function setStage(
  ctx: RegistryContext,
  key: VersionKey,
  options: { readonly stage: string; readonly archiveOthers: boolean },
): Promise<VersionFacts> {
  const stage = toStage(options.stage)
  if (options.archiveOthers && stage !== 'Staging' && stage !== 'Production')
    throw new InactiveStageError(options.stage)
  const updated_at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, VersionFacts>(async (tables) => {
    await holdModel(tables, key.model, updated_at)
    const changed = await change(tables, key, { stage, updated_at })
    if (options.archiveOthers)
      await tables
        .updateTable('model_versions')
        .set({ stage: 'Archived', updated_at })
        .where('model', '=', key.model)
        .where('version', '!=', key.version)
        .where('stage', '=', stage)
        .where('deleted_at', 'is', null)
        .execute()
    return changed
  })
}

/** Deletes a version; its number is not used again, and aliases that named it are taken away, with who and why kept. */
export async function deleteVersion(ctx: RegistryContext, key: VersionKey, reason: Reason): Promise<void> {
  const { who, why } = requireReason(reason, 'remove')
  const at = ctx.clock.now().toISOString()
  await ctx.database.transaction<ModelsTables, void>(async (tables) => {
    await holdModel(tables, key.model, at)
    const { aliases } = await change(tables, key, { deleted_at: at, updated_at: at })
    for (const alias of aliases)
      await moveAlias(tables, { model: key.model, alias, version: undefined, action: 'remove', at, who, why })
  })
}
