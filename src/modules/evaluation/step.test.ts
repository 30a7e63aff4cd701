import { afterAll, describe, expect, test } from 'vitest'

import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import { contract } from '../contracts/index.ts'
import { churnModel, createBench, customersSql, spendModel } from './evaluation.fixture.ts'
import type { QualityReport } from './contract.ts'
import { qualityFacts, readQualityReport } from './quality-facts.ts'
import { createEvaluateStep } from './step.ts'
import { join } from 'node:path'
import { existsSync } from 'node:fs'

const bench = createBench((temporaryFolder) => createDuckdbEngine({ temporaryFolder, memoryLimitMb: 512, threads: 1 }))
const kind = createEvaluateStep(bench.context)
afterAll(async () => {
  await bench.engine[Symbol.asyncDispose]()
})

const customers = await bench.table('customers', customersSql(2_000))
const train = await bench.table('train', customersSql(1_500, 10_000))
const validation = await bench.table('validation', customersSql(800, 20_000))
const model = await bench.model(churnModel)

const churn = contract({
  name: 'churn',
  task: 'binary',
  target: 'churned',
  positive: 'true',
  owners: { dataScience: 'Ada', engineering: 'Grace' },
  input: { recency_days: { type: 'number' }, orders: { type: 'integer' } },
  output: { churn_probability: { type: 'number', min: 0, max: 1 } },
  quality: {
    rocAuc: { min: 0.7, interval: 'lower' },
    gainOverBaseline: [{ over: 'heuristic', metric: 'rocAuc', min: 0, interval: 'lower' }],
  },
  slices: ['country', { column: 'recency_days', bins: 3 }],
  behaviour: [
    { monotone: 'recency_days', direction: 'increasing' },
    { monotone: 'orders', direction: 'decreasing' },
    { invariant: 'country' },
  ],
  latency: { p95Ms: 1_000 },
  size: { maxMb: 1 },
  costs: { currency: 'EUR', falsePositive: 5, falseNegative: 40, truePositive: -10 },
  heuristic: { name: 'longest without an order', sql: 'recency_days' },
})

async function reportOf(step: Parameters<typeof kind.run>[0]): Promise<QualityReport> {
  const result = await kind.run(step)
  const ref = result.outputs['report'] as { digest: `sha256:${string}` }
  const folder = join(step.workFolder, 'read-back')
  await bench.context.folders.restore(ref.digest, folder)
  return await readQualityReport(folder)
}

describe('evaluate', () => {
  test('measures a model against its contract, its baselines and its slices', async () => {
    const step = bench.evaluate({ model, data: customers, train, validation }, { contract: churn })
    const result = await kind.run(step)
    expect(result.summary).toMatch(/^ROC AUC 0\.\d{3} \[0\.\d{3}, 0\.\d{3}\] on 2,000 rows$/)
    expect(result.metrics!['rocAuc.lower']!).toBeLessThan(result.metrics!['rocAuc']!)
    expect(existsSync(join(step.projectRoot, result.notices![0]!.text))).toBe(true)

    const report = await reportOf(bench.evaluate({ model, data: customers, train, validation }, { contract: churn }))
    expect(report.metrics['rocAuc']!.value).toBeGreaterThan(0.75)
    expect(report.contract!.holds).toBe(true)
    expect(report.verdict.sentence).toContain('Keeps the contract churn')
    expect(report.verdict.points).toHaveLength(3)
    expect(report.binary!.decision.chosenBy).toBe('value on validation')
    expect(report.baselines.map((each) => [each.name, each.state])).toEqual([
      ['zeroRule', 'measured'],
      ['heuristic', 'measured'],
      ['champion', 'absent'],
    ])
    const heuristic = report.baselines[1] as Extract<(typeof report.baselines)[number], { state: 'measured' }>
    expect(heuristic.gains['rocAuc']!.lower).toBeGreaterThan(0)
    expect(heuristic.gains['rocAuc']!.value).toBeCloseTo(
      report.metrics['rocAuc']!.value - heuristic.metrics['rocAuc']!.value,
      12,
    )
    expect(Object.keys(heuristic.metrics)).toEqual(['rocAuc', 'prAuc'])
    expect(report.slices.map((slice) => slice.column)).toEqual(['country', 'recency_days'])
    expect(report.slices[1]!.values).toHaveLength(3)
    expect(report.slices[0]!.values.reduce((sum, value) => sum + value.rows, 0)).toBe(2_000)
    const aucs = report.slices[1]!.values.map((value) => value.metrics['rocAuc']!.value)
    expect(aucs).toEqual(aucs.toSorted((a, b) => a - b))
    expect(report.importance!.features[0]!.feature).toBe('recency_days')
    expect(report.behaviour.map((each) => each.brokenShare)).toEqual([0, 0, 0])
  })

  test('the same facts give the same numbers, whatever the clock says', async () => {
    const measure = async () => {
      const { latency, provenance, contract, verdict, ...rest } = await reportOf(
        bench.evaluate({ model, data: customers, train, validation }, { contract: churn }),
      )
      return { rest, known: [latency, provenance, contract, verdict].every((part) => part !== undefined) }
    }
    const first = await measure()
    expect(first.known).toBe(true)
    expect((await measure()).rest).toEqual(first.rest)
  })

  test('a broken promise is named with its size and its side', async () => {
    const backwards = await bench.model({
      ...churnModel,
      coefficients: { recency_days: -0.03, orders: 0.25 },
      intercept: 3,
    })
    const report = await reportOf(bench.evaluate({ model: backwards, data: customers, train }, { contract: churn }))
    expect(report.contract!.holds).toBe(false)
    expect(report.verdict.sentence).toMatch(/^Breaks \d+ of \d+ promises/)
    expect(report.behaviour[0]).toMatchObject({ kind: 'monotone', direction: 'increasing' })
    expect(report.behaviour[0]!.brokenShare).toBeGreaterThan(0.9)
  })

  test('a champion is met on the same rows; itself or one that cannot score is said so', async () => {
    const weaker = await bench.model({ ...churnModel, coefficients: { recency_days: 0.03 }, intercept: -1.8 })
    bench.champion = { version: 3, digest: (weaker as { digest: `sha256:${string}` }).digest }
    const met = await reportOf(bench.evaluate({ model, data: customers, train }, { contract: churn }))
    expect(met.baselines[2]).toMatchObject({ state: 'measured', label: 'Champion: version 3' })
    const facts = qualityFacts(met)
    expect(
      facts.gains!.find((gain) => gain.over === 'champion' && gain.metric === 'logLoss')!.gain.value,
    ).toBeGreaterThan(0)

    bench.champion = { version: 3, digest: (model as { digest: `sha256:${string}` }).digest }
    const same = await reportOf(bench.evaluate({ model, data: customers, train }, { contract: churn }))
    expect(same.baselines[2]).toMatchObject({ state: 'absent', why: 'This is the champion itself, version 3.' })

    const other = await bench.model({
      ...churnModel,
      signature: { ...churnModel.signature, inputs: [{ name: 'gone', type: 'number', nullable: false }] },
    })
    bench.champion = { version: 4, digest: (other as { digest: `sha256:${string}` }).digest }
    const unable = await reportOf(bench.evaluate({ model, data: customers, train }, { contract: churn }))
    expect(unable.baselines[2]).toMatchObject({ state: 'absent' })
    expect(JSON.stringify(unable.baselines[2])).toContain('there is no column gone')
    bench.champion = undefined
  })

  test('without a contract it finds target, heuristic and threshold by itself and says how', async () => {
    const report = await reportOf(bench.evaluate({ model, data: customers, train, validation }))
    expect(report.contract).toBeUndefined()
    expect(report.data.target).toBe('churned')
    expect(report.baselines[1]).toMatchObject({ state: 'measured', label: 'Heuristic: high recency_days first' })
    expect(report.binary!.decision.chosenBy).toBe('F1 on validation')
    expect(report.verdict.sentence).toMatch(/^Ranks better than chance: ROC AUC/)
  })

  test('regression', async () => {
    const spend = await bench.model(spendModel)
    const report = await reportOf(
      bench.evaluate(
        { model: spend, data: customers, train },
        { slices: ['country'], costs: { currency: 'EUR', over: 1, under: 2 } },
      ),
    )
    expect(report.metrics['r2']!.value).toBeGreaterThan(0.9)
    expect(report.metrics['rmse']!.value).toBeLessThan(4)
    expect(report.metrics['expectedCost']!.value).toBeGreaterThan(0)
    expect(report.baselines[1]).toMatchObject({ state: 'measured', label: 'Heuristic: straight line on orders' })
    expect(report.slices[0]!.metric).toBe('rmse')
    expect(report.importance!.features[0]).toMatchObject({ feature: 'orders' })
    expect(report.regression!.byPrediction).toHaveLength(10)
  })
})

describe('test data that cannot decide anything', () => {
  const evaluateOn = async (sql: string, name: string) =>
    await reportOf(bench.evaluate({ model, data: await bench.table(name, sql), train }, { contract: churn }))

  test('no rows is an error', async () => {
    await expect(evaluateOn(`SELECT * FROM (${customersSql(5)}) WHERE false`, 'none')).rejects.toMatchObject({
      code: 'evaluation.no_rows',
    })
  })
  test('one class: no AUC, and the reason is in the report', async () => {
    const report = await evaluateOn(`SELECT * FROM (${customersSql(300)}) WHERE churned`, 'one_class')
    expect(report.metrics['rocAuc']).toBeUndefined()
    expect(report.notDefined['rocAuc']).toBe('The test rows have only one class.')
    expect(report.verdict.sentence).toMatch(
      /^Cannot be judged on \d+ rows: the test rows have only one class; \d of \d+ promises/,
    )
    expect(report.contract!.holds).toBe(false)
    expect(report.importance).toBeUndefined()
  })
  test('one row', async () => {
    const report = await evaluateOn(customersSql(1), 'one_row')
    expect(report.data.scored).toBe(1)
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/)
  })
  test('rows without a target are left out and counted', async () => {
    const report = await evaluateOn(
      `SELECT * REPLACE (CASE WHEN id % 10 = 0 THEN NULL ELSE churned END AS churned) FROM (${customersSql(500)})`,
      'gaps',
    )
    expect(report.data).toMatchObject({ rows: 500, scored: 450, withoutTarget: 50 })
  })
  test('constant scores are as good as chance', async () => {
    const constant = await bench.model({ ...churnModel, coefficients: {}, intercept: 0 })
    const report = await reportOf(bench.evaluate({ model: constant, data: customers, train }))
    expect(report.metrics['rocAuc']!.value).toBe(0.5)
    expect(report.verdict.sentence).toMatch(/^Cannot be told from chance/)
  })
  test('a score that is not a number is an error with its row', async () => {
    const sql = `SELECT * REPLACE (CASE WHEN id = 7 THEN NULL ELSE recency_days END AS recency_days) FROM (${customersSql(50)})`
    await expect(evaluateOn(sql, 'nan')).rejects.toMatchObject({ code: 'evaluation.invalid_score', where: { row: 8 } })
  })
  test('a missing target or input names what is there', async () => {
    await expect(evaluateOn(`SELECT * EXCLUDE (churned) FROM (${customersSql(5)})`, 'no_target')).rejects.toMatchObject(
      {
        code: 'evaluation.missing_column',
      },
    )
    await expect(evaluateOn(`SELECT * EXCLUDE (orders) FROM (${customersSql(5)})`, 'no_input')).rejects.toThrow(
      'no column orders, which is needed as an input of the model',
    )
  })
  test('a heuristic that cannot be computed is named', async () => {
    const step = bench.evaluate({ model, data: customers }, { heuristic: { name: 'x', sql: 'no_such_column' } })
    await expect(kind.run(step)).rejects.toMatchObject({ code: 'evaluation.invalid_heuristic' })
  })
})

test('the key names contract, champion and environment, and changes with the champion', async () => {
  const { node, graph } = bench.evaluate({ model, data: customers }, { contract: churn })
  const plan = { graph } as Parameters<typeof kind.keyParts>[1]
  const before = await kind.keyParts(node, plan)
  expect(before.map((part) => part.name)).toEqual(['contract', 'champion', 'environment'])
  bench.champion = { version: 9, digest: `sha256:${'a'.repeat(64)}` }
  const after = await kind.keyParts(node, plan)
  bench.champion = undefined
  expect(after[1]).not.toEqual(before[1])
  expect([after[0], after[2]]).toEqual([before[0], before[2]])
})
