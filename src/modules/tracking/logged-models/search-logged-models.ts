import { type RawBuilder, type SqlBool, sql } from 'kysely'

import type { Page } from '../../../kernel/page.ts'
import { type TrackingContext, tablesOf } from '../context.ts'
import { InvalidEntryError, InvalidFilterError } from '../errors.ts'
import type { Comparison } from '../filter/comparison.ts'
import { compileNumber, compileText, needOperator, needText } from '../filter/compile.ts'
import { compileCondition, parseCondition } from '../filter/condition.ts'
import { readPageToken, writePageToken } from '../page-token.ts'
import { loadLoggedModels, type LoggedModel } from './logged-model.ts'

type Condition = RawBuilder<SqlBool>

export interface DatasetChoice {
  readonly name: string
  readonly digest?: string
}

export interface LoggedModelOrder {
  /** An attribute, or `metrics.KEY`. */
  readonly field: string
  readonly ascending: boolean
  /** Of the values of a metric, only those measured on this dataset. */
  readonly dataset?: { readonly name?: string; readonly digest?: string }
}

export interface LoggedModelQuery {
  readonly experimentIds: readonly string[]
  readonly filter?: string
  /** Metrics of the filter count only when they were measured on one of these. */
  readonly datasets?: readonly DatasetChoice[]
  readonly orderBy?: readonly LoggedModelOrder[]
  readonly limit: number
  readonly pageToken?: string
}

const textColumns: Readonly<Record<string, string>> = {
  name: 'name',
  model_id: 'id',
  model_type: 'model_type',
  status: 'status',
  source_run_id: 'source_run_id',
}
const numberColumns: Readonly<Record<string, string>> = {
  creation_time: 'created_ms',
  creation_timestamp: 'created_ms',
  creation_timestamp_ms: 'created_ms',
  last_updated_timestamp: 'updated_ms',
  last_updated_timestamp_ms: 'updated_ms',
}
const orderColumns: Readonly<Record<string, string>> = {
  ...textColumns,
  ...numberColumns,
  experiment_id: 'experiment_id',
}
const textOperators = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'] as const

/** A page of the logged models of experiments, in MLflow's grammar; the newest first unless the query says otherwise. */
export async function searchLoggedModels(ctx: TrackingContext, query: LoggedModelQuery): Promise<Page<LoggedModel>> {
  const { limit, pageToken, experimentIds, filter, datasets, orderBy } = query
  const list = {
    experimentIds,
    filter,
    datasets: datasets?.map(({ name, digest }) => [name, digest ?? null]),
    orderBy: orderBy?.map(({ field, ascending }) => [field, ascending]),
  }
  const offset = pageToken === undefined ? 0 : Number(readPageToken(list, pageToken, 1)[0])
  const ids = experimentIds.map(Number).filter(Number.isSafeInteger)
  if (ids.length === 0) return { items: [] }
  const measuredOn = onDatasets(datasets ?? [])
  const condition = parseCondition(filter ?? '')
  let comparesMetrics = false
  const holds = (comparison: Comparison): Condition => {
    comparesMetrics ||= comparison.field.entity === 'metric'
    return compile(comparison, measuredOn)
  }
  let select = tablesOf(ctx)
    .selectFrom('logged_models')
    .selectAll()
    .where('lifecycle_stage', '=', 'active')
    .where('experiment_id', 'in', ids)
  if (condition !== undefined) select = select.where(compileCondition(condition, holds))
  if (measuredOn !== undefined && !comparesMetrics) select = select.where(hasMetric(measuredOn))
  for (const key of toOrder(orderBy ?? [])) select = select.orderBy(key)
  const rows = await select
    .limit(limit + 1)
    .offset(offset)
    .execute()
  const items = await loadLoggedModels(tablesOf(ctx), rows.slice(0, limit))
  return rows.length <= limit ? { items } : { items, next: writePageToken(list, [offset + limit]) }
}

function onDatasets(datasets: readonly DatasetChoice[]): Condition | undefined {
  if (datasets.length === 0) return undefined
  const parts = datasets.map(({ name, digest }) => {
    if (name === '')
      throw new InvalidEntryError('`dataset_name` in the `datasets` clause must be specified.', 'Give a name.')
    return digest === undefined
      ? sql`dataset_name = ${name}`
      : sql`(dataset_name = ${name} and dataset_digest = ${digest})`
  })
  return sql<SqlBool>`(${sql.join(parts, sql` or `)})`
}

function hasMetric(holds: Condition): Condition {
  return sql<SqlBool>`exists (select 1 from logged_model_metrics where model_id = logged_models.id and ${holds})`
}

function compile(comparison: Comparison, measuredOn: Condition | undefined): Condition {
  const { field, operator, value } = comparison
  switch (field.entity) {
    case 'metric': {
      const holds = sql<SqlBool>`key = ${field.key} and is_nan = 0 and ${compileNumber(sql.ref('value'), comparison)}`
      return hasMetric(measuredOn === undefined ? holds : sql<SqlBool>`${holds} and ${measuredOn}`)
    }
    case 'param':
    case 'tag': {
      needOperator(comparison, textOperators)
      const table = field.entity === 'param' ? 'logged_model_params' : 'logged_model_tags'
      const holds = compileText(sql.ref('value'), operator, needTexts(comparison))
      return sql<SqlBool>`exists (select 1 from ${sql.table(table)} where model_id = logged_models.id and key = ${field.key} and ${holds})`
    }
    case 'attribute': {
      const number = Object.hasOwn(numberColumns, field.key) ? numberColumns[field.key] : undefined
      if (number !== undefined) return compileNumber(sql.ref(`logged_models.${number}`), comparison)
      const text = Object.hasOwn(textColumns, field.key) ? textColumns[field.key] : undefined
      if (text === undefined) throw invalidKey(field.key, field.at)
      needOperator(comparison, textOperators)
      return compileText(sql.ref(`logged_models.${text}`), operator, needTexts(comparison))
    }
    case 'dataset':
      throw new InvalidFilterError(
        `Invalid entity type: 'datasets'. Expected one of attributes, metrics, params, tags; ${String(value)} goes into the datasets of the request.`,
        { column: field.at + 1 },
      )
  }
}

function needTexts(comparison: Comparison): string | readonly string[] {
  return typeof comparison.value === 'object' ? comparison.value : needText(comparison)
}

function invalidKey(key: string, at: number): InvalidFilterError {
  const valid = [...Object.keys(textColumns), ...Object.keys(numberColumns)].join(', ')
  return new InvalidFilterError(`Invalid attribute key '${key}' specified. Valid keys are ${valid}.`, {
    column: at + 1,
  })
}

/** Values first, whatever the direction; ties by creation, newest first, then by id. */
function toOrder(orders: readonly LoggedModelOrder[]): readonly RawBuilder<unknown>[] {
  const keys: RawBuilder<unknown>[] = []
  for (const order of orders) {
    const value = orderValue(order)
    keys.push(sql`case when ${value} is null then 1 else 0 end`)
    keys.push(order.ascending ? sql`${value} asc` : sql`${value} desc`)
  }
  return [...keys, sql`logged_models.created_ms desc`, sql`logged_models.id asc`]
}

function orderValue({ field, dataset }: LoggedModelOrder): RawBuilder<unknown> {
  const [entity, ...rest] = field.split('.')
  if (rest.length === 0) {
    const column = Object.hasOwn(orderColumns, field) ? orderColumns[field] : undefined
    if (column === undefined) throw new InvalidFilterError(`Invalid order by field name: ${field}.`)
    return sql.ref(`logged_models.${column}`)
  }
  if (entity !== 'metrics')
    throw new InvalidFilterError(`Invalid order by field name: ${field}. Only metrics are supported.`)
  const holds = [sql`model_id = logged_models.id`, sql`key = ${rest.join('.')}`, sql`is_nan = 0`]
  if (dataset?.name !== undefined) holds.push(sql`dataset_name = ${dataset.name}`)
  if (dataset?.digest !== undefined) holds.push(sql`dataset_digest = ${dataset.digest}`)
  return sql`(select value from logged_model_metrics where ${sql.join(holds, sql` and `)} order by timestamp_ms desc, step desc, run_id asc limit 1)`
}
