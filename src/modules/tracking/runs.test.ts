import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestBytes } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import {
  addNote,
  captureEnvironment,
  childRuns,
  createExperiment,
  ensureExperiment,
  findExperiment,
  findRun,
  finishRun,
  getExperiment,
  getMetricHistory,
  getRun,
  logInputs,
  logMetrics,
  logOutputs,
  logParams,
  recordFinishedSteps,
  setTags,
  shortRunId,
  startRun,
} from './index.ts'
import { openTracking, type TrackingFixture } from './tracking.fixture.ts'

let ctx: TrackingFixture
beforeEach(async () => {
  ctx = await openTracking()
})
afterEach(() => ctx[Symbol.asyncDispose]())

const start = (name = 'churn'): Promise<RunId> => startRun(ctx, { name, kind: 'run' })

describe('experiments', () => {
  test('Default is there from the start, and others are numbered on', async () => {
    expect(await getExperiment(ctx, '0')).toMatchObject({ id: '0', name: 'Default', lifecycleStage: 'active' })
    expect((await createExperiment(ctx, 'churn')).id).toBe('1')
    expect((await createExperiment(ctx, 'demand')).id).toBe('2')
    expect(await findExperiment(ctx, 'churn')).toMatchObject({ id: '1', createdMs: ctx.clock.now().getTime() })
    expect(await findExperiment(ctx, 'nothing')).toBeUndefined()
  })

  test('a name is taken once, also by many at a time', async () => {
    await createExperiment(ctx, 'churn')
    await expect(createExperiment(ctx, 'churn')).rejects.toMatchObject({ code: 'tracking.experiment_exists' })
    const all = await Promise.all(Array.from({ length: 8 }, () => ensureExperiment(ctx, 'demand')))
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set(['2']))
  })

  test('an unknown id and a run in it are refused', async () => {
    await expect(getExperiment(ctx, 'x')).rejects.toMatchObject({ code: 'tracking.experiment_not_found' })
    const started = startRun(ctx, { name: 'x', kind: 'run', experimentId: '77' })
    await expect(started).rejects.toMatchObject({ code: 'tracking.experiment_not_found' })
  })
})

describe('a run', () => {
  test('keeps all that is known at its start', async () => {
    const environment = await captureEnvironment(ctx.folder, '0.1.0')
    const id = await startRun(ctx, {
      name: 'churn #1',
      kind: 'pipeline',
      pipeline: 'churn',
      pipelineFile: 'pipelines/churn.ts',
      parameters: { horizonDays: 30, mode: 'train', nested: { a: [1, null] } },
      environment,
      code: { commit: 'c0ffee', branch: 'main', dirty: true, diffDigest: digestBytes('diff') },
      command: ['baton', 'run', 'churn'],
      logPath: 'logs/x.log',
      tags: { owner: 'ada' },
    })
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    const run = await getRun(ctx, id)
    expect(run).toMatchObject({
      id,
      experimentId: '0',
      name: 'churn #1',
      kind: 'pipeline',
      pipeline: 'churn',
      status: 'RUNNING',
      lifecycleStage: 'active',
      startedMs: ctx.clock.now().getTime(),
      parameters: { horizonDays: 30, mode: 'train', nested: { a: [1, null] } },
      params: { horizonDays: '30', mode: 'train', nested: '{"a":[1,null]}' },
      code: { commit: 'c0ffee', branch: 'main', dirty: true, diffDigest: digestBytes('diff') },
      command: ['baton', 'run', 'churn'],
      tags: { owner: 'ada' },
      pid: process.pid,
      environment,
      batonVersion: '0.1.0',
      nodeVersion: process.versions.node,
    })
    expect(run.endedMs).toBeUndefined()
  })

  test('ends once, with its outputs, metrics and tags', async () => {
    const id = await start()
    ctx.tick(1500)
    const model = { kind: 'model', digest: digestBytes('model'), sizeBytes: 12, files: 2 } as const
    await finishRun(ctx, id, {
      status: 'FINISHED',
      exitCode: 0,
      outputs: { model },
      metrics: { rocAuc: 0.74 },
      tags: { a: 'b' },
    })
    const run = await getRun(ctx, id)
    expect(run).toMatchObject({ status: 'FINISHED', exitCode: 0, endedMs: run.startedMs + 1500, tags: { a: 'b' } })
    expect(run.outputs).toEqual([{ name: 'model', ...model }])
    expect(run.metrics.map(({ key, value }) => [key, value])).toEqual([['rocAuc', 0.74]])
    const again = finishRun(ctx, id, { status: 'FAILED', metrics: { rocAuc: 0 } })
    await expect(again).rejects.toMatchObject({ code: 'tracking.run_already_finished', kind: 'conflict' })
    expect(await getRun(ctx, id)).toEqual(run)
  })

  test('that does not exist cannot end or take anything', async () => {
    const id = 'f'.repeat(32) as RunId
    await expect(finishRun(ctx, id, { status: 'FAILED' })).rejects.toMatchObject({ code: 'tracking.run_not_found' })
    await expect(logMetrics(ctx, id, { a: 1 })).rejects.toMatchObject({ code: 'tracking.run_not_found' })
    await expect(logParams(ctx, id, { a: 1 })).rejects.toMatchObject({ code: 'tracking.run_not_found' })
    await expect(setTags(ctx, id, { a: '1' })).rejects.toMatchObject({ code: 'tracking.run_not_found' })
    await expect(getRun(ctx, id)).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('of two that end it at the same time, one wins', async () => {
    const id = await start()
    const ends = await Promise.allSettled([
      finishRun(ctx, id, { status: 'FINISHED' }),
      finishRun(ctx, id, { status: 'KILLED', error: { code: 'x.y', message: 'stopped' } }),
    ])
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('keeps an error with its code', async () => {
    const id = await start()
    await finishRun(ctx, id, { status: 'FAILED', exitCode: 1, error: { code: 'datasets.empty', message: 'No rows.' } })
    expect((await getRun(ctx, id)).error).toEqual({ code: 'datasets.empty', message: 'No rows.' })
  })
})

describe('params', () => {
  test('are written once; the same value again is fine, and a refused batch changes nothing', async () => {
    const id = await start()
    await logParams(ctx, id, { a: 1, b: 'x' })
    await logParams(ctx, id, { a: 1, c: '' })
    const changed = logParams(ctx, id, { d: 'new', a: 2 })
    await expect(changed).rejects.toMatchObject({
      code: 'tracking.param_changed',
      message: expect.stringMatching(
        /^Changing param values is not allowed. Param with key='a' was already logged with value='1'/,
      ),
    })
    expect((await getRun(ctx, id)).params).toEqual({ a: '1', b: 'x', c: '' })
  })

  test('that are too long are refused or cut', async () => {
    const id = await start()
    await expect(logParams(ctx, id, { long: 'x'.repeat(6001) })).rejects.toMatchObject({
      code: 'tracking.invalid_entry',
    })
    await logParams(ctx, id, { long: 'x'.repeat(6001) }, { tooLong: 'truncate' })
    expect((await getRun(ctx, id)).params['long']).toHaveLength(6000)
  })

  test('1,200 at a time', async () => {
    const id = await start()
    const params = Object.fromEntries(Array.from({ length: 1200 }, (_, index) => [`p${index}`, index]))
    await logParams(ctx, id, params)
    await logParams(ctx, id, params)
    expect(Object.keys((await getRun(ctx, id)).params)).toHaveLength(1200)
  })

  test.each(['', '/a', 'a/../b', '../a', 'a//b', 'a?', 'a\nb', 'x'.repeat(251), '.', 'a/'])(
    'refuse the key %j',
    async (key) => {
      await expect(logParams(ctx, await start(), { [key]: 1 })).rejects.toMatchObject({
        code: 'tracking.invalid_entry',
      })
    },
  )

  test.each(['a', 'val/loss', 'größe', 'a b', 'a:b', 'A-1.2_3'])('take the key %j', async (key) => {
    const id = await start()
    await logParams(ctx, id, { [key]: 1 })
    expect((await getRun(ctx, id)).params).toEqual({ [key]: '1' })
  })
})

describe('metrics', () => {
  test('keep NaN and the infinities', async () => {
    const id = await start()
    await logMetrics(ctx, id, { nan: Number.NaN, up: Infinity, down: -Infinity, tiny: 5e-324 })
    const metrics = Object.fromEntries((await getRun(ctx, id)).metrics.map(({ key, value }) => [key, value]))
    expect(metrics).toEqual({ nan: Number.NaN, up: Infinity, down: -Infinity, tiny: 5e-324 })
  })

  test('have a history and a latest value: the highest step, then time, then value', async () => {
    const id = await start()
    const at = (value: number, step: number, timestampMs: number) => ({ key: 'loss', value, step, timestampMs })
    await logMetrics(ctx, id, [at(3, 1, 30), at(2, 2, 10), at(9, 2, 9)])
    await logMetrics(ctx, id, [at(1, 0, 99), at(2, 2, 10)])
    await logMetrics(ctx, id, [at(2.5, 2, 10), at(7, -4, 1000)])
    expect((await getRun(ctx, id)).metrics).toEqual([at(2.5, 2, 10)])
    const history = await getMetricHistory(ctx, id, 'loss')
    expect(history).toEqual([at(7, -4, 1000), at(1, 0, 99), at(3, 1, 30), at(9, 2, 9), at(2, 2, 10), at(2.5, 2, 10)])
  })

  test('carry the dataset and model they were computed on', async () => {
    const id = await start()
    await logMetrics(ctx, id, [
      { key: 'rocAuc', value: 0.7, datasetName: 'test', datasetDigest: 'abc', modelId: 'm-1' },
    ])
    expect((await getRun(ctx, id)).metrics[0]).toMatchObject({
      datasetName: 'test',
      datasetDigest: 'abc',
      modelId: 'm-1',
    })
  })

  test('can be logged after the end, as MLflow clients do', async () => {
    const id = await start()
    await finishRun(ctx, id, { status: 'FINISHED' })
    await logMetrics(ctx, id, { late: 1 })
    expect((await getRun(ctx, id)).metrics).toHaveLength(1)
  })

  test('refuse a time before 1970, half a step and a text', async () => {
    const id = await start()
    const entry = { key: 'a', value: 1 }
    await expect(logMetrics(ctx, id, [{ ...entry, timestampMs: -1 }])).rejects.toMatchObject({ kind: 'usage' })
    await expect(logMetrics(ctx, id, [{ ...entry, step: 0.5 }])).rejects.toMatchObject({ kind: 'usage' })
    await expect(logMetrics(ctx, id, [{ ...entry, value: '1' as unknown as number }])).rejects.toMatchObject({
      kind: 'usage',
    })
  })
})

describe('tags and notes', () => {
  test('a tag is overwritten', async () => {
    const id = await start()
    await setTags(ctx, id, { stage: 'draft', owner: 'ada' })
    await setTags(ctx, id, { stage: 'final' })
    expect((await getRun(ctx, id)).tags).toEqual({ stage: 'final', owner: 'ada' })
  })

  test("MLflow's own tags are the run's columns", async () => {
    const id = await start()
    await setTags(ctx, id, { 'mlflow.runName': 'better name', 'mlflow.note.content': 'why', 'mlflow.parentRunId': 'p' })
    expect(await getRun(ctx, id)).toMatchObject({ name: 'better name', note: 'why', parentId: 'p', tags: {} })
  })

  test('a note grows by paragraphs, up to the limit', async () => {
    const id = await start()
    await addNote(ctx, id, 'first finding\n')
    await addNote(ctx, id, 'second finding')
    expect((await getRun(ctx, id)).note).toBe('first finding\n\nsecond finding')
    await expect(addNote(ctx, id, 'x'.repeat(8000))).rejects.toMatchObject({ code: 'tracking.invalid_entry' })
    await expect(addNote(ctx, id, '  ')).rejects.toMatchObject({ code: 'tracking.invalid_entry' })
  })
})

describe('inputs and outputs', () => {
  test('are kept with name, version, digest and size, once', async () => {
    const id = await start()
    const table = { kind: 'table', dataset: 'customers', version: 3, digest: digestBytes('t'), rows: 4000 } as const
    const value = { kind: 'value', digest: digestBytes('v'), value: { cut: '2011-11-01', list: [1, null] } } as const
    await logInputs(ctx, id, { train: table })
    await logInputs(ctx, id, { train: table, test: table })
    await logOutputs(ctx, id, { cut: value })
    const run = await getRun(ctx, id)
    expect(run.inputs).toEqual([
      { name: 'test', ...table },
      { name: 'train', ...table },
    ])
    expect(run.outputs).toEqual([{ name: 'cut', ...value }])
  })

  test("take what MLflow's clients know of a dataset", async () => {
    const id = await start()
    const datum = {
      name: '',
      kind: 'dataset',
      dataset: 'iris',
      digest: 'abc',
      sourceType: 'http',
      source: '{}',
      schema: '{}',
      profile: '{}',
    }
    await logInputs(ctx, id, [{ ...datum, tags: { 'mlflow.data.context': 'train' } }])
    expect((await getRun(ctx, id)).inputs).toEqual([{ ...datum, tags: { 'mlflow.data.context': 'train' } }])
  })
})

describe('finding a run', () => {
  test('by its whole id, its beginning or its end', async () => {
    const id = await start()
    ctx.tick(60_000 * 60 * 24)
    await start('other')
    expect((await findRun(ctx, id))?.id).toBe(id)
    expect((await findRun(ctx, id.slice(0, 8)))?.id).toBe(id)
    expect((await findRun(ctx, shortRunId(id).toUpperCase()))?.id).toBe(id)
    expect(await findRun(ctx, 'no-such-run')).toBeUndefined()
    expect(await findRun(ctx, '%%%%%%')).toBeUndefined()
    expect(await findRun(ctx, '______')).toBeUndefined()
  })

  test('refuses what stands for several, and names them', async () => {
    const [a, b] = [await start(), await start()]
    const error = await findRun(ctx, a.slice(0, 10)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'tracking.run_ambiguous', kind: 'conflict' })
    expect(String(error)).toContain(a)
    expect(String(error)).toContain(b)
    await expect(findRun(ctx, a.slice(0, 5))).rejects.toMatchObject({ code: 'tracking.run_id_too_short' })
  })
})

describe('children', () => {
  test('many cached steps are recorded at once, as finished', async () => {
    const code = { commit: 'c0ffee', dirty: false }
    const parent = await startRun(ctx, { name: 'p', kind: 'pipeline', pipeline: 'churn', code })
    const table = { kind: 'table', dataset: 'd', version: 1, digest: digestBytes('t'), rows: 1 } as const
    const steps = Array.from({ length: 1000 }, (_, index) => ({
      step: `step${index}`,
      cacheKey: `key${index}`,
      inputs: { in: table },
      outputs: { out: { ...table, version: index } },
      metrics: { m: index },
      tags: { t: 'x' },
    }))
    const ids = await recordFinishedSteps(ctx, parent, steps)
    expect(new Set(ids).size).toBe(1000)
    const children = await childRuns(ctx, parent)
    expect(children).toHaveLength(1000)
    const seventh = children.find((run) => run.step === 'step7')
    expect(seventh).toMatchObject({
      id: ids[7],
      status: 'FINISHED',
      cached: true,
      cacheKey: 'key7',
      pipeline: 'churn',
      code,
    })
    expect(seventh?.outputs).toEqual([{ name: 'out', ...table, version: 7 }])
    expect(seventh?.metrics[0]).toMatchObject({ key: 'm', value: 7 })
    expect(seventh?.tags).toEqual({ t: 'x' })
  })

  test('of a missing parent are refused, and nothing is kept', async () => {
    const parent = 'f'.repeat(32) as RunId
    await expect(recordFinishedSteps(ctx, parent, [{ step: 'a' }])).rejects.toMatchObject({ kind: 'not_found' })
    expect(await childRuns(ctx, parent)).toEqual([])
  })
})
