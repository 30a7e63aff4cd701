import type { LearnerOptions } from './spec.ts'

type Options<Kind extends LearnerOptions['kind']> = Omit<Extract<LearnerOptions, { kind: Kind }>, 'kind'>
type Member = Exclude<LearnerOptions, { kind: 'blend' }>

/** Histogram gradient boosting: categoricals, missing values and early stopping on the validation input. */
export function gradientBoosting(
  options: Options<'gradientBoosting'> = {},
): Extract<LearnerOptions, { kind: 'gradientBoosting' }> {
  return { kind: 'gradientBoosting', ...options }
}

/** L2-penalised logistic regression on imputed, standardised and one-hot columns. */
export function logisticRegression(
  options: Options<'logisticRegression'> = {},
): Extract<LearnerOptions, { kind: 'logisticRegression' }> {
  return { kind: 'logisticRegression', ...options }
}

/** L2-penalised least squares on imputed, standardised and one-hot columns. */
export function ridgeRegression(
  options: Options<'ridgeRegression'> = {},
): Extract<LearnerOptions, { kind: 'ridgeRegression' }> {
  return { kind: 'ridgeRegression', ...options }
}

/** Predicts the prevalence (binary) or the mean (regression) of the training rows: what any model has to beat. */
export function zeroRule(): Extract<LearnerOptions, { kind: 'zeroRule' }> {
  return { kind: 'zeroRule' }
}

/** The mean of the predictions of several learners, exported as one model. */
export function blend(members: readonly Member[]): Extract<LearnerOptions, { kind: 'blend' }> {
  return { kind: 'blend', members: [...members] }
}
