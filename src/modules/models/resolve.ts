import type { Kysely } from 'kysely'

import { findAlias } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { AliasNotFoundError, ModelNotFoundError, ModelVersionNotFoundError, NotGatedError } from './errors.ts'
import { type GatedVersion, loadVersions, type ModelVersion } from './model-version.ts'
import { type ModelReference, parseModelReference } from './reference.ts'
import type { ModelsTables, ModelVersionRow, RegisteredModelRow } from './tables.ts'

/** The row of a model that is not deleted; throws not_found with the names that are there. */
export async function requireModel(tables: Kysely<ModelsTables>, model: string): Promise<RegisteredModelRow> {
  const row = await tables
    .selectFrom('registered_models')
    .selectAll()
    .where('name', '=', model)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (row !== undefined) return row
  const known = await tables
    .selectFrom('registered_models')
    .select('name')
    .where('deleted_at', 'is', null)
    .orderBy('name')
    .limit(20)
    .execute()
  throw new ModelNotFoundError(
    model,
    known.map((each) => each.name),
  )
}

/** The row of a version that is not deleted; throws not_found. */
export async function requireVersion(
  tables: Kysely<ModelsTables>,
  model: string,
  version: number,
): Promise<ModelVersionRow> {
  const row = await tables
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', model)
    .where('version', '=', version)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (row !== undefined) return row
  const { last_version } = await requireModel(tables, model)
  throw new ModelVersionNotFoundError(model, version, last_version)
}

async function latestVersion(tables: Kysely<ModelsTables>, model: string): Promise<number> {
  const row = await tables
    .selectFrom('model_versions')
    .select('version')
    .where('model', '=', model)
    .where('deleted_at', 'is', null)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.version ?? 0
}

async function aliasVersion(
  tables: Kysely<ModelsTables>,
  reference: { model: string; alias: string },
): Promise<number> {
  const version = await findAlias(tables, reference.model, reference.alias)
  if (version !== undefined) return version
  const rows = await tables
    .selectFrom('model_aliases')
    .select('alias')
    .where('model', '=', reference.model)
    .orderBy('alias')
    .execute()
  throw new AliasNotFoundError(
    reference.model,
    reference.alias,
    rows.map((row) => row.alias),
  )
}

/** The version that a reference names now, within the given tables or transaction. */
export async function resolveIn(tables: Kysely<ModelsTables>, reference: ModelReference): Promise<ModelVersion> {
  await requireModel(tables, reference.model)
  const version =
    reference.kind === 'version'
      ? reference.version
      : reference.kind === 'latest'
        ? await latestVersion(tables, reference.model)
        : await aliasVersion(tables, reference)
  const row = await requireVersion(tables, reference.model, version)
  return (await loadVersions(tables, [row]))[0]!
}

/** The version that this names now, whoever made it; throws not_found when there is none. */
export async function getVersion(ctx: RegistryContext, reference: ModelReference): Promise<ModelVersion> {
  return await resolveIn(ctx.database.tables<ModelsTables>(), reference)
}

/** Like `getVersion`, for `churn` (the latest), `churn@7` or `churn@champion`. */
export async function resolveVersion(ctx: RegistryContext, reference: string): Promise<ModelVersion> {
  return await getVersion(ctx, parseModelReference(reference))
}

/** Like `resolveVersion`; throws a usage error for a version of a client, which has no contract to predict by. */
export async function resolveModel(ctx: RegistryContext, reference: string): Promise<GatedVersion> {
  const version = await resolveVersion(ctx, reference)
  if (version.origin === 'client') throw new NotGatedError(version.model, version.version)
  return version
}

/** Like `resolveModel`, but undefined when there is no such model, version or alias, or it did not pass a gate. */
export async function findModel(ctx: RegistryContext, reference: string): Promise<GatedVersion | undefined> {
  try {
    return await resolveModel(ctx, reference)
  } catch (error) {
    const absent = [ModelNotFoundError, ModelVersionNotFoundError, AliasNotFoundError, NotGatedError]
    if (absent.some((kind) => error instanceof kind)) return undefined
    throw error
  }
}
