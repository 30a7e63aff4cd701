import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { digestValue } from '../../kernel/hash.ts'
import { newRunId, type RunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { Database } from '../../ports/database.ts'
import { createStepScope, type GraphScope } from './build/scope.ts'
import type { Handle, OutputKind, OutputRef } from './graph.ts'
import type { CachedStep, PipelineRunEnd, RunRecorder, StepRunEnd, StepRunStart } from './recorder.ts'
import type { PipelinesContext } from './run/context.ts'
import type { StepContext, StepKind } from './step-kind.ts'
import { pipelinesMigrations } from './tables.ts'

/** A recorder that remembers what it was told. */
export interface FakeRecorder extends RunRecorder {
  readonly started: (StepRunStart & { readonly runId: RunId })[]
  readonly ended: Map<RunId, StepRunEnd>
  readonly cached: CachedStep[]
  readonly pipelines: Map<RunId, PipelineRunEnd | 'running' | 'abandoned'>
}

export function createFakeRecorder(): FakeRecorder {
  const recorder: FakeRecorder = {
    started: [],
    ended: new Map(),
    cached: [],
    pipelines: new Map(),
    startPipelineRun() {
      const runId = newRunId()
      recorder.pipelines.set(runId, 'running')
      return Promise.resolve(runId)
    },
    startStepRun(start) {
      const runId = newRunId()
      recorder.started.push({ ...start, runId })
      return Promise.resolve(runId)
    },
    finishStepRun(runId, end) {
      recorder.ended.set(runId, end)
      return Promise.resolve()
    },
    recordCached(_, steps) {
      recorder.cached.push(...steps)
      return Promise.resolve(steps.map(() => newRunId()))
    },
    finishPipelineRun(runId, end) {
      recorder.pipelines.set(runId, end)
      return Promise.resolve()
    },
    abandonPipelineRun(runId) {
      recorder.pipelines.set(runId, 'abandoned')
      return Promise.resolve()
    },
  }
  return recorder
}

/** A project in a temporary folder with a real database. */
export interface TestProject extends AsyncDisposable {
  readonly root: string
  readonly ctx: PipelinesContext
  readonly recorder: FakeRecorder
  readonly database: Database
  /** Writes a file that is an hour old, so that the stat cache may trust it. */
  write(path: string, text: string): string
}

export async function openTestProject(
  openDatabase: (options: { readonly file: string }) => Database,
  kinds: readonly StepKind[],
  overrides: Partial<PipelinesContext> = {},
): Promise<TestProject> {
  const root = mkdtempSync(join(tmpdir(), 'baton-pipelines-'))
  const stateFolder = join(root, '.baton')
  mkdirSync(stateFolder)
  const database = openDatabase({ file: join(stateFolder, 'baton.db') })
  await database.migrate(pipelinesMigrations)
  const recorder = createFakeRecorder()
  const ctx: PipelinesContext = {
    database,
    clock: { now: () => new Date() },
    projectRoot: root,
    stateFolder,
    env: () => undefined,
    kinds,
    recorder,
    outputsPresent: (outputs) => Promise.resolve(outputs.map(() => true)),
    ...overrides,
  }
  return {
    root,
    ctx,
    recorder,
    database,
    write(path, text) {
      const full = join(root, path)
      mkdirSync(dirname(full), { recursive: true })
      writeFileSync(full, text)
      const past = new Date(Date.now() - 3_600_000)
      utimesSync(full, past, past)
      return full
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

export function valueOutput(value: Json): Extract<OutputRef, { kind: 'value' }> {
  return { kind: 'value', digest: digestValue('value/1', value), value }
}

/** A step kind whose work is a function of the test; its key has the files that `options.files` names. */
export function createValueKind(
  work: (ctx: StepContext) => Json | Promise<Json> = (ctx) => ctx.node.name,
): StepKind & { readonly ran: string[] } {
  const ran: string[] = []
  return {
    kind: 'value',
    version: 1,
    ran,
    async keyParts(node, ctx) {
      const { files = [] } = node.options as { files?: readonly string[] }
      return Promise.all(
        files.map(async (file) => ({
          name: `code ${file}`,
          digest: await ctx.digestFile(join(ctx.projectRoot, file)),
        })),
      )
    },
    async run(ctx) {
      ran.push(ctx.node.name)
      return { outputs: { output: valueOutput(await work(ctx)) } }
    },
  }
}

interface ValueStep {
  readonly inputs?: Readonly<Record<string, Handle>>
  readonly files?: readonly string[]
  readonly options?: Readonly<Record<string, Json>>
  readonly params?: readonly string[]
  readonly retries?: number
  readonly timeoutMs?: number
  readonly cached?: boolean
}

/** Declares a step of `createValueKind`. */
export function addValueStep(scope: GraphScope, name: string, step: ValueStep = {}): Handle<'value'> {
  const outputs: Record<string, OutputKind> = { output: 'value' }
  scope.add({
    name,
    kind: 'value',
    inputs: step.inputs ?? {},
    outputs,
    options: { ...step.options, ...(step.files ? { files: step.files } : {}) },
    params: step.params ?? [],
    retries: step.retries ?? 0,
    cached: step.cached ?? true,
    ...(step.timeoutMs === undefined ? {} : { timeoutMs: step.timeoutMs }),
  })
  return { kind: 'value', step: name, output: 'output' }
}

export function testScope(params: Readonly<Record<string, Json>> = {}): GraphScope {
  return createStepScope({ pipeline: 'belt', file: 'pipelines/belt.ts', params })
}
