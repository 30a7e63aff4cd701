import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { digestValue } from '../../kernel/hash.ts'
import { newId, newRunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import { createDatasetReader, createDatasetWriter, listDatasets } from '../datasets/index.ts'
import { promote } from '../models/index.ts'
import { createStepScope } from '../pipelines/declare.ts'
import type { OutputRef, PlanContext, StepContext, StepNode, StepResult } from '../pipelines/index.ts'
import { declarePredict, type PredictOptions } from './declare.ts'
import { createPredictStep, type PredictStepContext } from './predict-step.ts'
import { openServing, type TestServing } from './serving.fixture.ts'

let serving: TestServing
let ctx: PredictStepContext
beforeAll(async () => {
  serving = await openServing()
  ctx = { ...serving, reader: createDatasetReader(serving.datasets), writer: createDatasetWriter(serving.datasets) }
})
afterAll(() => serving[Symbol.asyncDispose]())

type TableOutput = Extract<OutputRef, { kind: 'table' }>

async function commit(sql: string): Promise<TableOutput> {
  const file = join(serving.temporaryFolder, `${newId()}.parquet`)
  await using session = await serving.engine.openSession()
  await session.run(`COPY (${sql}) TO '${file}' (FORMAT parquet)`)
  return { kind: 'table', ...(await ctx.writer.commitFiles('customers', [file], { runId: 'r', step: 's' })) }
}

function nodeOf(options: Omit<PredictOptions, 'input'>): StepNode {
  const scope = createStepScope({ pipeline: 'weekly', file: 'pipelines/weekly.ts', params: {} })
  const source = { kind: 'process', inputs: {}, options: {}, retries: 0, cached: true }
  scope.add({ ...source, name: 'customers', outputs: { table: 'table' } })
  scope.add({ ...source, name: 'register', outputs: { version: 'value' } })
  declarePredict(scope, 'predict', { input: { kind: 'table', step: 'customers', output: 'table' }, ...options })
  return scope.toGraph().steps.at(-1)!
}

async function run(node: StepNode, inputs: Readonly<Record<string, OutputRef>>): Promise<StepResult> {
  const workFolder = join(serving.temporaryFolder, newId())
  mkdirSync(workFolder)
  const step: Partial<StepContext> = {
    node,
    runId: newRunId(),
    inputs,
    workFolder,
    signal: new AbortController().signal,
    log: () => {},
    progress: () => {},
  }
  return await createPredictStep(ctx).run(step as StepContext)
}

async function rowsOf(result: StepResult): Promise<readonly Record<string, unknown>[]> {
  const scan = await ctx.reader.scan(result.outputs['scored'] as TableOutput)
  await using session = await serving.engine.openSession()
  return await session.rows(`FROM ${scan.sql}`)
}

const registered = (value: Json): OutputRef => ({ kind: 'value', digest: digestValue('value/1', value), value })
const good = "SELECT i AS id, i % 90 AS recency_days, i * 1.5 AS revenue, 'UK' AS country FROM range(40) t(i)"
const oneBad = good.replace("'UK'", "CASE WHEN i = 7 THEN 'XX' ELSE 'UK' END")

const parts = async (model: string) => await createPredictStep(ctx).keyParts(nodeOf({ model }), {} as PlanContext)

describe('the predict step', () => {
  it('makes a dataset of every row with its score, in order', async () => {
    const result = await run(nodeOf({ model: 'churn@champion', columns: ['id'], threshold: 0.5 }), {
      input: await commit(good),
    })
    expect(result.outputs['scored']).toMatchObject({ kind: 'table', dataset: 'predict', rows: 40 })
    const rows = await rowsOf(result)
    expect(rows.map((row) => Number(row['id']))).toEqual(Array.from({ length: 40 }, (_, i) => i))
    expect(Object.keys(rows[0]!)).toEqual(['id', 'churn_probability', 'decision', 'model_version'])
    expect(rows[0]!['model_version']).toBe('churn@1')
    expect(result.summary).toBe('40 rows by churn@1')
    expect(result.notices).toEqual([])
  })

  it('gives the same version when it runs again', async () => {
    const input = await commit(good)
    const node = nodeOf({ model: 'churn', dataset: 'again' })
    const first = await run(node, { input })
    expect((await run(node, { input })).outputs).toEqual(first.outputs)
  })

  it('takes the version that p.register made', async () => {
    const node = nodeOf({ model: { kind: 'value', step: 'register', output: 'version' }, dataset: 'chained' })
    const input = await commit(good)
    const model = registered({ model: 'churn', version: 1, alias: null, digest: 'sha256:0' })
    expect((await run(node, { input, model })).summary).toBe('40 rows by churn@1')
    await expect(run(node, { input, model: registered({ x: 1 }) })).rejects.toMatchObject({
      code: 'serving.invalid_predict_options',
    })
  })

  it('keeps rows that break the contract in a dataset of their own, and fails past the declared share', async () => {
    const input = await commit(oneBad)
    const result = await run(nodeOf({ model: 'churn', dataset: 'scores' }), { input })
    expect(result.notices).toEqual([{ label: 'quarantine', text: '1 rows in scores-rejected@1, with their reasons' }])
    expect((await rowsOf(result)).map((row) => Number(row['id']))).not.toContain(7)
    const strict = run(nodeOf({ model: 'churn', dataset: 'strict', maxRejectedShare: 0.01 }), { input })
    await expect(strict).rejects.toMatchObject({
      code: 'serving.too_many_rejected',
      message: expect.stringContaining('churn.country:set (1)') as string,
    })
    const names = listDatasets(serving.datasets).map((each) => each.dataset)
    expect(names).toContain('strict-rejected')
    expect(names).not.toContain('strict')
  })

  it('has the version that an alias names now in its key, and none while there is no such model', async () => {
    const champion = (await parts('churn@champion')).at(-1)
    expect(champion).toMatchObject({ name: 'registered model', detail: 'churn@1' })
    expect((await parts('churn@7')).at(-1)).toEqual({
      name: 'registered model',
      uncacheable: 'churn@7 is not registered yet',
    })
    await promote(serving, 'churn@1', 'challenger', { who: 'ana', why: 'test' })
    expect((await parts('churn@challenger')).at(-1)).toEqual(champion)
  })

  it.each([
    ['a dataset name that is none', { dataset: '../x' }, /cannot name a dataset/],
    ['a share above one', { maxRejectedShare: 2 }, /not between 0 and 1/],
    ['a threshold that is no number', { threshold: Number.NaN }, /is not a number/],
  ])('refuses %s while the pipeline is declared', (_, change, message) => {
    expect(() => nodeOf({ model: 'churn', ...change })).toThrow(message)
  })
})
