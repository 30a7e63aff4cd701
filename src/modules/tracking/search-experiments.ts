import { type RawBuilder, type SqlBool, sql } from 'kysely'

import type { Page } from '../../kernel/page.ts'
import { type TrackingContext, tablesOf } from './context.ts'
import { InvalidFilterError } from './errors.ts'
import { type Experiment, toExperiment } from './experiments.ts'
import type { Comparison, Identifier } from './filter/comparison.ts'
import { compileNumber, compileText, needOperator, needText, textOperators } from './filter/compile.ts'
import { compileCondition, parseCondition } from './filter/condition.ts'
import { parseOrder } from './filter/parse.ts'
import { readPageToken, writePageToken } from './page-token.ts'
import type { LifecycleStage } from './run.ts'

export interface ExperimentQuery {
  /** `name LIKE 'churn%' and tags.team = 'crm'`. */
  readonly filter?: string
  /** `name ASC`; the newest first when empty. */
  readonly orderBy?: readonly string[]
  readonly lifecycle?: LifecycleStage | 'all'
  readonly limit: number
  readonly pageToken?: string
}

const textColumns: Readonly<Record<string, string>> = { name: 'name' }
const numberColumns: Readonly<Record<string, string>> = {
  creation_time: 'created_ms',
  last_update_time: 'updated_ms',
}
const orderColumns: Readonly<Record<string, string>> = { ...textColumns, ...numberColumns, experiment_id: 'id' }

/** A page of experiments in MLflow's search grammar. */
export async function searchExperiments(ctx: TrackingContext, query: ExperimentQuery): Promise<Page<Experiment>> {
  const { limit, pageToken, ...list } = query
  const lifecycle = query.lifecycle ?? 'active'
  const filter = parseCondition(query.filter ?? '')
  const conditions = filter === undefined ? [] : [compileCondition(filter, compile)]
  if (lifecycle !== 'all') conditions.push(sql<SqlBool>`lifecycle_stage = ${lifecycle}`)
  const order = [...toOrder(query.orderBy ?? []), sql`id asc`]
  const offset = pageToken === undefined ? 0 : Number(readPageToken(list, pageToken, 1)[0])
  let rows = tablesOf(ctx).selectFrom('experiments').selectAll()
  for (const condition of conditions) rows = rows.where(condition)
  for (const key of order) rows = rows.orderBy(key)
  const found = await rows
    .limit(limit + 1)
    .offset(offset)
    .execute()
  const items = found.slice(0, limit).map(toExperiment)
  return found.length <= limit ? { items } : { items, next: writePageToken(list, [offset + limit]) }
}

function toOrder(texts: readonly string[]): RawBuilder<unknown>[] {
  if (texts.length === 0) return [sql`created_ms desc`]
  return parseOrder(texts).map(({ field, descending }) => {
    const column = field.entity === 'attribute' ? orderColumns[field.key] : undefined
    if (column === undefined) throw invalidKey(field, orderColumns)
    return sql`${sql.ref(column)} ${sql.raw(descending ? 'desc' : 'asc')}`
  })
}

function compile(comparison: Comparison): RawBuilder<SqlBool> {
  const { field, operator } = comparison
  if (field.entity === 'tag') {
    needOperator(comparison, textOperators)
    const holds = compileText(sql.ref('value'), operator, needText(comparison))
    return sql<SqlBool>`exists (select 1 from experiment_tags where experiment_id = experiments.id and key = ${field.key} and ${holds})`
  }
  if (field.entity !== 'attribute') {
    throw new InvalidFilterError(
      `Invalid clause(s) in filter string: Invalid entity type '${field.entity}'. Valid entity types are attribute, tag.`,
      { column: field.at + 1 },
    )
  }
  const number = numberColumns[field.key]
  if (number !== undefined) return compileNumber(sql.ref(number), comparison)
  const text = textColumns[field.key]
  if (text === undefined) throw invalidKey(field, { ...textColumns, ...numberColumns })
  needOperator(comparison, textOperators)
  return compileText(sql.ref(text), operator, needText(comparison))
}

function invalidKey(field: Identifier, valid: Readonly<Record<string, string>>): InvalidFilterError {
  const keys = Object.keys(valid).join(', ')
  return new InvalidFilterError(`Invalid attribute key '${field.key}' specified. Valid keys are ${keys}.`, {
    column: field.at + 1,
  })
}
