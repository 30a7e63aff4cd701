import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import { createRowSources } from '../../drivers/source/index.ts'
import { type Clock, systemClock } from '../../kernel/clock.ts'
import { digestFile } from '../../kernel/hash.ts'
import { newRunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import { createStepScope, type Handle, type OutputRef, type StepScope } from '../pipelines/declare.ts'
import type { KeyPart, StepKind, StepResult } from '../pipelines/index.ts'
import {
  createDatasetsContext,
  createIngestStep,
  createSplitStep,
  createSqlStep,
  type DatasetsContext,
} from './index.ts'

/** A project folder with a real engine, in which tests run single steps as the pipeline would. */
export interface TestBelt extends AsyncDisposable {
  readonly root: string
  readonly ctx: DatasetsContext
  readonly logs: string[]
  /** Runs the declared steps in order, feeding outputs to inputs, and gives each one's result by name. */
  run(declare: (scope: StepScope) => unknown, options?: TestRun): Promise<Readonly<Record<string, StepResult>>>
  /** The key parts of the last declared step. */
  keyOf(declare: (scope: StepScope) => unknown, options?: TestRun): Promise<readonly KeyPart[]>
  /** The rows of a dataset's latest version, in order. */
  rows<T extends object = Record<string, unknown>>(dataset: string, select?: string): Promise<readonly T[]>
}

export interface TestRun {
  readonly params?: Readonly<Record<string, Json>>
  readonly env?: Readonly<Record<string, string>>
}

export interface TestBeltOptions {
  readonly clock?: Clock
  readonly memoryLimitMb?: number
  readonly root?: string
}

export function createTestBelt(options: TestBeltOptions = {}): TestBelt {
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'baton-datasets-'))
  const store = join(root, '.baton')
  mkdirSync(join(store, 'tmp'), { recursive: true })
  const { memoryLimitMb = 256, clock = systemClock } = options
  const engine = createDuckdbEngine({ temporaryFolder: join(store, 'tmp'), memoryLimitMb, threads: 2 })
  const ctx = createDatasetsContext({
    tablesFolder: join(store, 'tables'),
    temporaryFolder: join(store, 'tmp'),
    engine,
    sources: createRowSources(),
    clock,
    memoryLimitMb,
  })
  const kinds: Readonly<Record<string, StepKind>> = {
    ingest: createIngestStep(ctx),
    sql: createSqlStep(ctx),
    split: createSplitStep(ctx),
  }
  const logs: string[] = []
  const graphOf = (declare: (scope: StepScope) => unknown, run: TestRun) => {
    const scope = createStepScope({ pipeline: 'test', file: 'pipelines/test.ts', params: run.params ?? {} })
    declare(scope)
    return scope.toGraph()
  }
  const common = (run: TestRun) => ({ projectRoot: root, env: (name: string) => run.env?.[name] })

  return {
    root,
    ctx,
    logs,
    async run(declare, run = {}) {
      const graph = graphOf(declare, run)
      const results: Record<string, StepResult> = {}
      for (const node of graph.steps) {
        const inputs: Record<string, OutputRef> = {}
        for (const [name, handle] of Object.entries<Handle>(node.inputs)) {
          inputs[name] = results[handle.step]!.outputs[handle.output]!
        }
        results[node.name] = await kinds[node.kind]!.run({
          node,
          graph,
          runId: newRunId(),
          pipelineRunId: newRunId(),
          params: {},
          inputs,
          workFolder: join(store, 'tmp'),
          signal: new AbortController().signal,
          log: (line) => void logs.push(line),
          progress: () => undefined,
          ...common(run),
        })
      }
      return results
    },
    async keyOf(declare, run = {}) {
      const graph = graphOf(declare, run)
      const node = graph.steps.at(-1)!
      return kinds[node.kind]!.keyParts(node, { graph, digestFile, codeParts: async () => [], ...common(run) })
    },
    async rows<T extends object>(dataset: string, select = 'SELECT *') {
      const { createDatasetReader, resolveDataset } = await import('./index.ts')
      const scan = await createDatasetReader(ctx).scan(resolveDataset(ctx, dataset))
      await using session = await engine.openSession({ allowedFolders: scan.folders })
      return await session.rows<T>(`${select} FROM ${scan.sql}`)
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      if (options.root === undefined) rmSync(root, { recursive: true, force: true })
    },
  }
}
