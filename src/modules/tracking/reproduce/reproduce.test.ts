import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openLocalBlobs } from '../../../drivers/blob/local/index.ts'
import { digestBytes } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import {
  captureCode,
  captureEnvironment,
  childRuns,
  compareEnvironments,
  compareRuns,
  getRun,
  prepareReproduction,
  recordFinishedSteps,
  startRun,
} from '../index.ts'
import { openTracking, type TrackingFixture } from '../tracking.fixture.ts'

let ctx: TrackingFixture
beforeEach(async () => {
  ctx = await openTracking()
})
afterEach(() => ctx[Symbol.asyncDispose]())

const table = (version: number, content = `t${version}`) =>
  ({ kind: 'table', dataset: 'invoices', version, digest: digestBytes(content), rows: 10 * version }) as const
const folder = (kind: 'model' | 'report', content: string) =>
  ({ kind, digest: digestBytes(content), sizeBytes: 1, files: 1 }) as const

test('code, params and data of a run are handed out, from any of its steps, and cleared away', async () => {
  const project = join(ctx.folder, 'project')
  mkdirSync(join(project, 'pipelines'), { recursive: true })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: project })
  git('init', '--quiet')
  writeFileSync(join(project, 'pipelines/churn.ts'), 'old')
  git('add', '.')
  git('commit', '--quiet', '-m', 'first')
  writeFileSync(join(project, 'pipelines/churn.ts'), 'as it was run')
  const blobs = openLocalBlobs(join(ctx.folder, 'blobs'))
  const code = await captureCode(project, blobs)
  const parameters = { horizonDays: 30, list: [1, { a: null }] }
  const start = { name: 'churn', kind: 'pipeline', pipeline: 'churn', pipelineFile: 'pipelines/churn.ts' } as const
  const run = await startRun(ctx, { ...start, parameters, code })
  const steps = [
    { step: 'invoices', outputs: { table: table(3) } },
    { step: 'train', inputs: { train: table(3) }, outputs: { model: folder('model', 'm') } },
  ]
  const [, train] = await recordFinishedSteps(ctx, run, steps)
  writeFileSync(join(project, 'pipelines/churn.ts'), 'changed since')

  const place = join(ctx.folder, 'scratch', 'code')
  const reproduction = { ...ctx, blobs, projectRoot: project }
  {
    await using prepared = await prepareReproduction(reproduction, train!, place)
    expect(prepared).toMatchObject({
      worktree: place,
      project: place,
      pipeline: 'churn',
      params: parameters,
      omitted: [],
    })
    expect(readFileSync(join(prepared.project, prepared.pipelineFile), 'utf8')).toBe('as it was run')
    expect(prepared.sources).toEqual({ invoices: [{ name: 'table', ...table(3) }] })
    expect(prepared.original.run.id).toBe(run)
    expect(prepared.original.steps).toHaveLength(2)
  }
  expect(existsSync(place)).toBe(false)
  expect(readFileSync(join(project, 'pipelines/churn.ts'), 'utf8')).toBe('changed since')

  const notebook = await startRun(ctx, { name: 'notebook', kind: 'run', code })
  await expect(prepareReproduction(reproduction, notebook, place)).rejects.toMatchObject({
    code: 'tracking.not_reproducible',
  })
  const uncaptured = await startRun(ctx, start)
  await expect(prepareReproduction(reproduction, uncaptured, place)).rejects.toMatchObject({
    code: 'tracking.not_reproducible',
  })
})

describe('compareRuns', () => {
  type Steps = Parameters<typeof recordFinishedSteps>[2]
  async function record(steps: Steps) {
    const id: RunId = await startRun(ctx, { name: 'p', kind: 'pipeline', pipeline: 'p', pipelineFile: 'p.ts' })
    await recordFinishedSteps(ctx, id, steps)
    return { run: await getRun(ctx, id), steps: await childRuns(ctx, id) }
  }
  async function compare(before: Steps, after: Steps, tolerance = 0.001) {
    return compareRuns(await record(before), await record(after), { tolerance })
  }

  test('equal digests are identical, whatever the version is called', async () => {
    const [row] = await compare(
      [{ step: 's', outputs: { table: table(1, 'x') } }],
      [{ step: 's', outputs: { table: table(7, 'x') } }],
    )
    expect(row).toEqual({ step: 's', metrics: [], outputs: [{ output: 'table', verdict: 'identical' }] })
  })

  test('a counter in a value is left out, and all else in it is not', async () => {
    const value = (version: number, digest: string) =>
      ({ kind: 'value', digest: digestBytes(`${version}${digest}`), value: { version, digest } }) as const
    const original = await record([{ step: 'register', outputs: { version: value(3, 'a') } }])
    const verdict = async (again: ReturnType<typeof value>, countersOf?: () => readonly string[]) => {
      const repeated = await record([{ step: 'register', outputs: { version: again } }])
      const options = { tolerance: 0.001, ...(countersOf ? { countersOf } : {}) }
      return compareRuns(original, repeated, options)[0]?.outputs[0]?.verdict
    }
    expect(await verdict(value(9, 'a'), () => ['version'])).toBe('identical')
    expect(await verdict(value(9, 'b'), () => ['version'])).toBe('different')
    expect(await verdict(value(9, 'a'))).toBe('different')
  })

  test('a model with other bytes is judged by the metrics of its step, at and beyond the tolerance', async () => {
    const before = [
      { step: 'train', outputs: { model: folder('model', 'a') }, metrics: { logLoss: 0.5, trainMs: 100 } },
    ]
    const after = (logLoss: number) => [
      { step: 'train', outputs: { model: folder('model', 'b') }, metrics: { logLoss, trainMs: 900 } },
    ]
    const [same] = await compare(before, after(0.5))
    expect(same?.outputs[0]?.verdict).toBe('within_tolerance')
    expect(same?.metrics.map(({ key, verdict }) => [key, verdict])).toEqual([
      ['logLoss', 'identical'],
      ['trainMs', 'not_compared'],
    ])
    const [edge] = await compare(before, after(0.75), 0.25)
    expect([edge?.outputs[0]?.verdict, edge?.metrics[0]?.verdict]).toEqual(['within_tolerance', 'within_tolerance'])
    const [beyond] = await compare(before, after(0.7501), 0.25)
    expect(beyond?.outputs[0]).toEqual({ output: 'model', verdict: 'different', detail: 'logLoss: 0.5 became 0.7501' })
    const [nan] = await compare(before, after(Number.NaN), 0.25)
    expect(nan?.outputs[0]?.verdict).toBe('different')
  })

  test('without metrics, other bytes are different; so are other rows', async () => {
    const rows = await compare(
      [
        { step: 'a', outputs: { report: folder('report', '1') }, metrics: { wallMs: 1 } },
        { step: 'b', outputs: { table: table(1) } },
      ],
      [
        { step: 'a', outputs: { report: folder('report', '2') }, metrics: { wallMs: 1 } },
        { step: 'b', outputs: { table: table(2) } },
      ],
    )
    expect(rows.map((row) => row.outputs[0]?.verdict)).toEqual(['different', 'different'])
    expect(rows[1]?.outputs[0]?.detail).toBe('10 rows became 20')
  })

  test('what is missing, new or of another kind is said', async () => {
    const metrics = { rocAuc: 0.7 }
    const rows = await compare(
      [
        { step: 'a', outputs: { x: table(1), y: table(2) }, metrics },
        { step: 'gone', outputs: { x: table(1) }, metrics },
      ],
      [{ step: 'a', outputs: { x: folder('model', 'm'), z: table(2) }, metrics: { other: 1 } }],
    )
    expect(rows[0]?.outputs.map(({ output, verdict }) => [output, verdict])).toEqual([
      ['x', 'different'],
      ['y', 'missing'],
      ['z', 'different'],
    ])
    expect(rows[0]?.metrics.map(({ key, verdict }) => [key, verdict])).toEqual([
      ['other', 'different'],
      ['rocAuc', 'missing'],
    ])
    expect(rows[1]?.outputs).toEqual([{ output: 'x', verdict: 'missing', detail: 'the repetition did not make it' }])
  })

  test('values are compared number by number', async () => {
    const value = (content: object) => ({
      step: 'v',
      outputs: { v: { kind: 'value', digest: digestBytes(JSON.stringify(content)), value: content as never } },
    })
    const verdict = async (a: object, b: object) => (await compare([value(a)], [value(b)], 0.1))[0]?.outputs[0]?.verdict
    expect(await verdict({ a: [1, 'x'], b: null }, { b: null, a: [1.05, 'x'] })).toBe('within_tolerance')
    expect(await verdict({ a: [1, 'x'] }, { a: [1.2, 'x'] })).toBe('different')
    expect(await verdict({ a: [1] }, { a: { 0: 1 } })).toBe('different')
    expect(await verdict({ a: 1 }, { a: 1, b: 2 })).toBe('different')
    expect(await verdict({ a: 1 }, { b: 1 })).toBe('different')
  })
})

test('compareEnvironments names what may change numbers', async () => {
  const now = await captureEnvironment(ctx.folder, '0.1.0')
  expect(compareEnvironments(now, { ...now, pid: 1, user: 'other' })).toEqual([])
  const lockfiles = { 'package-lock.json': digestBytes('a') }
  expect(compareEnvironments({ ...now, nodeVersion: '24.0.0', lockfiles }, now)).toEqual([
    { what: 'Node', recorded: '24.0.0', current: now.nodeVersion },
    { what: 'package-lock.json', recorded: digestBytes('a'), current: 'absent' },
  ])
})
