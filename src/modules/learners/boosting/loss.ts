import type { ModelTask } from '../../../ports/model-runtime.ts'

/** The score that minimises the loss without features: log odds of the weighted prevalence, or the weighted mean; float32. */
export function baseScore(task: ModelTask, target: Float32Array, weight: Float32Array | undefined): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < target.length; row++) {
    const w = weight === undefined ? 1 : weight[row]!
    sum += w * target[row]!
    total += w
  }
  const mean = sum / total
  if (task === 'regression') return Math.fround(mean)
  const share = Math.min(1 - 1e-7, Math.max(1e-7, mean))
  return Math.fround(Math.log(share / (1 - share)))
}

/** Weighted mean loss of raw scores: log loss in nats, or the mean squared error. */
export function meanScoreLoss(
  task: ModelTask,
  scores: Float32Array,
  rows: { readonly target: Float32Array; readonly weight?: Float32Array },
): number {
  const { target, weight } = rows
  let sum = 0
  let total = 0
  for (let row = 0; row < target.length; row++) {
    const w = weight === undefined ? 1 : weight[row]!
    const score = scores[row]!
    total += w
    if (task === 'regression') sum += w * (score - target[row]!) ** 2
    else sum += w * (softplus(score) - target[row]! * score)
  }
  return sum / total
}

/** ln(1 + e^s) without overflow. */
function softplus(score: number): number {
  return Math.max(0, score) + Math.log1p(Math.exp(-Math.abs(score)))
}
