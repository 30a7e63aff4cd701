import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import type { Database } from '../../../ports/database.ts'
import {
  createExperiment,
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  getLoggedModel,
  getRun,
  logLoggedModelParams,
  logMetrics,
  noteModelVersion,
  searchLoggedModels,
  setLoggedModelTags,
  startRun,
  type TrackingContext,
  trackingMigrations,
} from '../index.ts'

let folder: string
let database: Database
let ctx: TrackingContext
let nowMs = 1000

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'baton-logged-models-'))
  database = openTestDatabase({ file: join(folder, 'baton.db') })
  await database.migrate(trackingMigrations)
  ctx = { database, clock: { now: () => new Date((nowMs += 1000)) } }
})
afterEach(async () => {
  await database[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const artifactUri = (id: string) => `mlflow-artifacts:/0/models/${id}/artifacts`
const made = async (more: Partial<Parameters<typeof createLoggedModel>[1]> = {}) =>
  await createLoggedModel(ctx, { experimentId: '0', params: {}, tags: {}, artifactUri, ...more })

describe('a logged model', () => {
  it('is pending until its files have arrived', async () => {
    const model = await made({
      name: 'tree',
      modelType: 'forest',
      sourceRunId: 'r',
      params: { depth: '3' },
      tags: { a: 'b' },
    })
    expect(model.id).toMatch(/^m-[0-9a-f]{32}$/)
    expect(model).toMatchObject({
      name: 'tree',
      modelType: 'forest',
      sourceRunId: 'r',
      status: 'LOGGED_MODEL_PENDING',
      artifactUri: artifactUri(model.id),
      params: { depth: '3' },
      tags: { a: 'b' },
      metrics: [],
    })
    const ready = await finalizeLoggedModel(ctx, model.id, 'LOGGED_MODEL_READY')
    expect(ready.status).toBe('LOGGED_MODEL_READY')
    expect(ready.updatedMs).toBeGreaterThan(ready.createdMs)
    expect((await made()).name).toMatch(/^[a-z]+-[a-z]+-\d+$/)
  })

  it('takes params and tags later, and loses tags', async () => {
    const { id } = await made({ params: { a: '1' } })
    await logLoggedModelParams(ctx, id, Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`p${i}`, `${i}`])))
    await setLoggedModelTags(ctx, id, { x: '1', y: '2' })
    await setLoggedModelTags(ctx, id, { x: '3' })
    await deleteLoggedModelTag(ctx, id, 'y')
    const model = await getLoggedModel(ctx, id)
    expect(Object.keys(model.params)).toHaveLength(1201)
    expect(model.tags).toEqual({ x: '3' })
    await expect(deleteLoggedModelTag(ctx, id, 'y')).rejects.toMatchObject({
      code: 'tracking.logged_model_tag_not_found',
    })
  })

  it('is gone when it is deleted, except for who asks for deleted ones', async () => {
    const { id } = await made()
    await deleteLoggedModel(ctx, id)
    expect((await getLoggedModel(ctx, id, { deleted: true })).lifecycleStage).toBe('deleted')
    for (const work of [
      () => getLoggedModel(ctx, id),
      () => deleteLoggedModel(ctx, id),
      () => finalizeLoggedModel(ctx, id, 'LOGGED_MODEL_READY'),
      () => setLoggedModelTags(ctx, id, { a: 'b' }),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'tracking.logged_model_not_found' })
    expect((await searchLoggedModels(ctx, { experimentIds: ['0'], limit: 10 })).items).toEqual([])
  })

  it.each(['', 'a/b', 'a:b', 'a.b', 'a%b', 'a"b', "a'b", 'x'.repeat(501)])('cannot be called "%s"', async (name) => {
    await expect(made({ name })).rejects.toMatchObject({ code: 'tracking.invalid_entry' })
  })

  it('has the metrics that name it, also when the run has the same value without it', async () => {
    const { id } = await made()
    const runId = await startRun(ctx, { name: 'r', kind: 'run' })
    const value = { key: 'auc', value: 0.7, timestampMs: 5, step: 1 }
    await logMetrics(ctx, runId, [value])
    await logMetrics(ctx, runId, [{ ...value, modelId: id, datasetName: 'test', datasetDigest: 'd' }])
    await logMetrics(ctx, runId, [{ ...value, modelId: id, datasetName: 'test', datasetDigest: 'd' }])
    await logMetrics(ctx, runId, [{ key: 'loss', value: Number.NaN, timestampMs: 6, step: 2, modelId: id }])
    await logMetrics(ctx, runId, [{ ...value, key: 'other', modelId: 'm-of-another-server' }])
    expect((await getLoggedModel(ctx, id)).metrics).toEqual([
      { ...value, modelId: id, runId, datasetName: 'test', datasetDigest: 'd' },
      { key: 'loss', value: Number.NaN, timestampMs: 6, step: 2, modelId: id, runId },
    ])
    expect((await getRun(ctx, runId)).metrics.map((metric) => metric.key)).toEqual(['auc', 'loss', 'other'])
  })

  it('notes each registered version once, whatever a client has written there', async () => {
    const { id } = await made()
    const noted = async () => (await getLoggedModel(ctx, id)).tags['mlflow.modelVersions']
    await noteModelVersion(ctx, id, { name: 'churn', version: 1 })
    await noteModelVersion(ctx, id, { name: 'churn', version: 1 })
    await noteModelVersion(ctx, id, { name: 'other', version: 2 })
    expect(JSON.parse((await noted())!)).toEqual([
      { name: 'churn', version: '1' },
      { name: 'other', version: '2' },
    ])
    await setLoggedModelTags(ctx, id, { 'mlflow.modelVersions': 'no JSON' })
    await noteModelVersion(ctx, id, { name: 'churn', version: 3 })
    expect(JSON.parse((await noted())!)).toEqual([{ name: 'churn', version: '3' }])
  })
})

describe('searchLoggedModels', () => {
  it('filters by attributes, params, tags and metrics, of chosen datasets when they are given', async () => {
    const ids: string[] = []
    const runId = await startRun(ctx, { name: 'r', kind: 'run' })
    for (const [i, value] of [0.6, 0.8, 0.7].entries()) {
      const { id } = await made({ name: `model-${i}`, params: { i: `${i}` }, tags: { even: `${i % 2 === 0}` } })
      ids.push(id)
      await logMetrics(ctx, runId, [
        { key: 'auc', value, step: i, modelId: id, datasetName: 'test', datasetDigest: `d${i}` },
      ])
      await logMetrics(ctx, runId, [{ key: 'auc', value: 1 - value, step: i, modelId: id, datasetName: 'train' }])
    }
    const { id: elsewhere } = await createExperiment(ctx, 'elsewhere')
    await made({ experimentId: elsewhere, name: 'model-9' })
    const found = async (query: Partial<Parameters<typeof searchLoggedModels>[1]>) => {
      const { items } = await searchLoggedModels(ctx, { experimentIds: ['0'], limit: 10, ...query })
      return items.map((model) => ids.indexOf(model.id))
    }
    expect(await found({})).toEqual([2, 1, 0])
    expect(await found({ experimentIds: [elsewhere] })).toEqual([-1])
    expect(await found({ experimentIds: [] })).toEqual([])
    expect(await found({ filter: "attributes.name != 'model-1' AND params.i IN ('1', '2')" })).toEqual([2])
    expect(await found({ filter: "tags.even = 'true'" })).toEqual([2, 0])
    expect(await found({ filter: 'metrics.auc >= 0.7' })).toEqual([2, 1])
    expect(await found({ filter: "name = 'model-0' or (params.i = '2' and metrics.auc > 0.1)" })).toEqual([2, 0])
    expect(await found({ filter: 'metrics.auc < 0.35', datasets: [{ name: 'test' }] })).toEqual([])
    expect(await found({ datasets: [{ name: 'test', digest: 'd1' }] })).toEqual([1])
    expect(await found({ filter: 'creation_timestamp > 0 and last_updated_timestamp > 0' })).toEqual([2, 1, 0])
    const byAuc = { field: 'metrics.auc', dataset: { name: 'test' } }
    expect(await found({ orderBy: [{ ...byAuc, ascending: true }] })).toEqual([0, 2, 1])
    expect(await found({ orderBy: [{ ...byAuc, ascending: false }] })).toEqual([1, 2, 0])
    expect(await found({ orderBy: [{ field: 'name', ascending: true }] })).toEqual([0, 1, 2])
    for (const query of [
      { filter: 'nothing > 1' },
      { filter: "datasets.name = 'test'" },
      { filter: "metrics.auc = 'x'" },
      { orderBy: [{ field: 'params.i', ascending: true }] },
      { orderBy: [{ field: 'artifact_uri', ascending: true }] },
      { datasets: [{ name: '' }] },
      { pageToken: 'nonsense' },
    ])
      await expect(found(query)).rejects.toMatchObject({ kind: 'usage' })
  })

  it('gives pages that hold every model once', async () => {
    const ids: string[] = []
    for (let i = 0; i < 11; i += 1) ids.push((await made()).id)
    const seen: string[] = []
    let pageToken: string | undefined
    do {
      const page = await searchLoggedModels(ctx, {
        experimentIds: ['0'],
        limit: 4,
        ...(pageToken === undefined ? {} : { pageToken }),
      })
      seen.push(...page.items.map((model) => model.id))
      pageToken = page.next
    } while (pageToken !== undefined)
    expect(seen).toEqual(ids.toReversed())
  })
})
