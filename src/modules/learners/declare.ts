/** The light front door: what a pipeline file and a training module load. */
export { blend, gradientBoosting, logisticRegression, ridgeRegression, zeroRule } from './declare-learner.ts'
export { declareTrain, type TrainOptions } from './declare-train.ts'
export type { LearnerOptions } from './spec.ts'
export {
  training,
  type TrainingColumn,
  type TrainingContext,
  type TrainingFunction,
  type TrainingPlan,
} from './training.ts'
