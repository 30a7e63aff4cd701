import { type RawBuilder, type SqlBool, sql } from 'kysely'

import { type TrackingContext, tablesOf } from './context.ts'
import type { Comparison } from './filter/comparison.ts'
import { type Condition, necessaryComparisons } from './filter/condition.ts'
import type { Order } from './filter/parse.ts'
import type { RunQuery } from './list-runs.ts'
import { allOf, toScope } from './run-conditions.ts'

/**
 * Where a search begins, as neither engine knows how many rows a metric has.
 *
 * `runs`: the runs in their own order. `range`: the runs whose metric lies in a range, by the index on its values,
 * when these are few. `walk`: the index on the values of the metric that orders the list, until the page is full, when
 * there are too many runs to sort them all.
 */
export type SearchPlan =
  | { readonly kind: 'runs' }
  | { readonly kind: 'range'; readonly comparison: Comparison }
  | {
      readonly kind: 'walk'
      readonly key: string
      readonly descending: boolean
      /** Comparisons of that very metric: the walk keeps within them. */
      readonly ranges: readonly Comparison[]
    }

/** Runs that are looked up and sorted in a few milliseconds. */
const fewRuns = 4000

const rangeOperators: readonly Comparison['operator'][] = ['=', '>', '>=', '<', '<=']

/** Chooses by counting, within bounds, what each beginning would have to read. */
export async function choosePlan(
  ctx: TrackingContext,
  query: RunQuery,
  search: { readonly filter: Condition | undefined; readonly orders: readonly Order[] },
): Promise<SearchPlan> {
  const { filter, orders } = search
  const [first] = orders
  const walk = first?.field.entity === 'metric' ? first : undefined
  const ranges = necessaryComparisons(filter).filter(
    ({ field, operator, value }) =>
      field.entity === 'metric' && rangeOperators.includes(operator) && typeof value === 'number',
  )
  if (walk === undefined && ranges.length === 0) return { kind: 'runs' }
  if ((await countUpTo(ctx, sql`runs where ${allOf(toScope(query))}`)) < fewRuns) return { kind: 'runs' }
  for (const comparison of ranges) {
    const count = await countUpTo(ctx, sql`latest_metrics as ranged where ${inRange(comparison, 'ranged')}`)
    if (count < fewRuns) return { kind: 'range', comparison }
  }
  if (walk === undefined) return { kind: 'runs' }
  return { kind: 'walk', key: walk.field.key, descending: walk.descending, ranges: ranges.filter(isOf(walk.field.key)) }
}

function isOf(key: string): (comparison: Comparison) => boolean {
  return ({ field }) => field.key === key
}

/** The rows of `latest_metrics`, under this name, that a comparison of a metric with a number means. */
export function inRange({ field, operator, value }: Comparison, name: string): RawBuilder<SqlBool> {
  const column = (of: string) => sql.ref(`${name}.${of}`)
  return sql<SqlBool>`${column('key')} = ${field.key} and ${column('is_nan')} = 0 and ${column('value')} ${sql.raw(operator)} ${value}`
}

async function countUpTo(ctx: TrackingContext, rows: RawBuilder<unknown>): Promise<number> {
  const counted = sql<{
    n: number | string
  }>`select count(*) as n from (select 1 from ${rows} limit ${fewRuns}) as few`
  const { rows: found } = await counted.execute(tablesOf(ctx))
  return Number(found[0]!.n)
}
