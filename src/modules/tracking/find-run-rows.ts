import { type RawBuilder, type SqlBool, sql } from 'kysely'

import { inChunks, type TrackingContext, tablesOf } from './context.ts'
import type { Comparison } from './filter/comparison.ts'
import type { Condition } from './filter/condition.ts'
import type { Order } from './filter/parse.ts'
import { type RunOrder, type SortKey, toRunOrder } from './filter/sort-keys.ts'
import type { RunQuery } from './list-runs.ts'
import type { SortValues } from './page-token.ts'
import { allOf, toConditions } from './run-conditions.ts'
import { choosePlan, inRange, type SearchPlan } from './search-plan.ts'
import type { RunRow } from './tables.ts'

/** A row with the values that it was sorted by. */
export type SortedRow = RunRow & { readonly sorts: SortValues }

type PlaceRow = { readonly id: string } & Readonly<Record<`sort_${number}`, string | number>>

export interface RowSearch {
  readonly filter: Condition | undefined
  readonly orders: readonly Order[]
  readonly limit: number
  /** The sort values of the row that the page comes after. */
  readonly after?: SortValues
}

/** One SELECT: where it begins, and how its rows are sorted. */
interface Select extends RunOrder {
  readonly from: RawBuilder<unknown>
  readonly conditions: readonly RawBuilder<SqlBool>[]
}

/** The first rows of a query in its order. */
export async function findRunRows(
  ctx: TrackingContext,
  query: RunQuery,
  search: RowSearch,
): Promise<readonly SortedRow[]> {
  const order = toRunOrder(search.orders)
  const plan = await choosePlan(ctx, query, search)
  const conditions = toConditions(query, search.filter, answeredBy(plan))
  const rows: PlaceRow[] = []
  for (const select of toSelects(plan, order)) {
    const rest = search.limit - rows.length
    if (rest <= 0) break
    rows.push(
      ...(await run(ctx, { ...select, conditions: [...select.conditions, ...conditions] }, { ...search, limit: rest })),
    )
  }
  return await loadRows(ctx, rows)
}

/** The comparisons that hold for every row of the plan already. */
function answeredBy(plan: SearchPlan): readonly Comparison[] {
  if (plan.kind === 'range') return [plan.comparison]
  return plan.kind === 'walk' ? plan.ranges : []
}

/** The whole rows: what is sorted is kept narrow, since most of it may be beyond the page. */
async function loadRows(ctx: TrackingContext, places: readonly PlaceRow[]): Promise<readonly SortedRow[]> {
  const whole = new Map<string, RunRow>()
  for (const chunk of inChunks(places)) {
    const ids = chunk.map(({ id }) => id)
    for (const row of await tablesOf(ctx).selectFrom('runs').selectAll().where('id', 'in', ids).execute()) {
      whole.set(row.id, row)
    }
  }
  return places.flatMap((place) => {
    const row = whole.get(place.id)
    return row === undefined ? [] : [{ ...row, sorts: sortsOf(place) }]
  })
}

function sortsOf(place: PlaceRow): SortValues {
  const values: (string | number)[] = []
  for (let index = 0; `sort_${index}` in place; index += 1) values.push(place[`sort_${index}`]!)
  return values
}

function toSelects(plan: SearchPlan, order: RunOrder): readonly Select[] {
  switch (plan.kind) {
    case 'runs':
      return [{ ...order, from: sql`runs`, conditions: [] }]
    case 'range': {
      // CROSS JOIN: SQLite reads the tables in this order, which is what the plan is.
      const conditions = [sql<SqlBool>`runs.id = ranged.run_id`, inRange(plan.comparison, 'ranged')]
      return [{ ...order, from: sql`latest_metrics as ranged cross join runs`, conditions }]
    }
    case 'walk':
      return toWalk(plan, order)
  }
}

/** Numbers in their order, then NaN, then the runs without the metric: one SELECT for each. */
function toWalk(plan: SearchPlan & { kind: 'walk' }, { joins, keys }: RunOrder): readonly Select[] {
  const [, , ...ties] = keys
  const others = joins.slice(1)
  const walked = sql`latest_metrics as by_0 cross join runs`
  const withMetric = (isNan: number) => [
    sql<SqlBool>`runs.id = by_0.run_id`,
    sql<SqlBool>`by_0.key = ${plan.key}`,
    sql<SqlBool>`by_0.is_nan = ${isNan}`,
  ]
  const place = (constant: number): SortKey => ({
    expression: sql`cast(${constant} as bigint)`,
    descending: false,
    constant,
  })
  const value = { expression: sql.ref('by_0.value'), descending: plan.descending }
  const without = sql<SqlBool>`not exists (select 1 from latest_metrics where run_id = runs.id and key = ${plan.key})`
  const within = plan.ranges.map((comparison) => inRange(comparison, 'by_0'))
  const numbers = {
    from: walked,
    joins: others,
    keys: [place(0), value, ...ties],
    conditions: [...withMetric(0), ...within],
  }
  // NaN is in no range, and neither is what is not there.
  if (within.length > 0) return [numbers]
  return [
    numbers,
    { from: walked, joins: others, keys: [place(1), place(0), ...ties], conditions: withMetric(1) },
    { from: sql`runs`, joins: others, keys: [place(2), place(0), ...ties], conditions: [without] },
  ]
}

async function run(
  ctx: TrackingContext,
  { from, joins, keys, conditions }: Select,
  { limit, after }: { readonly limit: number; readonly after?: SortValues },
): Promise<readonly PlaceRow[]> {
  const behind = after === undefined ? [] : comesAfter(keys, after)
  if (behind === undefined) return []
  const columns = keys.map(({ expression }, index) => sql`${expression} as ${sql.id(`sort_${index}`)}`)
  const sorted = keys.filter(({ constant }) => constant === undefined)
  const order = sorted.map(({ expression, descending }) => sql`${expression} ${sql.raw(descending ? 'desc' : 'asc')}`)
  const select = sql<PlaceRow>`select runs.id, ${sql.join(columns)} from ${from} ${sql.join(joins, sql` `)}
where ${allOf([...conditions, ...behind])} order by ${sql.join(order)} limit ${limit}`
  return (await select.execute(tablesOf(ctx))).rows
}

/**
 * The conditions for rows behind these values in the order: the first key that differs decides. Undefined when no row
 * can be.
 */
function comesAfter(keys: readonly SortKey[], after: SortValues): readonly RawBuilder<SqlBool>[] | undefined {
  const [key, ...rest] = keys
  if (key === undefined) return undefined
  const { constant, expression, descending } = key
  const value = after[0]!
  if (constant !== undefined) {
    if (constant === value) return comesAfter(rest, after.slice(1))
    return constant > Number(value) ? [] : undefined
  }
  const beyond = sql<SqlBool>`${expression} ${sql.raw(descending ? '<' : '>')} ${value}`
  const equal = sql<SqlBool>`${expression} = ${value}`
  const further = comesAfter(rest, after.slice(1))
  if (further === undefined) return [beyond]
  // The first condition follows from the second; an engine needs it to begin at that place of an index.
  const from = sql<SqlBool>`${expression} ${sql.raw(descending ? '<=' : '>=')} ${value}`
  return [from, sql<SqlBool>`(${beyond} or (${equal} and ${allOf(further)}))`]
}
