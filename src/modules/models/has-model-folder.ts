import type { Digest } from '../../kernel/hash.ts'
import type { RegistryContext } from './context.ts'
import type { ModelsTables } from './tables.ts'

/** True when the folder is that of a registered version: only those are given out, not everything in the store. */
export async function hasModelFolder(ctx: RegistryContext, digest: Digest): Promise<boolean> {
  const row = await ctx.database
    .tables<ModelsTables>()
    .selectFrom('model_versions')
    .select('version')
    .where('model_digest', '=', digest)
    .where('deleted_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
