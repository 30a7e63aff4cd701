import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { digestBytes, digestValue } from '../../kernel/hash.ts'
import type { Digest } from '../../kernel/hash.ts'
import { newRunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { DatasetReader } from '../../ports/dataset-reader.ts'
import type { FolderStore } from '../../ports/folder-store.ts'
import type { LoadedModel, ModelRuntime, ModelSignature } from '../../ports/model-runtime.ts'
import type { TableEngine } from '../../ports/table-engine.ts'
import type { OutputRef, StepContext, StepNode } from '../pipelines/index.ts'
import type { StepScope } from '../pipelines/declare.ts'
import { declareEvaluate, type EvaluateOptions } from './declare.ts'
import type { ChampionAddress, EvaluateContext } from './step.ts'

/** A model as plain numbers: Σ coefficient · input + intercept, through the logistic function when binary. */
export interface LinearModel {
  readonly signature: ModelSignature
  readonly target: string
  readonly coefficients: Readonly<Record<string, number>>
  readonly intercept: number
}

/** A runtime for `LinearModel` folders: the smallest real driver. */
export const linearRuntime: ModelRuntime = {
  async load(folder): Promise<LoadedModel> {
    const model = JSON.parse(readFileSync(join(folder, 'baton-model.json'), 'utf8')) as LinearModel
    return {
      signature: model.signature,
      async predict(batch) {
        return Float64Array.from({ length: batch.rows }, (_, row) => {
          let sum = model.intercept
          for (const [name, coefficient] of Object.entries(model.coefficients))
            sum += coefficient * (batch.columns[name] as Float64Array)[row]!
          return model.signature.task === 'binary' ? 1 / (1 + Math.exp(-sum)) : sum
        })
      },
      async [Symbol.asyncDispose]() {},
    }
  },
}

/** Everything an evaluate step meets, in a temporary folder: real files and a real engine. */
export interface Bench {
  readonly engine: TableEngine
  readonly folder: string
  readonly context: EvaluateContext
  /** Makes a dataset version from a query. */
  table(dataset: string, sql: string): Promise<OutputRef>
  model(model: LinearModel): Promise<OutputRef>
  /** Runs one evaluate step as the pipeline would. */
  evaluate(
    inputs: Readonly<Record<string, OutputRef>>,
    options?: Omit<EvaluateOptions, 'model' | 'data' | 'train' | 'validation'>,
  ): StepContext
  champion: ChampionAddress | undefined
}

export function createBench(openEngine: (temporaryFolder: string) => TableEngine): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'baton-evaluation-'))
  const engine = openEngine(join(folder, 'spill'))
  const tables = new Map<string, { path: string; rows: number }>()
  const datasets: DatasetReader = {
    async scan({ dataset }) {
      const found = tables.get(dataset)!
      const sql = `read_parquet(['${found.path}'])`
      await using session = await engine.openSession()
      const columns = await session.describe(`SELECT * FROM ${sql}`)
      return { sql, folders: [join(folder, 'tables')], files: [found.path], rows: found.rows, columns }
    },
  }
  const folders: FolderStore = {
    async store(path) {
      const digest = digestBytes(readFileSync(join(path, 'quality.json')))
      cpSync(path, join(folder, 'stored', digest), { recursive: true })
      return { digest, sizeBytes: 1, files: 2 }
    },
    has: async (digest) => existsSync(join(folder, 'stored', digest)),
    async restore(digest, destination) {
      cpSync(join(folder, 'stored', digest), destination, { recursive: true })
    },
  }
  let count = 0
  const bench: Bench = {
    engine,
    folder,
    champion: undefined,
    context: {
      engine,
      datasets,
      runtime: linearRuntime,
      folders,
      clock: { now: () => new Date('2026-01-12T09:30:00Z') },
      project: 'churn',
      batonVersion: '0.1.0',
      champion: async () => bench.champion,
      reportsFolder: join(folder, 'reports'),
    },
    async table(dataset, sql) {
      mkdirSync(join(folder, 'tables'), { recursive: true })
      const path = join(folder, 'tables', `${dataset}.parquet`)
      await using session = await engine.openSession()
      await session.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`)
      const [{ n } = { n: 0 }] = await session.rows<{ n: number }>(`SELECT count(*) AS n FROM read_parquet('${path}')`)
      tables.set(dataset, { path, rows: n })
      return { kind: 'table', dataset, version: 1, digest: digestValue('fixture', sql), rows: n }
    },
    async model(model) {
      const digest: Digest = digestValue('fixture-model', model as unknown as Json)
      const path = join(folder, 'stored', digest)
      mkdirSync(path, { recursive: true })
      writeFileSync(join(path, 'baton-model.json'), JSON.stringify(model))
      writeFileSync(join(path, 'model.onnx'), 'not read by the linear runtime')
      return { kind: 'model', digest, sizeBytes: 41_200, files: 2 }
    },
    evaluate(inputs, options = {}) {
      const nodes: StepNode[] = []
      const scope: StepScope = { params: {}, file: 'pipelines/churn.ts', add: (node) => nodes.push(node) }
      const handle = <Kind extends 'model' | 'table'>(kind: Kind, name: string) => ({ kind, step: name, output: name })
      declareEvaluate(scope, 'evaluate', {
        model: handle('model', 'model'),
        data: handle('table', 'data'),
        ...(inputs['train'] === undefined ? {} : { train: handle('table', 'train') }),
        ...(inputs['validation'] === undefined ? {} : { validation: handle('table', 'validation') }),
        ...options,
      })
      const workFolder = join(folder, `work-${count++}`)
      mkdirSync(workFolder)
      return {
        node: nodes[0]!,
        graph: { pipeline: 'churn', file: 'pipelines/churn.ts', params: {}, steps: nodes },
        runId: newRunId(),
        pipelineRunId: newRunId(),
        params: {},
        inputs,
        projectRoot: folder,
        workFolder,
        env: () => undefined,
        signal: new AbortController().signal,
        log: () => {},
        progress: () => {},
      }
    },
  }
  return bench
}

/** Customers whose churn depends on recency and frequency; `id` varies nothing. Seeded by the row number alone. */
export function customersSql(rows: number, shift = 0): string {
  return `
    SELECT id,
           recency_days,
           orders,
           country,
           hash(id, 5) % 1000 / 1000.0 < 1 / (1 + exp(-(0.03 * (recency_days - 60) - 0.25 * (orders - 4)))) AS churned,
           20.0 + 3 * orders + (hash(id, 6) % 100) / 10.0 AS spend
    FROM (
      SELECT i + ${shift} AS id,
             (hash(i + ${shift}, 1) % 180)::DOUBLE AS recency_days,
             1 + (hash(i + ${shift}, 2) % 12)::INTEGER AS orders,
             ['United Kingdom', 'United Kingdom', 'United Kingdom', 'Germany', 'France', 'Eire'][(1 + hash(i + ${shift}, 3) % 6)::INTEGER] AS country
      FROM range(${rows}) t(i)
    ) ORDER BY id`
}

export const churnModel: LinearModel = {
  signature: {
    task: 'binary',
    inputs: [
      { name: 'recency_days', type: 'number', nullable: false },
      { name: 'orders', type: 'integer', nullable: false },
    ],
    output: { name: 'churn_probability', positive: 'true' },
  },
  target: 'churned',
  coefficients: { recency_days: 0.03, orders: -0.25 },
  intercept: -0.8,
}

export const spendModel: LinearModel = {
  signature: {
    task: 'regression',
    inputs: [{ name: 'orders', type: 'integer', nullable: false }],
    output: { name: 'spend' },
  },
  target: 'spend',
  coefficients: { orders: 3 },
  intercept: 25,
}
