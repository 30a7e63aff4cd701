import { type RawBuilder, type SqlBool, sql } from 'kysely'

import {
  compileCondition,
  compileNumber,
  compileText,
  type FilterComparison,
  necessaryComparisons,
  needOperator,
  needText,
  parseCondition,
  parseOrder,
  textOperators,
} from '../../tracking/index.ts'
import { InvalidSearchError } from '../errors.ts'
import { promptTag } from '../source.ts'

export type Condition = RawBuilder<SqlBool>

/** What of a table can be searched and ordered by. */
export interface Searchable {
  /** Columns of texts by the names of MLflow's grammar; `lists` says which take IN. */
  readonly texts: Readonly<Record<string, string>>
  readonly lists: readonly string[]
  readonly numbers: Readonly<Record<string, string>>
  readonly orders: Readonly<Record<string, string>>
  /** True for a row of the tags of a row that is searched. */
  readonly tags: { readonly table: string; readonly belongs: RawBuilder<unknown> }
}

/**
 * The conditions of a filter. As in MLflow, prompts, which are kept as models, are found only by a filter that asks
 * for them.
 */
export function toConditions(searchable: Searchable, filter: string): readonly Condition[] {
  const condition = parseCondition(filter)
  const isAboutPrompts = ({ field }: FilterComparison): boolean => field.entity === 'tag' && field.key === promptTag
  const wantsPrompts = necessaryComparisons(condition).some(
    (each) => isAboutPrompts(each) && each.value === (each.operator === '!=' ? 'false' : 'true'),
  )
  // A model that is no prompt has no such tag at all, so what says that it is none would not find it.
  const holds = (comparison: FilterComparison): Condition =>
    !wantsPrompts && isAboutPrompts(comparison) ? sql<SqlBool>`1 = 1` : compile(searchable, comparison)
  const conditions = condition === undefined ? [] : [compileCondition(condition, holds)]
  if (!wantsPrompts) conditions.push(sql<SqlBool>`not ${hasTag(searchable, promptTag, sql<SqlBool>`value = 'true'`)}`)
  return conditions
}

function compile(searchable: Searchable, comparison: FilterComparison): Condition {
  const { field, operator, value } = comparison
  if (field.entity === 'tag') {
    needOperator(comparison, textOperators)
    return hasTag(searchable, field.key, compileText(sql.ref('value'), operator, needText(comparison)))
  }
  if (field.entity !== 'attribute')
    throw new InvalidSearchError(`Invalid entity type '${field.entity}'. Valid entity types are attribute, tag, tags.`)
  const number = Object.hasOwn(searchable.numbers, field.key) ? searchable.numbers[field.key] : undefined
  if (number !== undefined) return compileNumber(sql.ref(number), comparison)
  const text = Object.hasOwn(searchable.texts, field.key) ? searchable.texts[field.key] : undefined
  if (text === undefined) {
    const valid = [...Object.keys(searchable.texts), ...Object.keys(searchable.numbers)]
    throw new InvalidSearchError(
      `Invalid attribute key '${field.key}' specified. Valid keys are '${valid.join("', '")}'.`,
    )
  }
  needOperator(comparison, searchable.lists.includes(field.key) ? [...textOperators, 'IN', 'NOT IN'] : textOperators)
  return compileText(sql.ref(text), operator, typeof value === 'object' ? value : needText(comparison))
}

function hasTag({ tags }: Searchable, key: string, holds: Condition): Condition {
  return sql<SqlBool>`exists (select 1 from ${sql.table(tags.table)} where ${tags.belongs} and key = ${key} and ${holds})`
}

export interface SortColumn {
  readonly column: string
  readonly descending: boolean
}

/** The columns of an order, then those that break ties. */
export function toSortColumns(
  searchable: Searchable,
  orderBy: readonly string[],
  ties: readonly SortColumn[],
): readonly SortColumn[] {
  const columns: SortColumn[] = parseOrder(orderBy).map(({ field, descending }) => {
    const column = Object.hasOwn(searchable.orders, field.key) ? searchable.orders[field.key] : undefined
    if (field.entity !== 'attribute' || column === undefined) {
      const valid = Object.keys(searchable.orders).join("', '")
      throw new InvalidSearchError(`Invalid order by key '${field.key}' specified. Valid keys are '${valid}'.`)
    }
    return { column, descending }
  })
  const named = new Set(columns.map(({ column }) => column))
  if (named.size < columns.length)
    throw new InvalidSearchError(`\`order_by\` contains duplicate fields: ${orderBy.join(', ')}.`)
  return [...columns, ...ties.filter(({ column }) => !named.has(column))]
}
