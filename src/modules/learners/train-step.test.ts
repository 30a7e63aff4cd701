import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import { createModelRuntime } from '../../drivers/runtime/index.ts'
import type { BatonError } from '../../kernel/errors.ts'
import { digestValue } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import type { TableEngine } from '../../ports/table-engine.ts'
import type { OutputRef, StepContext, StepNode, StepProgress, StepResult } from '../pipelines/index.ts'
import { createStepScope } from '../pipelines/declare.ts'
import {
  blend,
  declareTrain,
  gradientBoosting,
  logisticRegression,
  ridgeRegression,
  training,
  type TrainOptions,
  zeroRule,
} from './declare.ts'
import { createTrainStep, type LearnersContext } from './train-step.ts'

const root = mkdtempSync(join(tmpdir(), 'baton-train-'))
const kept = join(root, 'kept')
let engine: TableEngine

/** Customers over three periods; `late` ones churn, and so do the French. */
const CUSTOMERS = `
  SELECT i AS id, 'customer ' || i AS name, (i % 3) AS period,
    CASE WHEN i % 11 = 0 THEN NULL ELSE (i * 7919) % 101 END AS late,
    ['FR', 'DE', 'PL', 'IT'][1 + (i * 31) % 4] AS country,
    DATE '2026-01-01' + CAST(i % 90 AS INTEGER) AS since,
    CAST((i * 13) % 17 AS DECIMAL(9, 2)) AS spend,
    'same' AS constant,
    [1, 2] AS list,
    ((i * 7919) % 101 > 60) <> ((i * 31) % 4 = 0) AS churned
  FROM range(3000) t(i)`

beforeAll(async () => {
  engine = createDuckdbEngine({ temporaryFolder: join(root, 'spill'), memoryLimitMb: 500, threads: 1 })
  await using session = await engine.openSession()
  mkdirSync(join(root, 'tables'))
  const write = (name: string, sql: string) =>
    session.run(`COPY (${sql}) TO '${join(root, 'tables', `${name}.parquet`)}' (FORMAT parquet)`)
  await write('train', `SELECT * FROM (${CUSTOMERS}) WHERE period < 2`)
  await write('validation', `SELECT * FROM (${CUSTOMERS}) WHERE period = 2`)
  await write('numbers', `SELECT x, 3 * x + 1 AS y FROM (SELECT CAST(i AS DOUBLE) / 10 AS x FROM range(500) t(i))`)
  await write('texts', `SELECT i AS x, CASE WHEN i % 5 = 0 THEN 'gone' ELSE 'here' END AS state FROM range(200) t(i)`)
  await write(
    'bad',
    `SELECT i AS x, i % 3 AS three, CASE WHEN i > 5 THEN i % 2 END AS holes, 1 AS one, CASE WHEN i = 7 THEN -1 ELSE 1 END AS w, i % 2 AS y FROM range(200) t(i)`,
  )
  await write('few', `SELECT i AS x, i % 2 AS y FROM range(5) t(i)`)
})

afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

type RunCode = LearnersContext['runCode']

function context(runCode: RunCode = () => Promise.reject(new Error('no code here'))): LearnersContext {
  return {
    engine,
    runtime: createModelRuntime(),
    version: '0.0.0-test',
    runCode,
    codeKey: async () => [],
    datasets: {
      async scan({ dataset }) {
        const sql = `read_parquet('${join(root, 'tables', `${dataset}.parquet`)}')`
        await using session = await engine.openSession()
        const [count] = await session.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${sql}`)
        const columns = await session.describe(`SELECT * FROM ${sql}`)
        return { sql, folders: [join(root, 'tables')], files: [], rows: count!.n, columns }
      },
    },
    folders: {
      async store(path) {
        rmSync(kept, { recursive: true, force: true })
        cpSync(path, kept, { recursive: true })
        return { digest: digestValue('test/1', path), sizeBytes: 1, files: 3 }
      },
      restore: () => Promise.reject(new Error('not used')),
      has: () => Promise.resolve(true),
    },
  }
}

type Extra = Omit<TrainOptions, 'inputs'>

function toNode(options: Extra, validation: boolean): StepNode {
  const scope = createStepScope({ pipeline: 'test', file: 'pipelines/test.ts', params: {} })
  for (const name of ['a', 'b']) {
    scope.add({ name, kind: 'ingest', inputs: {}, outputs: { table: 'table' }, options: {}, retries: 0, cached: true })
  }
  const handle = (step: string) => ({ kind: 'table', step, output: 'table' }) as const
  const inputs = { train: handle('a'), ...(validation ? { validation: handle('b') } : {}) }
  const added: StepNode[] = []
  declareTrain({ ...scope, add: (node) => void added.push(node) }, 'train', { ...options, inputs })
  return added[0]!
}

interface Trial {
  readonly train?: string
  readonly validation?: string
  readonly runCode?: RunCode
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: StepProgress) => void
}

async function train(options: Extra, trial: Trial = {}): Promise<StepResult> {
  const node = toNode(options, trial.validation !== undefined)
  const table = (dataset: string): OutputRef => ({
    kind: 'table',
    dataset,
    version: 1,
    digest: digestValue('test/1', dataset),
    rows: 0,
  })
  const workFolder = mkdtempSync(join(root, 'work-'))
  const step: StepContext = {
    node,
    graph: { pipeline: 'test', file: 'pipelines/test.ts', params: {}, steps: [node] },
    runId: 'r' as RunId,
    pipelineRunId: 'p' as RunId,
    params: {},
    inputs: {
      train: table(trial.train ?? 'train'),
      ...(trial.validation ? { validation: table(trial.validation) } : {}),
    },
    projectRoot: root,
    workFolder,
    env: () => undefined,
    signal: trial.signal ?? new AbortController().signal,
    log: () => undefined,
    progress: (progress) => trial.onProgress?.(progress),
  }
  return createTrainStep(context(trial.runCode)).run(step)
}

interface Described {
  readonly signature: {
    readonly inputs: readonly { name: string; type: string; nullable: boolean }[]
    readonly output: { positive?: string }
    task: string
  }
  readonly trainRows: number
  readonly refitted: boolean
  readonly features: readonly { name: string; importance: number; preprocessing: string }[]
  readonly learner: { readonly kind: string }
}

const described = (): Described => JSON.parse(readFileSync(join(kept, 'baton-model.json'), 'utf8')) as Described

const churn = { target: 'churned', exclude: ['id', 'period'] } as const

describe('the train step', () => {
  it('fits gradient boosting, chooses rounds on validation and describes the model', async () => {
    const result = await train({ ...churn, run: gradientBoosting({ learningRate: 0.2 }) }, { validation: 'validation' })
    expect(result.summary).toMatch(/^\d+ trees, validation log loss 0\.\d+$/)
    expect(result.metrics).toMatchObject({
      train_rows: 2000,
      validation_rows: 1000,
      validation_log_loss: expect.any(Number) as number,
    })
    expect(result.points?.some(({ name }) => name === 'train_log_loss')).toBe(true)
    const notes = result.notices?.map(({ text }) => text).join('\n')
    expect(notes).toContain('left out name: about')
    expect(notes).toContain('left out constant: one single value')
    expect(notes).toContain('left out list: type INTEGER[]')
    const model = described()
    expect(model).toMatchObject({ trainRows: 2000, refitted: true, learner: { kind: 'gradientBoosting' } })
    expect(model.signature.inputs).toEqual([
      { name: 'late', type: 'integer', nullable: true },
      { name: 'country', type: 'string', nullable: true },
      { name: 'since', type: 'date', nullable: true },
      { name: 'spend', type: 'number', nullable: true },
    ])
    expect(model.signature.output.positive).toBe('true')
    const important = model.features
      .toSorted((a, b) => b.importance - a.importance)
      .slice(0, 2)
      .map(({ name }) => name)
    expect(important.toSorted()).toEqual(['country', 'late'])
    expect(existsSync(join(kept, 'MLmodel'))).toBe(true)
  })

  it('writes the same bytes again', async () => {
    const options = { ...churn, learner: blend([logisticRegression(), gradientBoosting({ maxRounds: 20 })]) }
    const bytes = async () => {
      await train(options, { validation: 'validation' })
      return readFileSync(join(kept, 'model.onnx'))
    }
    expect((await bytes()).equals(await bytes())).toBe(true)
  })

  it('finds a line by ridge regression and says its mean squared error', async () => {
    const result = await train(
      { target: 'y', learner: ridgeRegression({ l2: 1e-6 }), refit: false },
      { train: 'numbers', validation: 'numbers' },
    )
    expect(result.metrics!['validation_mse']).toBeLessThan(1e-6)
    await using model = await createModelRuntime().load(kept)
    const [score] = await model.predict({ rows: 1, columns: { x: Float64Array.of(10) } })
    expect(score).toBeCloseTo(31, 3)
  })

  it('takes the rarer of two texts as positive and says so', async () => {
    const result = await train({ target: 'state', learner: zeroRule() }, { train: 'texts' })
    expect(result.notices?.map(({ text }) => text)).toContain(
      'positive class of state: "gone", the rarer value; set `positive` to choose',
    )
    expect(described().signature.output.positive).toBe('gone')
    await train({ target: 'state', positive: 'here', learner: zeroRule() }, { train: 'texts' })
    expect(described().signature.output.positive).toBe('here')
  })

  it('reports rounds and stops when asked', async () => {
    const stop = new AbortController()
    const rounds: number[] = []
    const work = train(
      { ...churn, learner: gradientBoosting({ roundsWithoutValidation: 100_000, learningRate: 0.001 }) },
      { signal: stop.signal, onProgress: ({ done }) => (rounds.push(done), stop.abort()) },
    )
    await expect(work).rejects.toMatchObject({ code: 'kernel.interrupted' })
    expect(rounds.length).toBeGreaterThan(0)
  })

  it.each([
    ['an unknown target', { target: 'churn' }, {}, 'learners.column_missing'],
    ['an unknown excluded column', { target: 'y', exclude: ['nope'] }, { train: 'bad' }, 'learners.column_missing'],
    ['three classes', { target: 'three', task: 'binary' }, { train: 'bad' }, 'learners.target'],
    ['a null target', { target: 'holes' }, { train: 'bad' }, 'learners.target'],
    ['a constant target', { target: 'one' }, { train: 'bad' }, 'learners.target'],
    ['a positive class that does not occur', { target: 'churned', positive: 'yes' }, {}, 'learners.target'],
    ['a negative weight', { target: 'y', weight: 'w' }, { train: 'bad' }, 'learners.weight'],
    ['a feature that is a list', { target: 'churned', features: ['list'] }, {}, 'learners.feature_type'],
    ['no features', { target: 'y', features: ['one'] }, { train: 'bad' }, 'learners.no_features'],
    ['too few rows', { target: 'y' }, { train: 'few' }, 'learners.too_few_rows'],
    [
      'a validation table of another shape',
      { target: 'y', features: ['x', 'three'] },
      { train: 'bad', validation: 'few' },
      'learners.column_missing',
    ],
  ] as const)('refuses %s', async (_, options, trial, code) => {
    await expect(train({ learner: gradientBoosting(), ...options }, trial)).rejects.toMatchObject({ code })
  })

  it('refuses a learner that cannot do the task, and parameters it does not know', async () => {
    await expect(train({ ...churn, learner: ridgeRegression() })).rejects.toMatchObject({ code: 'learners.options' })
    await expect(train({ target: 'y', learner: logisticRegression() }, { train: 'numbers' })).rejects.toMatchObject({
      code: 'learners.options',
    })
    const misspelt = { ...gradientBoosting(), maxLeafs: 4 } as never
    const error = await train({ ...churn, learner: misspelt }).catch((reason: BatonError) => reason)
    expect(error).toMatchObject({ code: 'learners.options' })
    expect((error as BatonError).message).toContain('maxLeafs')
  })
})

describe('training code', () => {
  it('plans with the columns of the train input, and the plan is fitted', async () => {
    const module = training(({ columns }) => ({
      target: 'churned',
      exclude: columns.map(({ name }) => name).filter((name) => name !== 'churned' && name !== 'late'),
      learner: logisticRegression(),
    }))
    const runCode: RunCode = async (_, code, { outputs, extraEnv }) => {
      expect(code).toEqual({ language: 'typescript', file: 'src/train.ts' })
      mkdirSync(outputs['model']!.path, { recursive: true })
      process.env['BATON_TRAIN_COLUMNS'] = extraEnv['BATON_TRAIN_COLUMNS']
      await module({ outputs: { model: { kind: 'model', path: outputs['model']!.path } } } as never)
      delete process.env['BATON_TRAIN_COLUMNS']
      return { metrics: { note: 7 }, points: [] }
    }
    const result = await train({ run: 'src/train.ts' }, { runCode })
    expect(result.metrics).toMatchObject({ note: 7, train_rows: 2000 })
    expect(described().signature.inputs.map(({ name }) => name)).toEqual(['late'])
    expect(existsSync(join(kept, 'baton-training.json'))).toBe(false)
  })

  it('may write a model of its own, which must load', async () => {
    await train({ ...churn, learner: zeroRule() })
    const own = join(root, 'own')
    cpSync(kept, own, { recursive: true })
    const copy: RunCode = async (_, __, { outputs }) => {
      cpSync(own, outputs['model']!.path, { recursive: true })
      return { metrics: {}, points: [] }
    }
    expect((await train({ run: 'src/own.ts' }, { runCode: copy })).summary).toBe('a model of its own with 4 inputs')
    writeFileSync(join(own, 'model.onnx'), 'not a model')
    await expect(train({ run: 'src/own.ts' }, { runCode: copy })).rejects.toMatchObject({ code: 'runtime.not_a_model' })
  })

  it('that leaves nothing is refused', async () => {
    const nothing: RunCode = async (_, __, { outputs }) => {
      mkdirSync(outputs['model']!.path, { recursive: true })
      return { metrics: {}, points: [] }
    }
    await expect(train({ run: 'src/none.ts' }, { runCode: nothing })).rejects.toMatchObject({
      code: 'learners.training_code',
    })
  })

  it('is declared by a module, a function or a script, and a learner reads no params', () => {
    expect(toNode({ run: 'src/train.ts' }, false).code).toEqual({ language: 'typescript', file: 'src/train.ts' })
    expect(toNode({ run: () => ({ target: 'y', learner: zeroRule() }) }, false).code).toMatchObject({
      language: 'inline',
    })
    expect(toNode({ ...churn, run: zeroRule() }, false)).toMatchObject({
      params: [],
      kind: 'train',
      outputs: { model: 'model' },
    })
    expect(() => toNode({ run: 'src/train.py' }, false)).toThrow(/not a TypeScript module/)
    expect(() => toNode({ run: zeroRule() }, false)).toThrow(/does not name its target/)
    expect(() => toNode({ target: 'y' }, false)).toThrow(/exactly one of/)
  })
})
