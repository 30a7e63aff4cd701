import { type RawBuilder, type SqlBool, sql } from 'kysely'

import type { Comparison } from './filter/comparison.ts'
import { compileComparison } from './filter/compile.ts'
import { compileCondition, type Condition } from './filter/condition.ts'
import type { RunQuery } from './list-runs.ts'
import type { RunRow } from './tables.ts'

/** The conditions on `runs` that a query means, without its filter. */
export function toScope(query: RunQuery): readonly RawBuilder<SqlBool>[] {
  const conditions: RawBuilder<SqlBool>[] = []
  const lifecycle = query.lifecycle ?? 'active'
  if (lifecycle !== 'all') conditions.push(isOneOf('lifecycle_stage', [lifecycle]))
  if (query.experimentIds !== undefined) {
    const ids = query.experimentIds.map(Number).filter(Number.isSafeInteger)
    conditions.push(isOneOf('experiment_id', ids))
  }
  if (query.pipeline !== undefined) conditions.push(isOneOf('pipeline', [query.pipeline]))
  if (query.kinds !== undefined) conditions.push(isOneOf('kind', query.kinds))
  if (query.statuses !== undefined) conditions.push(isOneOf('status', query.statuses))
  if (query.parentId !== undefined) conditions.push(isOneOf('parent_id', [query.parentId]))
  if (query.sinceMs !== undefined) conditions.push(sql<SqlBool>`runs.started_ms >= ${query.sinceMs}`)
  return conditions
}

/** The conditions of a query with its filter; comparisons that hold anyway may be named. */
export function toConditions(
  query: RunQuery,
  filter: Condition | undefined,
  holding: readonly Comparison[] = [],
): readonly RawBuilder<SqlBool>[] {
  const scope = toScope(query)
  if (filter === undefined) return scope
  const compile = (comparison: Comparison) =>
    holding.includes(comparison) ? sql<SqlBool>`1 = 1` : compileComparison(comparison)
  return [...scope, compileCondition(filter, compile)]
}

function isOneOf(column: keyof RunRow, values: readonly (string | number)[]): RawBuilder<SqlBool> {
  return values.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`${sql.ref(`runs.${column}`)} in (${sql.join(values)})`
}

/** All of the conditions as one. */
export function allOf(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sql.join(conditions, sql` and `)}`
}
