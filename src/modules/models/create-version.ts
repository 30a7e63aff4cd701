import { noteModelVersion } from '../tracking/index.ts'
import { holdModel } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { checkTags } from './entry-rules.ts'
import { gateTagPrefix, loadVersionFacts, type VersionFacts } from './model-version.ts'
import { takeVersionNumber } from './register.ts'
import { requireModel } from './resolve.ts'
import { resolveSource } from './source.ts'
import type { ModelsTables } from './tables.ts'

/** A version as an MLflow client creates it. */
export interface NewVersion {
  readonly model: string
  /** Where the files are: artifacts of a run, `models:/…`, or a place outside such as `s3://…`. */
  readonly source: string
  readonly runId?: string
  readonly runLink?: string
  readonly loggedModelId?: string
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly user?: string
}

/**
 * Creates a version that points at files, judged by nobody. Version numbers count from 1 without gaps, together with
 * those of the gate, also when many clients create at once. Throws a usage error for a source that the run or logged
 * model it names does not contain.
 */
export async function createVersion(ctx: RegistryContext, input: NewVersion): Promise<VersionFacts> {
  const given = ownTags(input)
  checkTags(given)
  const resolved = await resolveSource(ctx, input)
  const at = ctx.clock.now().toISOString()
  const created = await ctx.database.transaction<ModelsTables, VersionFacts>(async (tables) => {
    if (!(await holdModel(tables, input.model, at))) await requireModel(tables, input.model)
    const version = await takeVersionNumber(tables, input.model)
    const row = await tables
      .insertInto('model_versions')
      .values({
        model: input.model,
        version,
        origin: 'client',
        run_id: resolved.runId ?? null,
        run_link: input.runLink ?? null,
        logged_model_id: resolved.loggedModelId ?? null,
        source: resolved.source,
        location: resolved.location,
        stage: 'None',
        status: 'READY',
        status_message: null,
        description: input.description ?? '',
        user_name: input.user ?? null,
        created_at: at,
        updated_at: at,
        deleted_at: null,
        model_digest: null,
        size_bytes: null,
        files: null,
        report_digest: null,
        contract_digest: null,
        contract: null,
        signature: null,
        judgement: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const tags = Object.entries(given).map(([key, value]) => ({ model: input.model, version, key, value }))
    if (tags.length > 0) await tables.insertInto('model_version_tags').values(tags).execute()
    return (await loadVersionFacts(tables, [row]))[0]!
  })
  if (created.loggedModelId !== undefined)
    await noteModelVersion(ctx, created.loggedModelId, { name: created.model, version: created.version })
  return created
}

/** A client that copies a version sends its tags along; what the gate said was said of the version itself. */
function ownTags({ source, tags = {} }: NewVersion): Readonly<Record<string, string>> {
  if (!source.startsWith('models:/')) return tags
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith(gateTagPrefix)))
}
