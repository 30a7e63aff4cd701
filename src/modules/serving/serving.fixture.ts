import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openLocalBlobs } from '../../drivers/blob/local/index.ts'
import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import { createModelRuntime } from '../../drivers/runtime/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { digestBytes } from '../../kernel/hash.ts'
import type { ModelSignature } from '../../ports/model-runtime.ts'
import { contract, type ModelContract } from '../contracts/index.ts'
import { createDatasetsContext, type DatasetsContext } from '../datasets/index.ts'
import { fitLearner, learnerSpec, type TrainingTable, writeModelFolder } from '../learners/index.ts'
import { modelsMigrations, registerModel } from '../models/index.ts'
import { createFolderStore } from '../tracking/index.ts'
import { createOpenInput } from './open-input.ts'
import type { PredictBatchContext } from './predict.ts'

export const riskContract: ModelContract = contract({
  name: 'churn',
  task: 'binary',
  target: 'churned',
  owners: { dataScience: 'ana', engineering: 'ben' },
  input: {
    recency_days: { type: 'integer', min: 0 },
    revenue: { type: 'number', nullable: true },
    country: { type: 'string', oneOf: ['UK', 'DE', 'FR'] },
  },
  output: { churn_probability: { type: 'number', min: 0, max: 1 } },
})

const countries = ['UK', 'DE', 'FR']

function trainingTable(rows: number): TrainingTable {
  const recency = Float32Array.from({ length: rows }, (_, i) => (i * 37) % 100)
  const revenue = Float32Array.from({ length: rows }, (_, i) => (i % 11 === 0 ? Number.NaN : (i * 13) % 70))
  const codes = Int32Array.from({ length: rows }, (_, i) => i % 3)
  return {
    rows,
    features: [
      { name: 'recency_days', kind: 'numeric', type: 'integer', values: recency },
      { name: 'revenue', kind: 'numeric', type: 'number', values: revenue },
      { name: 'country', kind: 'categorical', type: 'string', codes, categories: countries },
    ],
    target: recency.map((days, i) => (days + 20 * (i % 3) + ((i * 7) % 10) > 60 ? 1 : 0)),
  }
}

export const signature: ModelSignature = {
  task: 'binary',
  inputs: [
    { name: 'recency_days', type: 'integer', nullable: false },
    { name: 'revenue', type: 'number', nullable: true },
    { name: 'country', type: 'string', nullable: false },
  ],
  output: { name: 'score' },
}

/** Fits and writes a real model. */
export function writeModel(folder: string): void {
  const train = trainingTable(600)
  const learner = learnerSpec.parse({ kind: 'gradientBoosting', roundsWithoutValidation: 15 })
  writeModelFolder(folder, {
    signature,
    learner,
    result: fitLearner({ spec: learner, task: 'binary', train, refit: false, seed: 1 }, () => {}),
    features: train.features.map((feature) =>
      feature.kind === 'numeric'
        ? { name: feature.name, kind: 'numeric', type: feature.type }
        : { name: feature.name, kind: 'categorical', type: 'string', categories: [] },
    ),
    target: 'churned',
    trainRows: train.rows,
    validationRows: 0,
    refitted: false,
    seed: 1,
    versions: { 'baton-ml': '0' },
  })
}

export interface TestServing extends PredictBatchContext, AsyncDisposable {
  readonly root: string
  readonly datasets: DatasetsContext
}

/** A store with one registered model, `churn@1`, on real drivers. */
export async function openServing(): Promise<TestServing> {
  const root = mkdtempSync(join(tmpdir(), 'baton-serving-'))
  const temporaryFolder = join(root, 'tmp')
  mkdirSync(temporaryFolder)
  const database = openTestDatabase({ file: join(root, 'baton.db') })
  await database.migrate(modelsMigrations)
  const engine = createDuckdbEngine({ temporaryFolder, memoryLimitMb: 300, threads: 2 })
  const folders = createFolderStore(openLocalBlobs(join(root, 'blobs')), temporaryFolder)
  const datasets = createDatasetsContext({
    tablesFolder: join(root, 'tables'),
    temporaryFolder,
    engine,
    sources: { open: () => Promise.reject(new Error('no source')) },
    clock: systemClock,
    memoryLimitMb: 300,
  })
  writeModel(join(root, 'model'))
  const registry = { database, clock: systemClock }
  await registerModel(registry, {
    contract: riskContract,
    model: await folders.store(join(root, 'model')),
    reportDigest: digestBytes('report'),
    signature,
    facts: { metrics: {}, scores: { min: 0, max: 1 } },
    alias: { name: 'champion', who: 'ana', why: 'first' },
  })
  return {
    ...registry,
    root,
    engine,
    folders,
    datasets,
    runtime: createModelRuntime(),
    temporaryFolder,
    memoryLimitMb: 300,
    openInput: createOpenInput(datasets),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
