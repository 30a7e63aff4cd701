import type { RunId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/page.ts'
import { type TrackingContext, tablesOf } from './context.ts'
import { parseCondition } from './filter/condition.ts'
import { parseOrder } from './filter/parse.ts'
import { toRunOrder } from './filter/sort-keys.ts'
import { findRunRows } from './find-run-rows.ts'
import { loadRuns } from './get-run.ts'
import { checkInteger } from './limits.ts'
import { readPageToken, writePageToken } from './page-token.ts'
import { allOf, toConditions } from './run-conditions.ts'
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
  /** MLflow's search grammar; see filter/condition.ts. */
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
  const filter = parseCondition(query.filter ?? '')
  const orders = parseOrder(query.orderBy ?? [])
  const { limit: _, pageToken, ...list } = query
  const after = pageToken === undefined ? undefined : readPageToken(list, pageToken, toRunOrder(orders).keys.length)
  const search = { filter, orders, limit: pageSize + 1, ...(after === undefined ? {} : { after }) }
  const rows = await findRunRows(ctx, query, search)
  const shown = rows.slice(0, pageSize)
  const last = shown.at(-1)
  if (rows.length <= pageSize || last === undefined) return { rows: shown, next: undefined }
  return { rows: shown, next: writePageToken(list, last.sorts) }
}

/** How many runs a query means, without its page. */
export async function countRuns(ctx: TrackingContext, query: RunQuery): Promise<number> {
  const counted = tablesOf(ctx)
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
  const { count } = await counted
    .where(allOf(toConditions(query, parseCondition(query.filter ?? ''))))
    .executeTakeFirstOrThrow()
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
