import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { type Digest, digestValue } from '../../kernel/hash.ts'
import { newRunId } from '../../kernel/ids.ts'
import type { FolderStore } from '../../ports/folder-store.ts'
import type { ModelRuntime } from '../../ports/model-runtime.ts'
import { parseModelContract } from '../contracts/index.ts'
import type { QualityReport } from '../evaluation/index.ts'
import { createStepScope } from '../pipelines/declare.ts'
import type { OutputRef, StepContext, StepResult } from '../pipelines/index.ts'
import { declareRegister } from './declare.ts'
import { createRegisterStep, promote, type RegisterContext, resolveModel, showModel, verifyModels } from './index.ts'
import { openRegistry, smallContract, type TestRegistry } from './registry.fixture.ts'

const textOf = (path: string) =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))

/** Folders kept by the digest of their files' text. */
function createFolders(root: string): FolderStore {
  const place = (digest: Digest) => join(root, digest.replace(':', '-'))
  return {
    store(path) {
      const text = textOf(path)
      const digest = digestValue('folder/1', text)
      cpSync(path, place(digest), { recursive: true })
      return Promise.resolve({ digest, sizeBytes: 1000, files: Object.keys(text).length })
    },
    async restore(digest, destination) {
      if (!existsSync(place(digest))) throw new Error(`no ${digest}`)
      if (digestValue('folder/1', textOf(place(digest))) !== digest) throw new Error('its bytes are others')
      cpSync(place(digest), destination, { recursive: true })
    },
    has: (digest) => Promise.resolve(existsSync(place(digest))),
  }
}

/** A runtime whose models are a signature in a file. */
const runtime: ModelRuntime = {
  load: (folder) =>
    Promise.resolve({
      signature: JSON.parse(readFileSync(join(folder, 'signature.json'), 'utf8')) as never,
      predict: () => Promise.reject(new Error('not asked here')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
}

const table = { dataset: 'customers', version: 1, digest: 'sha256:1', rows: 100 }

function report(modelDigest: string, change: Partial<QualityReport> = {}): QualityReport {
  return {
    format: 'baton-quality/1',
    task: 'binary',
    verdict: { sentence: 'Good.', points: [] },
    model: {
      name: 'churn',
      digest: modelDigest,
      sizeBytes: 1000,
      files: 1,
      format: 'onnx',
      inputs: [{ name: 'recency_days', type: 'number', nullable: true }],
      output: { name: 'score' },
    },
    data: { ...table, scored: 100, withoutTarget: 0, target: 'churned', types: {}, scores: { min: 0.1, max: 0.9 } },
    metrics: { rocAuc: { value: 0.74, lower: 0.72, upper: 0.76 } },
    notDefined: {},
    intervals: { method: 'percentile', level: 0.95, replicates: 1000, drawnRows: 100, stratified: true, seed: 1 },
    baselines: [],
    slices: [],
    sliceMinRows: 50,
    behaviour: [],
    latency: { p50Ms: 0.1, p95Ms: 0.2, p99Ms: 0.3, predictions: 300, machine: 'test' },
    provenance: { project: 'p', pipeline: 'churn', step: 'evaluate', runId: 'r', batonVersion: '0', createdAt: 'now' },
    ...change,
  }
}

interface Bench {
  readonly ctx: RegisterContext & { readonly temporaryFolder: string }
  readonly folder: (
    name: string,
    files: Readonly<Record<string, string>>,
    kind: 'model' | 'report',
  ) => Promise<OutputRef & { digest: Digest }>
  readonly run: (inputs: Readonly<Record<string, OutputRef>>, contract?: object) => Promise<StepResult>
}

function bench(registry: TestRegistry): Bench {
  const ctx = {
    ...registry,
    folders: createFolders(join(registry.folder, 'blobs')),
    runtime,
    reportsFolder: join(registry.folder, 'reports'),
    temporaryFolder: registry.folder,
    who: 'ana',
  }
  let made = 0
  return {
    ctx,
    async folder(name, files, kind) {
      const path = join(registry.folder, `${name}-${(made += 1)}`)
      mkdirSync(path)
      for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
      return { kind, ...(await ctx.folders.store(path)) }
    },
    async run(inputs, contract = smallContract) {
      const scope = createStepScope({ pipeline: 'churn', file: 'pipelines/churn.ts', params: {} })
      for (const [step, kind] of [
        ['train', 'model'],
        ['evaluate', 'report'],
      ] as const)
        scope.add({
          name: step,
          kind: 'process',
          inputs: {},
          outputs: { output: kind },
          options: {},
          retries: 0,
          cached: true,
        })
      declareRegister(scope, 'register', {
        model: { kind: 'model', step: 'train', output: 'output' },
        report: { kind: 'report', step: 'evaluate', output: 'output' },
        contract: parseModelContract(contract),
        alias: 'challenger',
      })
      const graph = scope.toGraph()
      const workFolder = join(registry.folder, `work-${(made += 1)}`)
      mkdirSync(workFolder)
      const step: Partial<StepContext> = {
        node: graph.steps.at(-1)!,
        graph,
        runId: newRunId(),
        pipelineRunId: newRunId(),
        inputs,
        projectRoot: registry.folder,
        workFolder,
        signal: new AbortController().signal,
        log: () => {},
        progress: () => {},
      }
      return await createRegisterStep(ctx).run(step as StepContext)
    },
  }
}

const signature = JSON.stringify({
  task: 'binary',
  inputs: [{ name: 'recency_days', type: 'number', nullable: true }],
  output: { name: 'score' },
})
const files = (quality: QualityReport) => ({
  'quality.json': JSON.stringify(quality),
  'quality.html': '<h1>Good.</h1>',
})

describe('the register step', () => {
  it('makes a version with its alias, leaves the report and says what to do next', async () => {
    await using registry = await openRegistry(openTestDatabase)
    const { ctx, folder, run } = bench(registry)
    const model = await folder('model', { 'signature.json': signature }, 'model')
    const quality = await folder('report', files(report(model.digest)), 'report')
    const result = await run({ model, report: quality })
    expect(result.outputs['version']).toMatchObject({
      kind: 'value',
      value: { model: 'churn', version: 1, alias: 'challenger', digest: model.digest },
    })
    expect(result.notices).toEqual([
      { label: 'model', text: 'churn@1' },
      { label: 'quality report', text: join('reports', 'churn-1.html') },
      { label: 'next', text: 'baton models promote churn@1 --to champion --why "…"' },
    ])
    expect(readFileSync(join(ctx.reportsFolder, 'churn-1.html'), 'utf8')).toBe('<h1>Good.</h1>')
    expect(JSON.parse(readFileSync(join(ctx.reportsFolder, 'churn-1.json'), 'utf8'))).toEqual(report(model.digest))
    expect(readdirSync(ctx.reportsFolder).filter((name) => name.startsWith('.'))).toEqual([])
    expect(await verifyModels(ctx)).toEqual({ versions: 1, problems: [] })
  })

  it('gives the same version and the same bytes when it runs again', async () => {
    await using registry = await openRegistry(openTestDatabase)
    const { ctx, folder, run } = bench(registry)
    const model = await folder('model', { 'signature.json': signature }, 'model')
    const quality = await folder('report', files(report(model.digest)), 'report')
    const first = await run({ model, report: quality })
    const second = await run({ model, report: quality })
    expect(second.outputs).toEqual(first.outputs)
    expect((await showModel(ctx, 'churn')).versions).toHaveLength(1)
    expect((await showModel(ctx, 'churn')).history).toHaveLength(1)
  })

  it('makes nothing and leaves no report when a promise is broken', async () => {
    await using registry = await openRegistry(openTestDatabase)
    const { ctx, folder, run } = bench(registry)
    const model = await folder('model', { 'signature.json': signature }, 'model')
    const quality = await folder('report', files(report(model.digest)), 'report')
    const strict = { ...smallContract, quality: { rocAuc: { min: 0.8 } } }
    await expect(run({ model, report: quality }, strict)).rejects.toMatchObject({ code: 'models.gate_failed' })
    expect(existsSync(ctx.reportsFolder)).toBe(false)
    await expect(resolveModel(ctx, 'churn')).rejects.toMatchObject({ code: 'models.not_found' })
  })

  it('refuses the report of another model, and one that is no report', async () => {
    await using registry = await openRegistry(openTestDatabase)
    const { folder, run } = bench(registry)
    const model = await folder('model', { 'signature.json': signature }, 'model')
    const other = await folder('report', files(report('sha256:other')), 'report')
    await expect(run({ model, report: other })).rejects.toMatchObject({ code: 'models.report_mismatch' })
    const none = await folder('report', { 'quality.json': '{}' }, 'report')
    await expect(run({ model, report: none })).rejects.toMatchObject({ code: 'evaluation.unreadable_report' })
  })

  it('judges the signature that the model has, whatever its report says', async () => {
    await using registry = await openRegistry(openTestDatabase)
    const { folder, run } = bench(registry)
    const needsAge = JSON.stringify({
      ...(JSON.parse(signature) as object),
      inputs: [{ name: 'age', type: 'number', nullable: true }],
    })
    const model = await folder('model', { 'signature.json': needsAge }, 'model')
    const quality = await folder('report', files(report(model.digest)), 'report')
    await expect(run({ model, report: quality })).rejects.toThrow(
      /The model needs age, which the contract does not promise/,
    )
  })
})

describe('verifyModels', () => {
  it('names what is gone, changed or contradicts the history', async () => {
    await using registry = await openRegistry(openTestDatabase)
    const { ctx, folder, run } = bench(registry)
    const model = await folder('model', { 'signature.json': signature }, 'model')
    const quality = await folder('report', files(report(model.digest)), 'report')
    await run({ model, report: quality })
    await promote(ctx, 'churn@1', 'champion', { who: 'ana', why: 'first' })
    const place = (digest: string) => join(registry.folder, 'blobs', digest.replace(':', '-'))
    writeFileSync(join(place(model.digest), 'signature.json'), 'torn')
    writeFileSync(join(place(quality.digest), 'extra'), 'x')
    await ctx.database
      .tables<{
        model_aliases: { version: number; alias: string }
        model_versions: { contract: string }
        alias_events: { alias: string }
      }>()
      .deleteFrom('alias_events')
      .where('alias', '=', 'champion')
      .execute()
    const found = await verifyModels(ctx)
    expect(found.problems.map((problem) => problem.what)).toEqual([
      expect.stringContaining('its model folder'),
      expect.stringContaining('its quality report'),
      'has the alias champion, but its history says none',
    ])
  })
})
