import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { RunId } from '../../kernel/ids.ts'
import {
  createExperiment,
  createRun,
  deleteExperiment,
  deleteRun,
  deleteTag,
  eachMetricPart,
  finishRun,
  getExperiment,
  getRun,
  listMetricHistory,
  listRuns,
  logBatch,
  logMetrics,
  renameExperiment,
  restoreExperiment,
  restoreRun,
  sampleMetricOfRuns,
  searchExperiments,
  setExperimentTags,
  startRun,
  updateRun,
} from './index.ts'
import { openTracking, type TrackingFixture } from './tracking.fixture.ts'

let ctx: TrackingFixture
beforeEach(async () => {
  ctx = await openTracking()
})
afterEach(() => ctx[Symbol.asyncDispose]())

const artifactUri = (id: string, experiment: { readonly id: string }) => `mlflow-artifacts:/${experiment.id}/${id}`
const create = (experimentId = '0') => createRun(ctx, { experimentId, tags: {}, artifactUri })

describe('an experiment', () => {
  test('takes its runs with it when it is deleted, and brings only those back', async () => {
    const { id } = await createExperiment(ctx, 'churn')
    const [before, after] = [await create(id), await create(id)]
    await deleteRun(ctx, before.id)
    ctx.tick(1000)
    await deleteExperiment(ctx, id)
    expect((await getRun(ctx, after.id)).lifecycleStage).toBe('deleted')
    await expect(create(id)).rejects.toMatchObject({ code: 'tracking.experiment_deleted' })
    await expect(renameExperiment(ctx, id, 'x')).rejects.toMatchObject({ code: 'tracking.experiment_deleted' })
    await expect(setExperimentTags(ctx, id, { a: 'b' })).rejects.toMatchObject({ code: 'tracking.experiment_deleted' })
    ctx.tick(1000)
    await restoreExperiment(ctx, id)
    await expect(restoreExperiment(ctx, id)).rejects.toMatchObject({ code: 'tracking.experiment_not_found' })
    expect((await getExperiment(ctx, id)).lifecycleStage).toBe('active')
    expect((await listRuns(ctx, { experimentIds: [id] })).items.map((run) => run.id)).toEqual([after.id])
  })

  test('keeps a name that nobody else has', async () => {
    const [first, second] = [await createExperiment(ctx, 'first'), await createExperiment(ctx, 'second')]
    await expect(renameExperiment(ctx, second.id, 'first')).rejects.toMatchObject({
      code: 'tracking.experiment_exists',
    })
    await renameExperiment(ctx, first.id, 'first')
    await renameExperiment(ctx, second.id, 'third')
    await expect(renameExperiment(ctx, '99', 'x')).rejects.toMatchObject({ code: 'tracking.experiment_not_found' })
    expect((await getExperiment(ctx, second.id)).name).toBe('third')
  })

  test('is found by name and tags, joined by AND and OR', async () => {
    for (const [name, team] of [
      ['alpha', 'crm'],
      ['beta', 'crm'],
      ['gamma', 'web'],
    ] as const) {
      const { id } = await createExperiment(ctx, name)
      await setExperimentTags(ctx, id, { team })
    }
    const found = async (filter: string) =>
      (await searchExperiments(ctx, { filter, orderBy: ['name'], limit: 10 })).items.map(({ name }) => name)
    expect(await found("tags.team = 'crm'")).toEqual(['alpha', 'beta'])
    expect(await found("name = 'gamma' or tags.team = 'crm' and name LIKE 'b%'")).toEqual(['beta', 'gamma'])
    expect(await found("(name = 'gamma' or tags.team = 'crm') and name LIKE 'b%'")).toEqual(['beta'])
  })
})

describe('a run', () => {
  test('has the place of its artifacts from the start, and a name', async () => {
    const run = await create()
    expect(run.artifactUri).toBe(`mlflow-artifacts:/0/${run.id}`)
    expect(run.name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    expect(await getRun(ctx, run.id)).toEqual(run)
  })

  test('may be taken up again when a person has started it, and not when a pipeline has', async () => {
    const { id } = await create()
    expect(await updateRun(ctx, id, { status: 'FINISHED', endedMs: 5 })).toMatchObject({
      status: 'FINISHED',
      endedMs: 5,
    })
    const again = await updateRun(ctx, id, { status: 'RUNNING', name: 'again' })
    expect(again).toMatchObject({ status: 'RUNNING', name: 'again' })
    expect(again).not.toHaveProperty('endedMs')
    const step = await startRun(ctx, { name: 'train', kind: 'step' })
    expect((await updateRun(ctx, step, { status: 'FINISHED', endedMs: 5 })).status).toBe('RUNNING')
    await finishRun(ctx, step, { status: 'FINISHED' })
  })

  test('is deleted and restored, twice without harm', async () => {
    const { id } = await create()
    for (const work of [deleteRun, deleteRun]) await work(ctx, id)
    await expect(updateRun(ctx, id, { status: 'FAILED' })).rejects.toMatchObject({ code: 'tracking.run_deleted' })
    for (const work of [restoreRun, restoreRun]) await work(ctx, id)
    expect((await updateRun(ctx, id, { status: 'FAILED' })).status).toBe('FAILED')
    const nobody = 'x' as RunId
    for (const work of [deleteRun, restoreRun]) {
      await expect(work(ctx, nobody)).rejects.toMatchObject({ code: 'tracking.run_not_found' })
    }
  })

  test('loses a tag, its own or one that is a column', async () => {
    const { id, name } = await create()
    await logBatch(ctx, id, { metrics: [], params: {}, tags: { a: '1', 'mlflow.user': 'ann' }, tooLong: 'refuse' })
    for (const key of ['a', 'mlflow.user', 'mlflow.runName']) await deleteTag(ctx, id, key)
    const run = await getRun(ctx, id)
    expect(run.tags).toEqual({})
    expect(run).not.toHaveProperty('user')
    expect(run.name).toBe(name)
    for (const key of ['a', 'mlflow.user']) {
      await expect(deleteTag(ctx, id, key)).rejects.toMatchObject({ code: 'tracking.tag_not_found' })
    }
  })

  test('takes a batch whole or not at all', async () => {
    const { id } = await create()
    const batch = {
      metrics: [{ key: 'm', value: 1 }],
      params: { a: '1' },
      tags: { t: '1' },
      tooLong: 'refuse',
    } as const
    await logBatch(ctx, id, batch)
    const wrong = { ...batch, metrics: [{ key: 'n', value: 1 }], params: { b: '2', a: 'other' } }
    await expect(logBatch(ctx, id, wrong)).rejects.toMatchObject({ code: 'tracking.param_changed' })
    const { params, metrics, tags } = await getRun(ctx, id)
    expect({ params, tags, keys: metrics.map(({ key }) => key) }).toEqual({
      params: { a: '1' },
      tags: { t: '1' },
      keys: ['m'],
    })
  })
})

describe('the history of a metric', () => {
  test('comes in pages and in parts, in the order of its steps', async () => {
    const { id } = await create()
    const values = Array.from({ length: 12_000 }, (_, step) => ({ key: 'm', value: step / 2, step, timestampMs: 7 }))
    await logMetrics(ctx, id, values.toReversed())
    const steps: number[] = []
    for await (const part of eachMetricPart(ctx, id, 'm')) steps.push(...part.map(({ step }) => step))
    expect(steps).toEqual(values.map(({ step }) => step))
    const first = await listMetricHistory(ctx, id, { key: 'm', limit: 5 })
    await logMetrics(ctx, id, [{ key: 'm', value: 1, step: -1, timestampMs: 7 }])
    const second = await listMetricHistory(ctx, id, { key: 'm', limit: 5, pageToken: first.next! })
    expect([...first.items, ...second.items].map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    const foreign = listMetricHistory(ctx, id, { key: 'other', limit: 5, pageToken: first.next! })
    await expect(foreign).rejects.toMatchObject({ code: 'tracking.invalid_page_token' })
  })

  test.each([1, 2, 3, 7, 99, 100, 101, 500])(
    'has %i points for a chart, the first and the last among them',
    async (points) => {
      const { id } = await create()
      const values = Array.from({ length: 100 }, (_, step) => ({ key: 'm', value: step, step, timestampMs: 7 }))
      await logMetrics(ctx, id, values)
      const steps = (await sampleMetricOfRuns(ctx, [id], { key: 'm', points })).map(({ step }) => step)
      expect(steps.length).toBe(Math.min(points, 100))
      expect(steps.at(-1)).toBe(99)
      if (points > 1) expect(steps[0]).toBe(0)
      const gaps = steps.slice(1).map((step, index) => step - steps[index]!)
      if (gaps.length > 0) expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1)
    },
  )
})
