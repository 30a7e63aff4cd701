import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ModelTask } from '../../ports/model-runtime.ts'
import type { StepFunctionContext } from '../pipelines/declare.ts'
import type { LearnerOptions } from './spec.ts'

/** What to learn, and from which columns. */
export interface TrainingPlan {
  readonly learner: LearnerOptions
  /** The column to predict: boolean, 0/1 or two texts (binary), or a number (regression). */
  readonly target: string
  /** Columns to learn from; absent: all but the target, the weight and `exclude`. */
  readonly features?: readonly string[]
  readonly exclude?: readonly string[]
  /** Column with the weight of each row. */
  readonly weight?: string
  /** Told by the target when absent. */
  readonly task?: ModelTask
  /** Which of two target values is the positive class; absent: true, 1, or the rarer text. */
  readonly positive?: string
  /** Numeric features with which the prediction must not fall (1) or rise (−1). */
  readonly monotone?: Readonly<Record<string, 1 | -1>>
  readonly seed?: number
  /** False: the model that was fitted on the train rows is kept, and validation rows are not learned from. */
  readonly refit?: boolean
}

/** A column of the train input, as training code sees it. */
export interface TrainingColumn {
  readonly name: string
  readonly type: string
}

export type TrainingShape = {
  readonly inputs: { readonly train: 'table'; readonly validation: 'table' }
  readonly outputs: { readonly model: 'model' }
}

export interface TrainingContext extends StepFunctionContext<TrainingShape> {
  /** The columns of the train input. */
  readonly columns: readonly TrainingColumn[]
}

/** Gives a plan that Baton fits, or nothing when it has written a model folder to `outputs.model.path` itself. */
export type TrainingFunction = (context: TrainingContext) => TrainingPlan | void | Promise<TrainingPlan | void>

/** Where a plan is handed over, in the model's folder. */
export const PLAN_FILE = 'baton-training.json'
/** Where the training process finds the columns of the train input. */
export const COLUMNS_VARIABLE = 'BATON_TRAIN_COLUMNS'

/**
 * Marks the default export of a training module:
 * `export default training(({ params }) => ({ target: 'churned', learner: gradientBoosting({ maxLeaves: 15 }) }))`.
 */
export function training(
  plan: TrainingPlan | TrainingFunction,
): (context: StepFunctionContext<TrainingShape>) => Promise<void> {
  return async (context) => {
    // The training process is told by files and variables only, like every step in a process of its own.
    const columns = JSON.parse(process.env[COLUMNS_VARIABLE] ?? '[]') as readonly TrainingColumn[]
    const made = typeof plan === 'function' ? await plan({ ...context, columns }) : plan
    if (made) writeFileSync(join(context.outputs.model.path, PLAN_FILE), JSON.stringify(made))
  }
}
