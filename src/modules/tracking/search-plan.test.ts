import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { inChunks, tablesOf } from './context.ts'
import { parseCondition } from './filter/condition.ts'
import { parseOrder } from './filter/parse.ts'
import { createExperiment, listRuns, type RunQuery, startRun } from './index.ts'
import { choosePlan } from './search-plan.ts'
import { openTracking, type TrackingFixture } from './tracking.fixture.ts'

// Enough runs that searches begin at an index; what they find is compared with the same search written down plainly.

const count = 4500

interface Seen {
  readonly id: string
  readonly startedMs: number
  /** Absent for every fifth, NaN for every seventh. */
  readonly auc: number | undefined
  readonly loss: number
  readonly depth: string
}

let ctx: TrackingFixture
let runs: readonly Seen[]
let experimentId: string

beforeAll(async () => {
  ctx = await openTracking()
  experimentId = (await createExperiment(ctx, 'many')).id
  const first = await startRun(ctx, { name: 'first', kind: 'run', experimentId })
  const row = await tablesOf(ctx).selectFrom('runs').selectAll().where('id', '=', first).executeTakeFirstOrThrow()
  await tablesOf(ctx).deleteFrom('runs').execute()
  runs = Array.from({ length: count }, (_, index) => ({
    id: index.toString(16).padStart(32, '0'),
    // Some start at the same time, many have the same value: the rest of the order decides.
    startedMs: 1000 + (index % 900),
    auc: index % 5 === 0 ? undefined : index % 7 === 0 ? Number.NaN : ((index * 37) % 50) / 50,
    loss: ((index * 101) % 4501) / 4501,
    depth: String(index % 6),
  }))
  const metric = (id: string, key: string, value: number) => {
    const isNan = Number.isNaN(value)
    const nothing = { model_id: null, dataset_name: null, dataset_digest: null }
    return { run_id: id, key, value: isNan ? 0 : value, is_nan: Number(isNan), timestamp_ms: 1, step: 0, ...nothing }
  }
  for (const chunk of inChunks(runs)) {
    const rows = chunk.map(({ id, startedMs }) => ({ ...row, id, started_ms: startedMs }))
    await tablesOf(ctx).insertInto('runs').values(rows).execute()
    const metrics = chunk.flatMap(({ id, auc, loss }) => [
      ...(auc === undefined ? [] : [metric(id, 'auc', auc)]),
      metric(id, 'loss', loss),
    ])
    await tablesOf(ctx).insertInto('latest_metrics').values(metrics).execute()
    const params = chunk.map(({ id, depth }) => ({ run_id: id, key: 'depth', value: depth }))
    await tablesOf(ctx).insertInto('params').values(params).execute()
  }
})
afterAll(() => ctx[Symbol.asyncDispose]())

/** Numbers in their direction, then NaN, then what is missing; then the newest, then by id. */
function inOrder(found: readonly Seen[], value: (run: Seen) => number | undefined, descending: boolean): string[] {
  const rank = (of: number | undefined) => (of === undefined ? 2 : Number.isNaN(of) ? 1 : 0)
  const sorted = found.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (rank(x) !== rank(y)) return rank(x) - rank(y)
    if (rank(x) === 0 && x !== y) return (descending ? -1 : 1) * (x! - y!)
    return b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1)
  })
  return sorted.map(({ id }) => id)
}

async function allPages(query: RunQuery): Promise<string[]> {
  const ids: string[] = []
  let pageToken: string | undefined
  do {
    const page = await listRuns(ctx, pageToken === undefined ? query : { ...query, pageToken })
    ids.push(...page.items.map(({ id }) => id))
    pageToken = page.next
  } while (pageToken !== undefined)
  return ids
}

const auc = (run: Seen) => run.auc
const newest = () => undefined

interface Case {
  readonly plan: string
  readonly filter?: string
  readonly orderBy?: readonly string[]
  readonly expected: () => string[]
}

const cases: readonly Case[] = [
  { plan: 'walk', orderBy: ['metrics.auc DESC'], expected: () => inOrder(runs, auc, true) },
  { plan: 'walk', orderBy: ['metrics.auc ASC'], expected: () => inOrder(runs, auc, false) },
  {
    plan: 'walk',
    filter: "params.depth = '3'",
    orderBy: ['metrics.auc DESC'],
    expected: () =>
      inOrder(
        runs.filter(({ depth }) => depth === '3'),
        auc,
        true,
      ),
  },
  {
    plan: 'walk',
    filter: 'metrics.loss >= 0 and metrics.loss < 2',
    orderBy: ['metrics.loss'],
    expected: () => inOrder(runs, ({ loss }) => loss, false),
  },
  {
    plan: 'range',
    filter: "metrics.loss > 0.9 and (params.depth = '1' or metrics.auc > 0.5)",
    orderBy: ['metrics.auc ASC'],
    expected: () =>
      inOrder(
        runs.filter((run) => run.loss > 0.9 && (run.depth === '1' || (run.auc ?? 0) > 0.5)),
        auc,
        false,
      ),
  },
  {
    plan: 'range',
    filter: 'metrics.auc = 0.5',
    expected: () =>
      inOrder(
        runs.filter((run) => run.auc === 0.5),
        newest,
        false,
      ),
  },
  {
    plan: 'runs',
    filter: 'metrics.loss != 7 or metrics.auc > 0.5',
    expected: () => inOrder(runs, newest, false),
  },
]

describe('searches of many runs', () => {
  test.each(cases)('$plan: $filter $orderBy', async ({ plan, expected, ...wishes }) => {
    const query = { experimentIds: [experimentId], ...wishes, limit: 700 }
    const search = { filter: parseCondition(query.filter ?? ''), orders: parseOrder(query.orderBy ?? []) }
    expect((await choosePlan(ctx, query, search)).kind).toBe(plan)
    expect(await allPages(query)).toEqual(expected())
  })
})
