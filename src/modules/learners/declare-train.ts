import {
  type CodeReference,
  type CommonStepOptions,
  type Handle,
  inlineSource,
  type ScriptReference,
  type StepScope,
} from '../pipelines/declare.ts'
import { LearnerOptionsError } from './errors.ts'
import type { LearnerOptions } from './spec.ts'
import { PLAN_FILE, type TrainingFunction, type TrainingPlan } from './training.ts'

/** Options of a train step; what is said here can also be said by the training module's plan, which wins. */
export interface TrainOptions extends CommonStepOptions, Partial<Omit<TrainingPlan, 'learner'>> {
  /** A learner (`gradientBoosting()`), a training module (`'src/train.ts'`), a function, or `python('src/train.py')`. */
  readonly run?: LearnerOptions | string | ScriptReference | TrainingFunction
  /** The same as `run`, for a learner. */
  readonly learner?: LearnerOptions
  readonly inputs: { readonly train: Handle<'table'>; readonly validation?: Handle<'table'> }
  /** Pipeline parameters that training code may read; all by default. */
  readonly params?: readonly string[]
}

/** Declares a step that makes a model. */
export function declareTrain(scope: StepScope, name: string, options: TrainOptions): Handle<'model'> {
  const { run, learner, inputs, params, retries, timeoutMs, cache, ...plan } = options
  const what = run ?? learner
  if (what === undefined || (run !== undefined && learner !== undefined)) {
    throw new LearnerOptionsError(
      `Step ${name} needs exactly one of \`run\` and \`learner\`.`,
      "Write `learner: gradientBoosting()`, or `run: 'src/train.ts'`.",
      { file: scope.file },
    )
  }
  const spec = typeof what === 'object' && 'kind' in what ? what : undefined
  if (spec !== undefined && plan.target === undefined) {
    throw new LearnerOptionsError(`Step ${name} does not name its target.`, "Write `target: 'column'`.", {
      file: scope.file,
    })
  }
  const code = spec === undefined ? toCode(name, what as Exclude<typeof what, LearnerOptions>, scope.file) : undefined
  scope.add({
    name,
    kind: 'train',
    inputs: { train: inputs.train, ...(inputs.validation ? { validation: inputs.validation } : {}) },
    outputs: { model: 'model' },
    options: { ...plan, ...(spec === undefined ? {} : { learner: spec }) },
    retries: retries ?? 0,
    cached: cache ?? true,
    // A learner reads no pipeline parameters, so none of them may re-run it.
    ...(code === undefined ? { params: [] } : { code, ...(params ? { params } : {}) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  return { kind: 'model', step: name, output: 'model' }
}

function toCode(step: string, run: string | ScriptReference | TrainingFunction, file: string): CodeReference {
  if (typeof run === 'object') return run
  if (typeof run === 'function') return { language: 'inline', file, source: handingOver(inlineSource(run)) }
  if (/\.[cm]?[jt]s$/.test(run)) return { language: 'typescript', file: run }
  throw new LearnerOptionsError(
    `Step ${step} runs "${run}", which is not a TypeScript module.`,
    run.endsWith('.py') ? `Write \`run: python('${run}')\`.` : "Write `run: 'src/train.ts'`.",
    { file },
  )
}

/** The function's text in one that writes the plan it gives to the model's folder, as `training(…)` does. */
function handingOver(source: string): string {
  return `async (context) => {
  const columns = JSON.parse(process.env.BATON_TRAIN_COLUMNS ?? '[]')
  const plan = await (${source})({ ...context, columns })
  if (plan) (await import('node:fs')).writeFileSync(context.outputs.model.path + '/${PLAN_FILE}', JSON.stringify(plan))
}`
}
