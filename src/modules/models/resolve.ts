import type { Kysely } from 'kysely'

import { findAlias } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { AliasNotFoundError, ModelNotFoundError, ModelVersionNotFoundError } from './errors.ts'
import { type ModelVersion, toModelVersion } from './model-version.ts'
import { type ModelReference, parseModelReference } from './reference.ts'
import type { ModelsTables } from './tables.ts'

async function requireModel(tables: Kysely<ModelsTables>, model: string): Promise<number> {
  const row = await tables
    .selectFrom('registered_models')
    .select('last_version')
    .where('name', '=', model)
    .executeTakeFirst()
  if (row !== undefined) return row.last_version
  const known = await tables.selectFrom('registered_models').select('name').orderBy('name').limit(20).execute()
  throw new ModelNotFoundError(
    model,
    known.map((each) => each.name),
  )
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
  const latest = await requireModel(tables, reference.model)
  const version =
    reference.kind === 'version'
      ? reference.version
      : reference.kind === 'latest'
        ? latest
        : await aliasVersion(tables, reference)
  const row = await tables
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', reference.model)
    .where('version', '=', version)
    .executeTakeFirst()
  if (row === undefined) throw new ModelVersionNotFoundError(reference.model, version, latest)
  return toModelVersion(row)
}

/** The version that `churn` (the latest), `churn@7` or `churn@champion` names now; throws not_found otherwise. */
export async function resolveModel(ctx: RegistryContext, reference: string): Promise<ModelVersion> {
  return await resolveIn(ctx.database.tables<ModelsTables>(), parseModelReference(reference))
}

/** Like `resolveModel`, but undefined when there is no such model, version or alias. */
export async function findModel(ctx: RegistryContext, reference: string): Promise<ModelVersion | undefined> {
  try {
    return await resolveModel(ctx, reference)
  } catch (error) {
    const absent = [ModelNotFoundError, ModelVersionNotFoundError, AliasNotFoundError]
    if (absent.some((kind) => error instanceof kind)) return undefined
    throw error
  }
}
