import { type RawBuilder, sql } from 'kysely'

import { InvalidFilterError } from '../errors.ts'
import { columnOfTag } from '../set-tags.ts'
import { findAttribute } from './attributes.ts'
import type { Order } from './parse.ts'

/** One expression on `runs` that is never null, with its direction; a list of them orders every run. */
export interface SortKey {
  readonly expression: RawBuilder<unknown>
  readonly descending: boolean
}

/**
 * The sort keys of an order: numbers and texts by the wish, then NaN, then runs without the value, whatever the
 * direction; ties by start, newest first, then by id.
 */
export function toSortKeys(orders: readonly Order[]): readonly SortKey[] {
  const keys = orders.flatMap(toKeys)
  const byStart = orders.some(
    ({ field }) => field.entity === 'attribute' && findAttribute(field).column === 'started_ms',
  )
  if (!byStart) keys.push({ expression: sql.ref('runs.started_ms'), descending: true })
  return [...keys, { expression: sql.ref('runs.id'), descending: false }]
}

function toKeys({ field, descending }: Order): SortKey[] {
  switch (field.entity) {
    case 'metric': {
      const stored = (column: string) =>
        sql`(select ${sql.ref(column)} from latest_metrics where run_id = runs.id and key = ${field.key})`
      return [
        { expression: sql`coalesce(${stored('is_nan')}, 2)`, descending: false },
        { expression: sql`coalesce(${stored('value')}, 0)`, descending },
      ]
    }
    case 'param':
      return textKeys(sql`(select value from params where run_id = runs.id and key = ${field.key})`, descending)
    case 'tag': {
      const column = Object.hasOwn(columnOfTag, field.key)
        ? columnOfTag[field.key as keyof typeof columnOfTag]
        : undefined
      if (column !== undefined) return textKeys(sql.ref(`runs.${column}`), descending)
      return textKeys(sql`(select value from tags where run_id = runs.id and key = ${field.key})`, descending)
    }
    case 'attribute': {
      const { column, type } = findAttribute(field)
      const reference = sql.ref(`runs.${column}`)
      return type === 'text' ? textKeys(reference, descending) : numberKeys(reference, descending)
    }
    case 'dataset':
      throw new InvalidFilterError(`Runs cannot be ordered by ${field.entity}.${field.key}.`, { column: field.at + 1 })
  }
}

function textKeys(value: RawBuilder<unknown>, descending: boolean): SortKey[] {
  return [nullsLast(value), { expression: sql`coalesce(${value}, '')`, descending }]
}

function numberKeys(value: RawBuilder<unknown>, descending: boolean): SortKey[] {
  return [nullsLast(value), { expression: sql`coalesce(${value}, 0)`, descending }]
}

function nullsLast(value: RawBuilder<unknown>): SortKey {
  return { expression: sql`case when ${value} is null then 1 else 0 end`, descending: false }
}
