import type { TableScan } from '../../ports/dataset-reader.ts'
import type { ModelTask } from '../../ports/model-runtime.ts'
import type { MetricPoint, StepContext, StepNotice, StepResult } from '../pipelines/index.ts'
import { checkExport } from './check-export.ts'
import { chooseColumns, type ChosenColumn } from './data/choose-columns.ts'
import { dropUselessColumns } from './data/drop-columns.ts'
import { type Dictionaries, loadTable } from './data/load-table.ts'
import { resolveTarget, type Target } from './data/target.ts'
import type { TrainingTable } from './data/training-table.ts'
import { ColumnMissingError, NoFeaturesError, TooFewRowsError } from './errors.ts'
import { fitInWorker } from './fit-in-worker.ts'
import type { FitResult, ModelFeature } from './fitted-model.ts'
import { writeModelFolder } from './model-folder.ts'
import { checkTask, type Plan } from './plan.ts'
import type { LearnersContext } from './train-step.ts'

export interface FitRequest {
  readonly plan: Plan
  readonly tables: { readonly train: TableScan; readonly validation?: TableScan }
  /** Where the model folder is written before it is stored. */
  readonly folder: string
}

const LEAST_ROWS = 10
const MOST_POINTS = 500

/** Loads the tables, fits the plan's learner in a worker thread, writes and stores the model. */
export async function fitPlan(ctx: LearnersContext, step: StepContext, request: FitRequest): Promise<StepResult> {
  const { plan, folder } = request
  const loaded = await load(ctx, step, request)
  const { train, validation, target } = loaded
  checkTask(plan.learner, target.task, plan.target)
  for (const note of loaded.notes) step.log(`${note}\n`)
  const result = await fitInWorker(
    {
      spec: plan.learner,
      task: target.task,
      train,
      ...(validation === undefined ? {} : { validation }),
      refit: plan.refit,
      seed: plan.seed,
      ...(plan.monotone === undefined ? {} : { monotone: plan.monotone }),
    },
    {
      signal: step.signal,
      onProgress: ({ round, limit }) => step.progress({ done: round, total: limit, unit: 'rounds' }),
    },
  )
  const signature = {
    task: target.task,
    // Every baseline learner imputes or branches on a missing value; whether one may come is for the contract to say.
    inputs: loaded.columns.map(({ name, type }) => ({ name, type, nullable: true })),
    output: { name: 'score', ...(target.positive === undefined ? {} : { positive: target.positive }) },
  }
  writeModelFolder(folder, {
    signature,
    learner: plan.learner,
    result,
    features: train.features.map(
      (column): ModelFeature =>
        column.kind === 'numeric'
          ? { name: column.name, kind: 'numeric', type: column.type }
          : { name: column.name, kind: 'categorical', type: 'string', categories: [] },
    ),
    target: plan.target,
    trainRows: train.rows,
    validationRows: validation?.rows ?? 0,
    refitted: plan.refit && validation !== undefined,
    seed: plan.seed,
    versions: { 'baton-ml': ctx.version, node: process.versions.node },
  })
  await checkExport(ctx.runtime, folder, { model: result.model, table: train })
  const stored = await ctx.folders.store(folder)
  return {
    outputs: { model: { kind: 'model', ...stored } },
    metrics: metricsOf(result, { target, train, validation }),
    points: pointsOf(result, target.task, Date.now()),
    summary: summaryOf(result, target.task),
    notices: loaded.notes.map((text): StepNotice => ({ label: 'note', text })),
  }
}

interface Loaded {
  readonly columns: readonly ChosenColumn[]
  readonly target: Target
  readonly train: TrainingTable
  readonly validation: TrainingTable | undefined
  readonly notes: readonly string[]
}

async function load(ctx: LearnersContext, step: StepContext, { plan, tables }: FitRequest): Promise<Loaded> {
  const { train, validation } = tables
  if (train.rows < LEAST_ROWS) throw new TooFewRowsError('train', train.rows)
  if (validation !== undefined && validation.rows === 0) throw new TooFewRowsError('validation', 0)
  await using session = await ctx.engine.openSession({
    allowedFolders: [...train.folders, ...(validation?.folders ?? [])],
    ...(ctx.memoryLimitMb === undefined ? {} : { memoryLimitMb: ctx.memoryLimitMb }),
  })
  const { chosen, dropped } = chooseColumns(train.columns, plan)
  const target = await resolveTarget(session, train, plan)
  const sifted = await dropUselessColumns(session, train, chosen)
  const allDropped = [...dropped, ...sifted.dropped]
  if (sifted.kept.length === 0) throw new NoFeaturesError(allDropped)
  if (validation !== undefined) requireColumns(sifted.kept, validation)
  const dictionaries: Dictionaries = new Map()
  const common = { columns: sifted.kept, target, plan, dictionaries, signal: step.signal }
  const trainTable = await loadTable(session, { ...common, sql: train.sql, rows: train.rows, input: 'train' })
  const validationTable =
    validation === undefined
      ? undefined
      : await loadTable(session, { ...common, sql: validation.sql, rows: validation.rows, input: 'validation' })
  const notes = [
    ...(target.note === undefined ? [] : [target.note]),
    ...allDropped.map((reason) => `left out ${reason}`),
    ...sifted.suspects.map(
      (name) => `${name} has nearly as many values as rows; put it in \`exclude\` if it is an identifier`,
    ),
  ]
  return { columns: sifted.kept, target, train: trainTable, validation: validationTable, notes }
}

function requireColumns(columns: readonly ChosenColumn[], table: TableScan): void {
  const names = table.columns.map(({ name }) => name)
  for (const { name } of columns) if (!names.includes(name)) throw new ColumnMissingError(name, 'validation', names)
}

const lossNames: Readonly<Record<ModelTask, string>> = { binary: 'log_loss', regression: 'mse' }

function metricsOf(
  result: FitResult,
  facts: {
    readonly target: Target
    readonly train: TrainingTable
    readonly validation: TrainingTable | undefined
  },
): Record<string, number> {
  const loss = lossNames[facts.target.task]
  return {
    train_rows: facts.train.rows,
    ...(facts.validation === undefined ? {} : { validation_rows: facts.validation.rows }),
    ...(result.rounds === undefined ? {} : { rounds: result.rounds }),
    ...(result.validationLoss === undefined ? {} : { [`validation_${loss}`]: result.validationLoss }),
  }
}

/** The loss after each round, as a curve; thinned to at most `MOST_POINTS` rounds. */
function pointsOf(result: FitResult, task: ModelTask, timestampMs: number): readonly MetricPoint[] {
  const loss = lossNames[task]
  const every = Math.max(1, Math.ceil(result.history.length / MOST_POINTS))
  return result.history
    .filter(({ round }) => round % every === 0 || round === result.history.length)
    .flatMap(({ round, train, validation }) => [
      { name: `train_${loss}`, value: train, step: round, timestampMs },
      ...(validation === undefined
        ? []
        : [{ name: `validation_${loss}_curve`, value: validation, step: round, timestampMs }]),
    ])
}

function summaryOf(result: FitResult, task: ModelTask): string {
  const parts = [
    ...(result.rounds === undefined ? [] : [`${result.rounds} trees`]),
    ...(result.validationLoss === undefined
      ? []
      : [`validation ${task === 'binary' ? 'log loss' : 'MSE'} ${Number(result.validationLoss.toPrecision(4))}`]),
  ]
  return parts.length > 0 ? parts.join(', ') : 'fitted'
}
