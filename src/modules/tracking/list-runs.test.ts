import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestBytes } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import { finishRun, listRuns, logInputs, logMetrics, logParams, type RunQuery, setTags, startRun } from './index.ts'
import { openTracking, type TrackingFixture } from './tracking.fixture.ts'

let ctx: TrackingFixture
beforeEach(async () => {
  ctx = await openTracking()
})
afterEach(() => ctx[Symbol.asyncDispose]())

async function addRun(
  name: string,
  facts: { metrics?: Record<string, number>; params?: Record<string, string> } = {},
): Promise<RunId> {
  ctx.tick(1000)
  const id = await startRun(ctx, { name, kind: 'run' })
  await logMetrics(ctx, id, facts.metrics ?? {})
  await logParams(ctx, id, facts.params ?? {})
  return id
}

async function names(query: RunQuery): Promise<readonly string[]> {
  return (await listRuns(ctx, query)).items.map((run) => run.name)
}

const filtered = async (filter: string): Promise<readonly string[]> => (await names({ filter })).toSorted()

describe('a list', () => {
  test('is the newest first', async () => {
    for (const name of ['a', 'b', 'c']) await addRun(name)
    expect(await names({})).toEqual(['c', 'b', 'a'])
  })

  test('is narrowed by each condition that is given', async () => {
    const a = await startRun(ctx, { name: 'a', kind: 'pipeline', pipeline: 'churn' })
    ctx.tick(1000)
    await startRun(ctx, { name: 'b', kind: 'step', parentId: a, pipeline: 'churn' })
    await startRun(ctx, { name: 'c', kind: 'pipeline', pipeline: 'demand' })
    await finishRun(ctx, a, { status: 'FAILED' })
    expect(await names({ pipeline: 'churn', kinds: ['pipeline'] })).toEqual(['a'])
    expect(await names({ statuses: ['FAILED'] })).toEqual(['a'])
    expect(await names({ statuses: [] })).toEqual([])
    expect(await names({ parentId: a })).toEqual(['b'])
    expect((await names({ sinceMs: ctx.clock.now().getTime() })).toSorted()).toEqual(['b', 'c'])
    expect(await names({ experimentIds: ['1'] })).toEqual([])
    expect(await names({ experimentIds: ['0'], lifecycle: 'deleted' })).toEqual([])
    expect((await names({ experimentIds: ['0'], lifecycle: 'all' })).length).toBe(3)
  })

  test('is empty before the first run', async () => {
    expect(await listRuns(ctx)).toEqual({ items: [] })
  })
})

describe('a filter', () => {
  beforeEach(async () => {
    const a = await addRun('alpha', { metrics: { rocAuc: 0.71, 'val loss': 2 }, params: { horizonDays: '30' } })
    await addRun('Beta', { metrics: { rocAuc: 0.69 }, params: { horizonDays: '60' } })
    await addRun('gamma', { metrics: { rocAuc: Number.NaN } })
    const d = await addRun('delta', {
      metrics: { rocAuc: Infinity, zero: -0 },
      params: { horizonDays: '30', path: 'a\\b_c%' },
    })
    await logMetrics(ctx, a, [{ key: 'rocAuc', value: 0.5, step: -1 }])
    await setTags(ctx, d, { team: "o'neil", 'mlflow.source.name': 'x' })
    await logInputs(ctx, a, { train: { kind: 'table', dataset: 'customers', version: 1, digest: digestBytes('c') } })
    await finishRun(ctx, d, { status: 'FINISHED' })
  })

  test.each([
    ["metrics.rocAuc > 0.7 and params.horizonDays = '30'", ['alpha', 'delta']],
    ['metric.rocAuc>0.7', ['alpha', 'delta']],
    ['metrics.rocAuc <= .71', ['Beta', 'alpha']],
    ['metrics.rocAuc != 0.71', ['Beta', 'delta', 'gamma']],
    ['metrics.rocAuc = 0', []],
    ['metrics.zero = 0', ['delta']],
    ['metrics.zero >= -1e-3 AND metrics.zero < 1E+2', ['delta']],
    ['metrics.`val loss` = 2', ['alpha']],
    ['metrics."val loss" = 2', ['alpha']],
    ['`metrics`."val loss" = 2', ['alpha']],
    ["parameters.horizonDays != '30'", ['Beta']],
    ["params.path = 'a\\b_c%'", ['delta']],
    ["params.path LIKE 'a\\b%'", ['delta']],
    ["params.path LIKE 'a!%'", []],
    ["tags.team = 'o''neil'", ['delta']],
    ['tags.team = "o\'neil"', ['delta']],
    ["tags.mlflow.source.name = 'x'", ['delta']],
    ["tags.`mlflow.runName` = 'alpha'", ['alpha']],
    ["run_name LIKE 'b%'", []],
    ["attributes.run_name ILIKE 'b%'", ['Beta']],
    ["attr.`Run name` = 'gamma'", ['gamma']],
    ["status = 'FINISHED'", ['delta']],
    ["attributes.status != 'FINISHED'", ['Beta', 'alpha', 'gamma']],
    ["run_name in ('alpha','Beta')", ['Beta', 'alpha']],
    ["run_name NOT  IN ('alpha', 'Beta')", ['delta', 'gamma']],
    ["dataset.name = 'customers' and dataset.context = 'train'", ['alpha']],
    ["datasets.digest LIKE 'sha256:%'", ['alpha']],
    ['end_time > 0', ['delta']],
    ['start_time < 0', []],
    ["host = 'nowhere'", []],
    ['', ['Beta', 'alpha', 'delta', 'gamma']],
    ['  \n ', ['Beta', 'alpha', 'delta', 'gamma']],
  ])('%s', async (filter, expected) => {
    expect(await filtered(filter)).toEqual(expected)
  })

  test.each([
    ['metrics.rocAuc', 'an operator is missing'],
    ['metrics.rocAuc >', 'a value is missing'],
    ["metrics.rocAuc > '0.7'", 'compared with a number'],
    ['metrics.rocAuc LIKE 1', 'takes ='],
    ['params.a = 1', 'compared with a text'],
    ["params.a > '1'", 'takes ='],
    ["params.a in ('1')", 'takes ='],
    ["'params'.a = '1'", 'single quotes'],
    ["a.b = '1'", "Invalid entity type 'a'"],
    ["nothing = '1'", "Invalid attribute key 'nothing' specified. Valid keys are run_id"],
    ["constructor = '1'", "Invalid attribute key 'constructor'"],
    ["__proto__.a = '1'", "Invalid entity type '__proto__'"],
    ["status = 'RUNNING' xor status = 'FAILED'", 'joined by AND'],
    ["status = 'RUNNING' or", 'a name is missing at the end'],
    ["status = 'RUNNING' and", 'a name is missing at the end'],
    ["(status = 'RUNNING'", 'a parenthesis is not closed'],
    ["status = 'RUNNING')", 'joined by AND'],
    [`${'('.repeat(99)}status = 'RUNNING'`, 'more than 50 parentheses'],
    ["status = 'RUNNING", 'not closed'],
    ["status <> 'RUNNING'", '<> is not an operator'],
    ['status = RUNNING', 'a value is missing'],
    ['status = `RUNNING`', 'a value is missing'],
    ["run_id in ('a' 'b')", 'not closed'],
    ['run_id in ()', 'texts in single quotes'],
    ["run_id in 'a'", 'a list is missing'],
    ["status = 'a'; drop table runs", 'joined by AND'],
    ['metrics. = 1', 'a key is missing'],
    ['metrics.a = 1.2.3', 'a value is missing'],
  ])('refuses %s', async (filter, reason) => {
    const error = await listRuns(ctx, { filter }).catch((failure: unknown) => failure)
    expect(error).toMatchObject({ code: 'tracking.invalid_filter', kind: 'usage' })
    expect(String(error)).toContain(reason)
  })
})

describe('an order', () => {
  beforeEach(async () => {
    await addRun('one', { metrics: { m: 1 }, params: { p: 'b' } })
    await addRun('none')
    await addRun('nan', { metrics: { m: Number.NaN }, params: { p: 'a' } })
    await addRun('up', { metrics: { m: Infinity } })
    await addRun('two', { metrics: { m: 2 }, params: { p: 'b' } })
  })

  test.each([
    [['metrics.m'], ['one', 'two', 'up', 'nan', 'none']],
    [['metrics.m DESC'], ['up', 'two', 'one', 'nan', 'none']],
    [
      ['params.p desc', 'metrics.m ASC'],
      ['one', 'two', 'nan', 'up', 'none'],
    ],
    [['start_time'], ['one', 'none', 'nan', 'up', 'two']],
    [['attributes.run_name'], ['nan', 'none', 'one', 'two', 'up']],
    [['params.p'], ['nan', 'two', 'one', 'up', 'none']],
  ])('%j', async (orderBy, expected) => {
    expect(await names({ orderBy })).toEqual(expected)
  })

  test.each([[['metrics.m', 'metric.m DESC']], [['metrics.m DOWN']], [['dataset.name']], [['nothing']]])(
    'refuses %j',
    async (orderBy) => {
      await expect(listRuns(ctx, { orderBy })).rejects.toMatchObject({ code: 'tracking.invalid_filter' })
    },
  )
})

describe('pages', () => {
  const value = fc.constantFrom(0, 1, 1, 0.1 + 0.2, -1e300, Infinity, -Infinity, Number.NaN, undefined)
  const text = fc.constantFrom('a', 'b', 'B', '', 'ä', undefined)
  const order = fc.constantFrom<readonly string[]>(
    [],
    ['metrics.m'],
    ['metrics.m DESC'],
    ['params.p', 'metrics.m DESC'],
    ['params.p DESC'],
    ['end_time DESC'],
    ['run_name', 'start_time DESC'],
  )

  test('show every run once, in the order of the whole list, whatever starts meanwhile', async () => {
    const runs = fc.array(fc.record({ m: value, p: text, later: fc.integer({ min: 0, max: 1 }) }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(runs, order, fc.integer({ min: 1, max: 5 }), async (list, orderBy, limit) => {
        const ids = new Set<string>()
        const experimentId = String(ids.size)
        const pipeline = `p${Math.random()}`
        for (const { m, p, later } of list) {
          ctx.tick(later)
          const id = await startRun(ctx, {
            name: p || 'x',
            kind: 'run',
            experimentId,
            pipeline,
            parameters: p === undefined ? {} : { p },
          })
          if (m !== undefined) await logMetrics(ctx, id, { m })
          ids.add(id)
        }
        const whole = (await listRuns(ctx, { orderBy, pipeline })).items.map((run) => run.id)
        expect(new Set(whole)).toEqual(ids)
        const paged: string[] = []
        for (let pageToken: string | undefined; ; ) {
          const page = await listRuns(ctx, {
            orderBy,
            pipeline,
            limit,
            ...(pageToken === undefined ? {} : { pageToken }),
          })
          expect(page.items.length).toBeLessThanOrEqual(limit)
          paged.push(...page.items.map((run) => run.id))
          ctx.tick(1)
          const other = await startRun(ctx, { name: 'meanwhile', kind: 'run', pipeline, parameters: { p: 'a' } })
          await logMetrics(ctx, other, { m: 0.5 })
          if (page.next === undefined) break
          pageToken = page.next
        }
        expect(paged.filter((id) => ids.has(id))).toEqual(whole)
        expect(new Set(paged).size).toBe(paged.length)
      }),
      { numRuns: 40 },
    )
  })

  test('refuse a token of another list and a damaged one', async () => {
    for (let turn = 0; turn < 3; turn += 1) await addRun(`r${turn}`)
    const { next } = await listRuns(ctx, { limit: 1, orderBy: ['metrics.m'] })
    const pageToken = next!
    await listRuns(ctx, { limit: 2, orderBy: ['metrics.m'], pageToken })
    const refused = { code: 'tracking.invalid_page_token', kind: 'usage' }
    await expect(listRuns(ctx, { limit: 1, orderBy: ['metrics.n'], pageToken })).rejects.toMatchObject(refused)
    await expect(listRuns(ctx, { limit: 1, pageToken })).rejects.toMatchObject(refused)
    await expect(listRuns(ctx, { limit: 1, pageToken: 'rubbish' })).rejects.toMatchObject(refused)
    await expect(listRuns(ctx, { limit: 1, pageToken: '' })).rejects.toMatchObject(refused)
  })
})
