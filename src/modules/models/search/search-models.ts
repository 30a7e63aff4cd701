import { sql } from 'kysely'

import type { Page } from '../../../kernel/page.ts'
import type { RegistryContext } from '../context.ts'
import { latestOfModels } from '../latest-versions.ts'
import type { VersionFacts } from '../model-version.ts'
import { loadModels, type RegisteredModel } from '../registered-model.ts'
import type { ModelsTables } from '../tables.ts'
import { type Searchable, toConditions, toSortColumns } from './conditions.ts'
import { readOffset, type RegistryQuery, writeOffset } from './query.ts'

const searchable: Searchable = {
  texts: { name: 'registered_models.name' },
  lists: ['name'],
  numbers: {},
  orders: {
    name: 'registered_models.name',
    timestamp: 'registered_models.updated_at',
    last_updated_timestamp: 'registered_models.updated_at',
    creation_timestamp: 'registered_models.created_at',
  },
  tags: { table: 'registered_model_tags', belongs: sql`model = registered_models.name` },
}

/** A model as a search finds it. */
export interface FoundModel extends RegisteredModel {
  /** The newest version of each stage. */
  readonly latest: readonly VersionFacts[]
}

/** A page of the models that fit a filter, by name unless the query says otherwise. */
export async function searchModels(ctx: RegistryContext, query: RegistryQuery): Promise<Page<FoundModel>> {
  const offset = readOffset(query.pageToken)
  const order = toSortColumns(searchable, query.orderBy ?? [], [
    { column: 'registered_models.name', descending: false },
  ])
  const tables = ctx.database.tables<ModelsTables>()
  let select = tables.selectFrom('registered_models').selectAll().where('deleted_at', 'is', null)
  for (const condition of toConditions(searchable, query.filter ?? '')) select = select.where(condition)
  for (const { column, descending } of order) select = select.orderBy(sql.ref(column), descending ? 'desc' : 'asc')
  const rows = await select
    .limit(query.limit + 1)
    .offset(offset)
    .execute()
  const models = await loadModels(tables, rows.slice(0, query.limit))
  const latest = await latestOfModels(
    tables,
    models.map((model) => model.name),
  )
  const items = models.map((model) => ({ ...model, latest: latest.get(model.name) ?? [] }))
  return rows.length > query.limit ? { items, next: writeOffset(offset + query.limit) } : { items }
}
