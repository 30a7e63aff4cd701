import type { Kysely } from 'kysely'

import type { ModelsTables, RegisteredModelRow } from './tables.ts'

export interface RegisteredModel {
  readonly name: string
  readonly description: string
  readonly user: string | undefined
  readonly tags: Readonly<Record<string, string>>
  /** The newest version that is not deleted; 0 when there is none. */
  readonly latestVersion: number
  readonly aliases: Readonly<Record<string, number>>
  readonly createdAt: string
  readonly updatedAt: string
}

interface Parts {
  readonly tags: Record<string, string>
  readonly aliases: Record<string, number>
  latestVersion: number
}

const namesAtOnce = 400

/** The models of these rows, in their order, with their tags and aliases. */
export async function loadModels(
  tables: Kysely<ModelsTables>,
  rows: readonly RegisteredModelRow[],
): Promise<readonly RegisteredModel[]> {
  const found = new Map<string, Parts>(rows.map((row) => [row.name, { tags: {}, aliases: {}, latestVersion: 0 }]))
  const names = [...found.keys()]
  for (let first = 0; first < names.length; first += namesAtOnce) {
    const some = names.slice(first, first + namesAtOnce)
    const tags = tables.selectFrom('registered_model_tags').selectAll().where('model', 'in', some).orderBy('key')
    for (const row of await tags.execute()) found.get(row.model)!.tags[row.key] = row.value
    const aliases = tables.selectFrom('model_aliases').selectAll().where('model', 'in', some).orderBy('alias')
    for (const row of await aliases.execute()) found.get(row.model)!.aliases[row.alias] = row.version
    const latest = tables
      .selectFrom('model_versions')
      .select(({ fn }) => ['model', fn.max('version').as('version')])
      .where('model', 'in', some)
      .where('deleted_at', 'is', null)
      .groupBy('model')
    for (const row of await latest.execute()) found.get(row.model)!.latestVersion = row.version
  }
  return rows.map((row) => ({
    name: row.name,
    description: row.description,
    user: row.user_name ?? undefined,
    ...found.get(row.name)!,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }))
}
