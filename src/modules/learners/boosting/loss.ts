import type { ModelTask } from '../../../ports/model-runtime.ts'

/** What boosting minimises, on raw scores. Labels are 0 and 1 (binary) or numbers (regression). */
export interface Loss {
  /** The score that minimises the loss without features: log odds of the prevalence, or the mean. */
  base(target: Float32Array, weight: Float32Array | undefined): number
  /** First and second derivative of each row's loss by its score, times its weight. */
  derive(scores: Float64Array, rows: LossRows, gradients: Float32Array, hessians: Float32Array): void
  /** Weighted mean loss: log loss in nats, or the mean squared error. */
  mean(scores: Float64Array, rows: LossRows): number
}

export interface LossRows {
  readonly target: Float32Array
  readonly weight: Float32Array | undefined
}

function weightedMean(target: Float32Array, weight: Float32Array | undefined): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < target.length; row++) {
    const w = weight === undefined ? 1 : weight[row]!
    sum += w * target[row]!
    total += w
  }
  return sum / total
}

/** ln(1 + e^s) without overflow. */
function softplus(score: number): number {
  return score > 0 ? score + Math.log1p(Math.exp(-score)) : Math.log1p(Math.exp(score))
}

const logistic: Loss = {
  base(target, weight) {
    const share = Math.min(1 - 1e-7, Math.max(1e-7, weightedMean(target, weight)))
    return Math.fround(Math.log(share / (1 - share)))
  },
  derive(scores, { target, weight }, gradients, hessians) {
    for (let row = 0; row < target.length; row++) {
      const probability = 1 / (1 + Math.exp(-scores[row]!))
      const w = weight === undefined ? 1 : weight[row]!
      gradients[row] = w * (probability - target[row]!)
      hessians[row] = w * Math.max(1e-16, probability * (1 - probability))
    }
  },
  mean(scores, { target, weight }) {
    let sum = 0
    let total = 0
    for (let row = 0; row < target.length; row++) {
      const w = weight === undefined ? 1 : weight[row]!
      sum += w * (softplus(scores[row]!) - target[row]! * scores[row]!)
      total += w
    }
    return sum / total
  },
}

const squaredError: Loss = {
  base: (target, weight) => Math.fround(weightedMean(target, weight)),
  derive(scores, { target, weight }, gradients, hessians) {
    for (let row = 0; row < target.length; row++) {
      const w = weight === undefined ? 1 : weight[row]!
      gradients[row] = w * (scores[row]! - target[row]!)
      hessians[row] = w
    }
  },
  mean(scores, { target, weight }) {
    let sum = 0
    let total = 0
    for (let row = 0; row < target.length; row++) {
      const w = weight === undefined ? 1 : weight[row]!
      const error = scores[row]! - target[row]!
      sum += w * error * error
      total += w
    }
    return sum / total
  },
}

export function lossOf(task: ModelTask): Loss {
  return task === 'binary' ? logistic : squaredError
}
