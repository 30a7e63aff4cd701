/** What a regression model said about rows with known values, both in the target's unit. */
export interface RegressionRows {
  readonly predicted: Float64Array
  readonly actual: Float64Array
  readonly weights?: Float64Array
}

/** The measures of a regression model, in the order in which an evaluator writes them. */
export const regressionMetricNames = [
  'mae',
  'rmse',
  'r2',
  'bias',
  'mape',
  'smape',
  'medianAbsoluteError',
  'p90AbsoluteError',
  'expectedCost',
] as const

export type RegressionMetricName = (typeof regressionMetricNames)[number]

/** What one unit predicted too much, and too little, costs. */
export interface UnitCosts {
  readonly currency: string
  readonly over: number
  readonly under: number
}

export interface RegressionEvaluator {
  (counts: Uint16Array, out: Float64Array): void
}

/**
 * Computes every regression metric for given row counts without sorting or allocating: the inner loop of the
 * bootstrap. `out` gets one number per `regressionMetricNames`, NaN where a metric is not defined.
 */
export function regressionEvaluator(rows: RegressionRows, costs?: UnitCosts): RegressionEvaluator {
  const { predicted, actual, weights } = rows
  const n = actual.length
  const error = new Float64Array(n)
  const relative = new Float64Array(n)
  const symmetric = new Float64Array(n)
  for (let row = 0; row < n; row++) {
    const difference = predicted[row]! - actual[row]!
    const size = Math.abs(predicted[row]!) + Math.abs(actual[row]!)
    error[row] = difference
    relative[row] = actual[row] === 0 ? Number.NaN : Math.abs(difference / actual[row]!)
    symmetric[row] = size === 0 ? 0 : (2 * Math.abs(difference)) / size
  }
  const order = new Uint32Array(n)
  for (let row = 0; row < n; row++) order[row] = row
  order.sort((a, b) => Math.abs(error[a]!) - Math.abs(error[b]!))
  // Deviations from a fixed centre keep the sum of squares exact when the values are far from zero.
  const centre = n > 0 ? actual.reduce((sum, value) => sum + value, 0) / n : 0

  return (counts, out) => {
    let total = 0
    let absolute = 0
    let squared = 0
    let signed = 0
    let sum = 0
    let sumOfSquares = 0
    let relativeSum = 0
    let symmetricSum = 0
    for (let row = 0; row < n; row++) {
      const count = counts[row]!
      if (count === 0) continue
      const weight = weights === undefined ? count : count * weights[row]!
      const difference = error[row]!
      const deviation = actual[row]! - centre
      total += weight
      absolute += weight * Math.abs(difference)
      squared += weight * difference * difference
      signed += weight * difference
      sum += weight * deviation
      sumOfSquares += weight * deviation * deviation
      relativeSum += weight * relative[row]!
      symmetricSum += weight * symmetric[row]!
    }
    const spread = sumOfSquares - (sum * sum) / total
    out[0] = absolute / total
    out[1] = Math.sqrt(squared / total)
    out[2] = spread > 0 ? 1 - squared / spread : Number.NaN
    out[3] = signed / total
    out[4] = relativeSum / total
    out[5] = symmetricSum / total
    // Σ over·max(e, 0) + under·max(−e, 0), from the sums of |e| and e.
    const tooMuch = (absolute + signed) / 2
    out[8] = costs === undefined ? Number.NaN : (costs.over * tooMuch + costs.under * (absolute - tooMuch)) / total
    writeQuantiles({ counts, order, error, weights, total }, out)
  }
}

function writeQuantiles(
  facts: {
    readonly counts: Uint16Array
    readonly order: Uint32Array
    readonly error: Float64Array
    readonly weights: Float64Array | undefined
    readonly total: number
  },
  out: Float64Array,
): void {
  let seen = 0
  out[6] = Number.NaN
  out[7] = Number.NaN
  for (const row of facts.order) {
    const count = facts.counts[row]!
    if (count === 0) continue
    seen += facts.weights === undefined ? count : count * facts.weights[row]!
    if (Number.isNaN(out[6]) && seen >= 0.5 * facts.total) out[6] = Math.abs(facts.error[row]!)
    if (seen >= 0.9 * facts.total - 1e-12 * facts.total) {
      out[7] = Math.abs(facts.error[row]!)
      return
    }
  }
}

/**
 * Every regression metric of these rows. MAE, RMSE and the quantiles of the absolute error in the target's unit; bias
 * is mean(predicted − actual); R² is 1 − SSE / SST (NaN for a constant target); MAPE is a share, NaN when any actual
 * value is 0; sMAPE is mean(2|e| / (|y| + |ŷ|)) in [0, 2] (Makridakis, 1993), 0/0 counting as 0. Quantiles are the
 * smallest absolute error that at least this share of the weight does not exceed (inverse of the distribution function).
 * Expected cost is the mean of over · max(e, 0) + under · max(−e, 0).
 */
export function regressionMetrics(rows: RegressionRows, costs?: UnitCosts): Record<RegressionMetricName, number> {
  const out = new Float64Array(regressionMetricNames.length)
  regressionEvaluator(rows, costs)(new Uint16Array(rows.actual.length).fill(1), out)
  return Object.fromEntries(regressionMetricNames.map((name, i) => [name, out[i]!])) as Record<
    RegressionMetricName,
    number
  >
}
