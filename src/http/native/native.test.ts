import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'

import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openLocalArtifacts } from '../../drivers/artifact/local/index.ts'
import { openLocalBlobs } from '../../drivers/blob/local/index.ts'
import { openSqlite } from '../../drivers/database/sqlite/index.ts'
import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import { createRowSources } from '../../drivers/source/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import type { RunId } from '../../kernel/ids.ts'
import { createDatasetsContext, createDatasetWriter } from '../../modules/datasets/index.ts'
import { modelsMigrations } from '../../modules/models/index.ts'
import { createFolderStore, finishRun, logMetrics, startRun, trackingMigrations } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { nativeRoutes } from './index.ts'

const root = mkdtempSync(join(tmpdir(), 'baton-native-'))
const database = openSqlite({ file: join(root, 'baton.db') })
const engine = createDuckdbEngine({ temporaryFolder: root, memoryLimitMb: 256, threads: 1 })
const tracking = { database, clock: systemClock }
const blobs = openLocalBlobs(join(root, 'blobs'))
const folders = createFolderStore(blobs, join(root, 'tmp'))
const artifacts = openLocalArtifacts(join(root, 'artifacts'))
const datasets = createDatasetsContext({
  tablesFolder: join(root, 'tables'),
  temporaryFolder: join(root, 'tmp'),
  engine,
  sources: createRowSources(),
  clock: systemClock,
  memoryLimitMb: 256,
})
let server: FastifyInstance
let train: RunId
let pipelineRun: RunId

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it expects
async function get<T>(path: string): Promise<{ readonly status: number; readonly body: T }> {
  const answer = await server.inject({ method: 'GET', url: `/api/v1${path}` })
  return { status: answer.statusCode, body: answer.json<T>() }
}

beforeAll(async () => {
  await mkdir(join(root, 'tmp'))
  await mkdir(join(root, 'logs'))
  await database.migrate([...trackingMigrations, ...modelsMigrations])
  const config = { root, storeFolder: root, settings: { name: 'shop', store: '.baton' } }
  const app = {
    config,
    version: '1',
    clock: systemClock,
    tracking,
    models: tracking,
    datasets,
    folders,
    blobs,
    artifacts,
  }
  server = fastify()
  await server.register(nativeRoutes, { app: app as unknown as HttpApp })

  writeFileSync(join(root, 'customers.csv'), 'id,amount\n1,2.5\n2,\n')
  const writer = createDatasetWriter(datasets)
  const first = await writer.commitFiles('customers', [join(root, 'customers.csv')], { runId: 'r', step: 'ingest' })
  writeFileSync(join(root, 'customers.csv'), 'id,amount,country\n1,2.5,DE\n')
  await writer.commitFiles('customers', [join(root, 'customers.csv')], { runId: 'r', step: 'ingest' })

  await mkdir(join(root, 'model'))
  writeFileSync(join(root, 'model', 'model.json'), '{"weights":[1]}')
  writeFileSync(join(root, 'model', 'scores.csv'), 'id,score\n1,0.5\n')
  const model = await folders.store(join(root, 'model'))
  const table = { kind: 'table', ...first }
  pipelineRun = await startRun(tracking, { name: 'churn', kind: 'pipeline', pipeline: 'churn', startedMs: 1000 })
  const common = { kind: 'step', pipeline: 'churn', parentId: pipelineRun } as const
  const ingest = await startRun(tracking, { ...common, name: 'ingest', step: 'ingest', startedMs: 1001 })
  await finishRun(tracking, ingest, { status: 'FINISHED', outputs: { table } })
  train = await startRun(tracking, {
    ...common,
    name: 'train',
    step: 'train',
    startedMs: 1002,
    inputs: { train: table },
    tags: { 'baton.step_kind': 'train', 'baton.reason': 'first run' },
  })
  const loss = Array.from({ length: 500 }, (_, step) => ({ key: 'loss', value: 1 / (step + 1), step }))
  await logMetrics(tracking, train, [...loss, { key: 'odd', value: Number.NaN }])
  await finishRun(tracking, train, { status: 'FINISHED', outputs: { model: { kind: 'model', ...model } } })
  writeFileSync(join(root, 'logs', `${train}.log`), 'round 1\nround 2 größer\n')
})

afterAll(async () => {
  await server.close()
  await engine[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

describe('runs', () => {
  test('a table has the asked columns, NaN as a word, and counts what the filter means', async () => {
    const { body } = await get(
      '/runs?kinds=step&columns=metrics.odd&columns=metrics.loss&total=true&order=metrics.loss',
    )
    expect(body).toMatchObject({
      columns: ['metrics.odd', 'metrics.loss'],
      rows: [
        { name: 'train', values: ['NaN', 1 / 500] },
        { name: 'ingest', values: [null, null] },
      ],
      total: 2,
    })
  })

  test('a filter that cannot be read is a 400 that says where and what to write', async () => {
    const { status, body } = await get('/runs?filter=metrics.loss')
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: 'tracking.invalid_filter', hint: expect.stringContaining('AND') })
    expect((await get('/runs?limit=0')).body).toMatchObject({ code: 'http.invalid_request' })
    expect((await get('/runs/0123456789')).status).toBe(404)
    expect((await get('/nothing')).body).toMatchObject({ code: 'http.no_such_route' })
  })

  test('the steps of a pipeline run are a graph by the content that flows', async () => {
    const { body } = await get<{ nodes: { id: string; step: string; state: string }[]; edges: unknown[] }>(
      `/runs/${pipelineRun}/steps`,
    )
    expect(body.nodes.map(({ step, state }) => [step, state])).toEqual([
      ['ingest', 'ran'],
      ['train', 'ran'],
    ])
    expect(body.edges).toEqual([{ from: body.nodes[0]!.id, to: train, label: 'train' }])
  })

  test('a running pipeline shows the steps of its last run as waiting', async () => {
    await finishRun(tracking, pipelineRun, { status: 'FINISHED' })
    const running = await startRun(tracking, { name: 'churn', kind: 'pipeline', pipeline: 'churn' })
    const { body } = await get(`/runs/${running}/steps`)
    expect(body).toMatchObject({
      nodes: [
        { step: 'ingest', state: 'waiting' },
        { step: 'train', state: 'waiting' },
      ],
      edges: [{ from: 'ingest', to: 'train' }],
      assumed: pipelineRun,
    })
  })

  test('a log is read from an offset on and never cuts a character', async () => {
    const whole = await get<{ text: string; next: number }>(`/runs/${train}/log?offset=0`)
    expect(whole.body).toMatchObject({ text: 'round 1\nround 2 größer\n', available: true, open: false })
    expect((await get<{ text: string }>(`/runs/${train}/log?offset=${whole.body.next}`)).body.text).toBe('')
    expect((await get(`/runs/${pipelineRun}/log`)).body).toMatchObject({ available: false })
  })

  test('a note is replaced, and a longer one than MLflow keeps is refused', async () => {
    const put = (note: string) => server.inject({ method: 'PUT', url: `/api/v1/runs/${train}/note`, payload: { note } })
    expect((await put('## Good')).statusCode).toBe(200)
    expect((await get(`/runs/${train}`)).body).toMatchObject({ note: '## Good' })
    expect((await put('x'.repeat(8001))).statusCode).toBe(400)
  })

  test('a curve is thinned and keeps its ends', async () => {
    const { body } = await get<{ series: { steps: number[]; values: number[]; total: number }[] }>(
      `/metric-series?runs=${train}&keys=loss&keys=none&points=50`,
    )
    expect(body.series).toHaveLength(1)
    expect(body.series[0]!.total).toBe(500)
    expect(body.series[0]!.steps.length).toBeLessThanOrEqual(50)
    expect([body.series[0]!.steps[0], body.series[0]!.steps.at(-1)]).toEqual([0, 499])
  })
})

describe('artifacts', () => {
  test('what steps have made and what clients have sent lies side by side', async () => {
    await artifacts.put(`0/${train}/artifacts/plots/roc.html`, Readable.from([Buffer.from('<script>1</script>')]))
    const { body } = await get(`/runs/${train}/artifacts`)
    expect(body).toEqual({
      entries: [
        { path: 'model', name: 'model', isFolder: true },
        { path: 'plots', name: 'plots', isFolder: true },
      ],
    })
    expect((await get(`/runs/${pipelineRun}/artifacts?path=train/model`)).body).toMatchObject({
      entries: [{ name: 'model.json', sizeBytes: 15 }, { name: 'scores.csv' }],
    })
  })

  test('a page among them is shown in a sandbox, and no path leads out', async () => {
    const page = await server.inject(`/api/v1/runs/${train}/artifacts/content?path=plots/roc.html`)
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.headers['content-security-policy']).toMatch(/^sandbox allow-scripts; default-src 'none'/)
    expect(page.headers['x-content-type-options']).toBe('nosniff')
    for (const path of [
      '../../baton.db',
      'plots/../../../../baton.db',
      '/etc/passwd',
      'model/../../x',
      'plots/%2e%2e/x',
    ])
      expect((await get(`/runs/${train}/artifacts/content?path=${encodeURIComponent(path)}`)).status).toBeGreaterThan(
        399,
      )
    expect((await get(`/runs/${train}/artifacts?path=..`)).status).toBe(400)
  })

  test('a CSV is shown as a table, other files are refused by name', async () => {
    expect((await get(`/runs/${train}/artifacts/table?path=model/scores.csv`)).body).toMatchObject({
      columns: [{ name: 'id' }, { name: 'score' }],
      head: [[expect.anything(), 0.5]],
    })
    expect((await get(`/runs/${train}/artifacts/table?path=model/model.json`)).body).toMatchObject({
      code: 'http.artifact_not_table',
    })
  })
})

describe('datasets, lineage, search', () => {
  test('two versions differ in their columns', async () => {
    const { body } = await get<{ columns: { column: string; change: string }[] }>(
      '/datasets/customers/difference?from=1&to=2',
    )
    expect(body.columns[0]).toMatchObject({ column: 'country', change: 'added' })
    expect((await get('/datasets/customers')).body).toMatchObject({ usedBy: [{ name: 'train', version: 1 }] })
    expect((await get('/datasets/customers/versions/1/rows')).body).toMatchObject({
      rows: 2,
      head: [
        [1, 2.5],
        [2, null],
      ],
    })
    expect((await get('/datasets/none')).status).toBe(404)
  })

  test('lineage leads from a dataset version to what was made of it', async () => {
    const { body } = await get<{ nodes: { label: string; focus: boolean }[]; edges: unknown[] }>(
      '/lineage?dataset=customers@1',
    )
    expect(body.nodes.map(({ label, focus }) => `${label}${focus ? '*' : ''}`).toSorted()).toEqual([
      'customers@1*',
      'ingest',
      'model',
      'train',
    ])
    expect(body.edges).toHaveLength(3)
  })

  test('search finds datasets and runs, also by an id, and takes any text', async () => {
    const hits = async (q: string) =>
      (await get<{ hits: { kind: string; title: string }[] }>(`/search?q=${encodeURIComponent(q)}`)).body.hits
    expect((await hits('custom')).map(({ kind }) => kind)).toEqual(['dataset'])
    expect((await hits(pipelineRun.slice(0, 8)))[0]).toMatchObject({ kind: 'run', title: 'churn' })
    expect(await hits(`it's "100 %"`)).toEqual([])
  })
})
