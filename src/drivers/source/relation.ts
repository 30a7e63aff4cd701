import type { RowQuery } from '../../ports/row-source.ts'
import { wrongQuery } from './errors.ts'

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A table (also `schema.table`) or a query as something that a FROM takes. */
export function fromClause(query: RowQuery): string {
  if (query.query !== undefined) return `(\n${query.query.trim().replace(/;\s*$/, '')}\n) AS source_query`
  if (query.table === undefined) throw wrongQuery()
  return query.table.split('.').map(quoteName).join('.')
}
