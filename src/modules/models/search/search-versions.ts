import { sql } from 'kysely'

import type { Page } from '../../../kernel/page.ts'
import type { RegistryContext } from '../context.ts'
import { loadVersionFacts, type VersionFacts } from '../model-version.ts'
import type { ModelsTables } from '../tables.ts'
import { type Searchable, toConditions, toSortColumns } from './conditions.ts'
import { readOffset, type RegistryQuery, writeOffset } from './query.ts'

const searchable: Searchable = {
  texts: {
    name: 'model_versions.model',
    run_id: 'model_versions.run_id',
    source_path: 'model_versions.source',
  },
  lists: ['name', 'run_id'],
  numbers: { version_number: 'model_versions.version' },
  orders: {
    name: 'model_versions.model',
    version_number: 'model_versions.version',
    creation_timestamp: 'model_versions.created_at',
    last_updated_timestamp: 'model_versions.updated_at',
  },
  tags: {
    table: 'model_version_tags',
    belongs: sql`model = model_versions.model and version = model_versions.version`,
  },
}

const newestFirst = ['last_updated_timestamp DESC', 'name ASC', 'version_number DESC']

/** A page of the versions that fit a filter, the last changed first unless the query says otherwise. */
export async function searchVersions(ctx: RegistryContext, query: RegistryQuery): Promise<Page<VersionFacts>> {
  const offset = readOffset(query.pageToken)
  const wanted = query.orderBy === undefined || query.orderBy.length === 0 ? newestFirst : query.orderBy
  const order = toSortColumns(searchable, wanted, [
    { column: 'model_versions.model', descending: false },
    { column: 'model_versions.version', descending: true },
  ])
  const tables = ctx.database.tables<ModelsTables>()
  let select = tables.selectFrom('model_versions').selectAll().where('deleted_at', 'is', null)
  for (const condition of toConditions(searchable, query.filter ?? '')) select = select.where(condition)
  for (const { column, descending } of order) select = select.orderBy(sql.ref(column), descending ? 'desc' : 'asc')
  const rows = await select
    .limit(query.limit + 1)
    .offset(offset)
    .execute()
  const items = await loadVersionFacts(tables, rows.slice(0, query.limit))
  return rows.length > query.limit ? { items, next: writeOffset(offset + query.limit) } : { items }
}
