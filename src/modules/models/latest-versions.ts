import { type Kysely, sql } from 'kysely'

import type { RegistryContext } from './context.ts'
import { toStage } from './entry-rules.ts'
import { loadVersionFacts, type Stage, stages, type VersionFacts } from './model-version.ts'
import { requireModel } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

/** Of each of these stages (all, when none is named) the newest version of a model; throws not_found. */
export async function latestVersions(
  ctx: RegistryContext,
  model: string,
  named: readonly string[] = [],
): Promise<readonly VersionFacts[]> {
  const wanted = named.length === 0 ? stages : named.map(toStage)
  const tables = ctx.database.tables<ModelsTables>()
  await requireModel(tables, model)
  return (await latestOfModels(tables, [model], wanted)).get(model) ?? []
}

const modelsAtOnce = 400

/** Of each stage the newest version, by model. */
export async function latestOfModels(
  tables: Kysely<ModelsTables>,
  models: readonly string[],
  wanted: readonly Stage[] = stages,
): Promise<ReadonlyMap<string, readonly VersionFacts[]>> {
  const found: VersionFacts[] = []
  for (let first = 0; first < models.length; first += modelsAtOnce) {
    const newest = tables
      .selectFrom('model_versions')
      .select(({ fn }) => ['model', fn.max('version').as('version')])
      .where('model', 'in', models.slice(first, first + modelsAtOnce))
      .where('stage', 'in', wanted)
      .where('deleted_at', 'is', null)
      .groupBy(['model', 'stage'])
    const rows = await tables
      .selectFrom('model_versions')
      .selectAll()
      .where(sql<boolean>`(model, version) in (${newest})`)
      .orderBy('model')
      .orderBy('version')
      .execute()
    found.push(...(await loadVersionFacts(tables, rows)))
  }
  return Map.groupBy(found, (version) => version.model)
}
