import { type RawBuilder, sql } from 'kysely'

import { InvalidFilterError } from '../errors.ts'
import { columnOfTag } from '../set-tags.ts'
import { findAttribute } from './attributes.ts'
import type { Order } from './parse.ts'

/** One expression that is never null, with its direction; a list of them orders every run. */
export interface SortKey {
  readonly expression: RawBuilder<unknown>
  readonly descending: boolean
  /** The value, when all rows have the same. */
  readonly constant?: number
}

/** What orders runs: the keys, and the joins to `runs` that they read from, each of at most one row a run. */
export interface RunOrder {
  readonly joins: readonly RawBuilder<unknown>[]
  readonly keys: readonly SortKey[]
}

/**
 * The sort keys of an order: numbers and texts by the wish, then NaN, then runs without the value, whatever the
 * direction; ties by start, newest first, then by id.
 */
export function toRunOrder(orders: readonly Order[]): RunOrder {
  const parts = orders.map(toPart)
  const byStart = orders.some(
    ({ field }) => field.entity === 'attribute' && findAttribute(field).column === 'started_ms',
  )
  return {
    joins: parts.flatMap(({ joins }) => joins),
    keys: [...parts.flatMap(({ keys }) => keys), ...tieKeys(byStart)],
  }
}

/** What decides between runs of equal values. */
export function tieKeys(byStart: boolean): readonly SortKey[] {
  const id = { expression: sql.ref('runs.id'), descending: false }
  return byStart ? [id] : [{ expression: sql.ref('runs.started_ms'), descending: true }, id]
}

function toPart({ field, descending }: Order, index: number): RunOrder {
  switch (field.entity) {
    case 'metric': {
      const name = `by_${index}`
      return {
        joins: [leftJoin('latest_metrics', name, field.key)],
        keys: [
          { expression: sql`coalesce(${sql.ref(`${name}.is_nan`)}, 2)`, descending: false },
          { expression: sql`coalesce(${sql.ref(`${name}.value`)}, 0)`, descending },
        ],
      }
    }
    case 'param':
      return keyedPart('params', { name: `by_${index}`, key: field.key, descending })
    case 'tag': {
      const column = Object.hasOwn(columnOfTag, field.key)
        ? columnOfTag[field.key as keyof typeof columnOfTag]
        : undefined
      if (column !== undefined) return { joins: [], keys: textKeys(sql.ref(`runs.${column}`), descending) }
      return keyedPart('tags', { name: `by_${index}`, key: field.key, descending })
    }
    case 'attribute': {
      const { column, type } = findAttribute(field)
      const reference = sql.ref(`runs.${column}`)
      if (column === 'started_ms' || column === 'id')
        return { joins: [], keys: [{ expression: reference, descending }] }
      return { joins: [], keys: (type === 'text' ? textKeys : numberKeys)(reference, descending) }
    }
    case 'dataset':
      throw new InvalidFilterError(`Runs cannot be ordered by ${field.entity}.${field.key}.`, { column: field.at + 1 })
  }
}

function keyedPart(
  table: 'params' | 'tags',
  { name, key, descending }: { readonly name: string; readonly key: string; readonly descending: boolean },
): RunOrder {
  return { joins: [leftJoin(table, name, key)], keys: textKeys(sql.ref(`${name}.value`), descending) }
}

function leftJoin(table: string, name: string, key: string): RawBuilder<unknown> {
  const on = sql`${sql.ref(`${name}.run_id`)} = runs.id and ${sql.ref(`${name}.key`)} = ${key}`
  return sql`left join ${sql.table(table)} as ${sql.id(name)} on ${on}`
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
