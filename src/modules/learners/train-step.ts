import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { Json } from '../../kernel/json.ts'
import type { DatasetReader, TableScan } from '../../ports/dataset-reader.ts'
import type { FolderStore } from '../../ports/folder-store.ts'
import type { ModelRuntime } from '../../ports/model-runtime.ts'
import type { TableEngine } from '../../ports/table-engine.ts'
import type {
  CodeKey,
  CodeReference,
  MetricPoint,
  OutputRef,
  StepContext,
  StepKind,
  StepResult,
} from '../pipelines/index.ts'
import { TrainingCodeError } from './errors.ts'
import { parsePlan } from './plan.ts'
import { fitPlan } from './fit-plan.ts'
import { COLUMNS_VARIABLE, PLAN_FILE } from './training.ts'

/** Runs the user's code as a process step would; what it leaves in `outputs` is the caller's. */
export type RunCode = (
  ctx: StepContext,
  code: CodeReference,
  io: {
    /** Folder that each output is written to. */
    readonly outputs: Readonly<Record<string, { readonly kind: 'model'; readonly path: string }>>
    readonly extraEnv: Readonly<Record<string, string>>
  },
) => Promise<TrainingCodeMetrics>

/** What training code logged. */
export interface TrainingCodeMetrics {
  readonly metrics: Readonly<Record<string, number>>
  readonly points: readonly MetricPoint[]
}

/** What training needs. */
export interface LearnersContext {
  readonly engine: TableEngine
  readonly datasets: DatasetReader
  readonly folders: FolderStore
  readonly runtime: ModelRuntime
  readonly runCode: RunCode
  /** What of the user's code and its environment belongs to the key. */
  readonly codeKey: CodeKey
  /** Baton's own version, written into every model. */
  readonly version: string
  /** Memory of the table engine while it reads training rows. */
  readonly memoryLimitMb?: number
}

/** Raised whenever the same rows and plan would give another model. */
const LEARNERS_VERSION = 2

/** The `train` step: fits a baseline learner, or runs the user's training code. */
export function createTrainStep(ctx: LearnersContext): StepKind {
  return {
    kind: 'train',
    version: LEARNERS_VERSION,
    async keyParts(node, plan) {
      const { code } = node
      if (code === undefined) {
        // The file must not be read to know the key, but a plan that cannot work is refused before anything runs.
        parsePlan(node.options, plan.graph.file)
        return []
      }
      return ctx.codeKey(code, plan)
    },
    run: (step) => runTrain(ctx, step),
  }
}

async function runTrain(ctx: LearnersContext, step: StepContext): Promise<StepResult> {
  const train = await scan(ctx, step.inputs['train']!)
  const validation = step.inputs['validation'] === undefined ? undefined : await scan(ctx, step.inputs['validation'])
  const tables = { train, ...(validation === undefined ? {} : { validation }) }
  const folder = join(step.workFolder, 'model')
  const { code } = step.node
  if (code === undefined) {
    return fitPlan(ctx, step, { plan: parsePlan(step.node.options, step.graph.file), tables, folder })
  }
  const logged = await ctx.runCode(step, code, {
    outputs: { model: { kind: 'model', path: folder } },
    extraEnv: { [COLUMNS_VARIABLE]: JSON.stringify(train.columns.map(({ name, type }) => ({ name, type }))) },
  })
  const planned = takePlan(folder)
  if (planned !== undefined) {
    const options = { ...(step.node.options as object), ...(planned as object) }
    const fitted = await fitPlan(ctx, step, { plan: parsePlan(options, placeOf(code)), tables, folder })
    return {
      ...fitted,
      metrics: { ...logged.metrics, ...fitted.metrics },
      points: [...logged.points, ...(fitted.points ?? [])],
    }
  }
  return keepCustomModel(ctx, { folder, logged, place: placeOf(code) })
}

async function scan(ctx: LearnersContext, input: OutputRef): Promise<TableScan> {
  if (input.kind !== 'table') throw new TypeError(`a train step reads tables, not a ${input.kind}`)
  return ctx.datasets.scan({ dataset: input.dataset, version: input.version, digest: input.digest })
}

function placeOf(code: CodeReference): string {
  return code.language === 'shell' ? 'the shell command' : code.file
}

/** Reads and removes the plan that training code left in the model's folder. */
function takePlan(folder: string): Json | undefined {
  const path = join(folder, PLAN_FILE)
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  rmSync(path)
  return JSON.parse(text) as Json
}

/** Checks that a folder written by the user's own code loads as a model, and stores it. */
async function keepCustomModel(
  ctx: LearnersContext,
  made: { readonly folder: string; readonly logged: TrainingCodeMetrics; readonly place: string },
): Promise<StepResult> {
  const { folder } = made
  if (!existsSync(join(folder, 'model.onnx')) && !existsSync(join(folder, 'MLmodel'))) {
    throw new TrainingCodeError(
      `${made.place} ended without a model: its output folder has neither a training plan, model.onnx nor MLmodel.`,
      'Return a plan from training(…), or write an ONNX or MLflow model to outputs.model.path (BATON_OUTPUT_MODEL).',
    )
  }
  const loaded = await ctx.runtime.load(folder)
  const inputs = loaded.signature.inputs.length
  await loaded[Symbol.asyncDispose]()
  const stored = await ctx.folders.store(folder)
  return {
    outputs: { model: { kind: 'model', ...stored } },
    ...made.logged,
    summary: `a model of its own with ${inputs} inputs`,
  }
}
