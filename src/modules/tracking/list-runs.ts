import { type RawBuilder, type SqlBool, sql } from 'kysely'

import type { RunId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/page.ts'
import { type TrackingContext, tablesOf } from './context.ts'
import { compileComparison } from './filter/compile.ts'
import { parseFilter, parseOrder } from './filter/parse.ts'
import { type SortKey, toSortKeys } from './filter/sort-keys.ts'
import { loadRuns } from './get-run.ts'
import { checkInteger } from './limits.ts'
import { readPageToken, type SortValues, writePageToken } from './page-token.ts'
import type { LifecycleStage, Run, RunKind, RunStatus } from './run.ts'
import type { RunRow } from './tables.ts'

/** Which runs, in which order. Every condition that is given must hold. */
export interface RunQuery {
  readonly experimentIds?: readonly string[]
  readonly pipeline?: string
  readonly kinds?: readonly RunKind[]
  readonly statuses?: readonly RunStatus[]
  /** Started at this time or later. */
  readonly sinceMs?: number
  readonly parentId?: RunId
  /** MLflow's search grammar; see filter/parse.ts. */
  readonly filter?: string
  /** `metrics.rocAuc DESC`; newest first when empty. */
  readonly orderBy?: readonly string[]
  /** Active runs unless it says otherwise. */
  readonly lifecycle?: LifecycleStage | 'all'
  /** Runs per page; 100 by default, 50,000 at most, as in MLflow. */
  readonly limit?: number
  readonly pageToken?: string
}

const defaultLimit = 100
const largestLimit = 50_000

/**
 * A page of runs. Runs that start meanwhile neither repeat nor hide a run of a later page, since a page begins after
 * the last run of the one before, not at a count.
 */
export async function listRuns(ctx: TrackingContext, query: RunQuery = {}): Promise<Page<Run>> {
  const { rows, next } = await listRunRows(ctx, query)
  const items = await loadRuns(tablesOf(ctx), rows)
  return next === undefined ? { items } : { items, next }
}

/** A page of runs as rows, without what they have logged. */
export async function listRunRows(
  ctx: TrackingContext,
  query: RunQuery,
): Promise<{ readonly rows: readonly RunRow[]; readonly next: string | undefined }> {
  const limit = query.limit ?? defaultLimit
  checkInteger(limit, 'The page size', 0)
  const pageSize = Math.max(1, Math.min(limit, largestLimit))
  const conditions = toConditions(query)
  const keys = toSortKeys(parseOrder(query.orderBy ?? []))
  const { limit: _, pageToken, ...list } = query

  const columns = keys.map((key, index) => key.expression.as(`sort_${index}`))
  let page = tablesOf(ctx)
    .selectFrom((from) => from.selectFrom('runs').selectAll('runs').select(columns).where(allOf(conditions)).as('page'))
    .selectAll()
    .limit(pageSize + 1)
  for (const [index, key] of keys.entries()) {
    page = page.orderBy(sql.ref(`page.sort_${index}`), key.descending ? 'desc' : 'asc')
  }
  if (pageToken !== undefined) {
    const after = readPageToken(list, pageToken, keys.length)
    page = page.where(comesAfter(keys, after))
  }
  const rows = (await page.execute()) as readonly (RunRow & Record<`sort_${number}`, string | number>)[]
  const shown = rows.slice(0, pageSize)
  const last = shown.at(-1)
  if (rows.length <= pageSize || last === undefined) return { rows: shown, next: undefined }
  const values = keys.map((_, index) => last[`sort_${index}`]!)
  return { rows: shown, next: writePageToken(list, values) }
}

/** How many runs a query means, without its page. */
export async function countRuns(ctx: TrackingContext, query: RunQuery): Promise<number> {
  const counted = tablesOf(ctx)
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
  const { count } = await counted.where(allOf(toConditions(query))).executeTakeFirstOrThrow()
  return Number(count)
}

/** Every run of a list, page by page. */
export async function* eachRun(ctx: TrackingContext, query: Omit<RunQuery, 'pageToken'>): AsyncGenerator<Run> {
  let pageToken: string | undefined
  do {
    const page: Page<Run> = await listRuns(ctx, pageToken === undefined ? query : { ...query, pageToken })
    yield* page.items
    pageToken = page.next
  } while (pageToken !== undefined)
}

function toConditions(query: RunQuery): readonly RawBuilder<SqlBool>[] {
  const conditions = parseFilter(query.filter ?? '').map(compileComparison)
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

function isOneOf(column: keyof RunRow, values: readonly (string | number)[]): RawBuilder<SqlBool> {
  return values.length === 0 ? sql<SqlBool>`1 = 0` : sql<SqlBool>`${sql.ref(`runs.${column}`)} in (${sql.join(values)})`
}

function allOf(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql<SqlBool>`1 = 1` : sql<SqlBool>`${sql.join(conditions, sql` and `)}`
}

/** True for rows behind these values in the order: the first key that differs decides. */
function comesAfter(keys: readonly SortKey[], after: SortValues): RawBuilder<SqlBool> {
  const branches = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((_, earlier) => sql<SqlBool>`${sortColumn(earlier)} = ${after[earlier]}`)
    const beyond = sql<SqlBool>`${sortColumn(index)} ${sql.raw(key.descending ? '<' : '>')} ${after[index]}`
    return sql<SqlBool>`(${sql.join([...equal, beyond], sql` and `)})`
  })
  return sql<SqlBool>`(${sql.join(branches, sql` or `)})`
}

function sortColumn(index: number): RawBuilder<unknown> {
  return sql.ref(`page.sort_${index}`)
}
