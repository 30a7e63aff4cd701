import { deLong, aucInterval } from './delong.ts'
import type { SliceColumn } from './slice-column.ts'
import type { SliceReport, SliceValue } from './contract.ts'

/** Rows of all slices with what they are measured by. */
export interface SliceRows {
  readonly task: 'binary' | 'regression'
  readonly scores: Float64Array
  /** 0 and 1 for a binary task. */
  readonly actual: Float64Array
  readonly minRows: number
}

const mostShown = 30
const fewestOfClass = 10
const z95 = 1.959963984540054

/**
 * The headline metric in each slice, worst first: ROC AUC with DeLong's interval, or RMSE with the interval of its
 * mean square. A slice is called weak when it is worse than the other slices of its column beyond chance: one-sided
 * z-test at 5 %, divided by the number of slices tested (Bonferroni), because the worst of many slices looks bad by
 * chance. The others are pooled by their pairs of a positive and a negative row (ROC AUC) or by rows (mean square),
 * not taken from all rows together: inside any slice of a strong input ROC AUC is lower than over all rows, since the
 * input no longer ranks, and that is no weakness. Slices of fewer than `minRows` rows, or of fewer than ten rows of a
 * class, get no verdict.
 */
export function sliceReports(columns: readonly SliceColumn[], rows: SliceRows): readonly SliceReport[] {
  const measured = columns.map((column) => ({ column, values: sliceValues(column, rows) }))
  const tested = measured.flatMap(({ values }) => values.filter((value) => value.test !== undefined)).length
  return measured.map(({ column, values }) => {
    const judged = values.map(({ test, ...value }): SliceValue => {
      if (test === undefined) return value
      const others = pool(
        values.flatMap((other) => (other.test === undefined || other.test === test ? [] : [other.test])),
      )
      if (others === undefined) return value
      const error = Math.hypot(test.error, others.error)
      const worse = test.badness - others.badness
      return { ...value, weak: error > 0 ? upperTail(worse / error) * tested < 0.05 : worse > 0 }
    })
    const sorted = judged.toSorted((a, b) => badness(b, rows) - badness(a, rows))
    const all = pool(values.flatMap(({ test }) => (test === undefined ? [] : [test])))
    return {
      column: column.column,
      kind: column.kind,
      metric: headline(rows.task),
      ...(all === undefined ? {} : { pooled: rows.task === 'binary' ? -all.badness : Math.sqrt(all.badness) }),
      values: sorted.slice(0, mostShown),
      notShown: Math.max(0, sorted.length - mostShown),
    }
  })
}

/** What the test compares: −AUC or the mean square, its standard error and its weight among slices. */
interface SliceTest {
  readonly badness: number
  readonly error: number
  readonly weight: number
}

function pool(tests: readonly SliceTest[]): { readonly badness: number; readonly error: number } | undefined {
  const total = tests.reduce((sum, test) => sum + test.weight, 0)
  if (total === 0) return undefined
  const badness = tests.reduce((sum, test) => sum + test.weight * test.badness, 0) / total
  const variance = tests.reduce((sum, test) => sum + (test.weight * test.error) ** 2, 0) / total ** 2
  return { badness, error: Math.sqrt(variance) }
}

const headline = (task: SliceRows['task']): 'rocAuc' | 'rmse' => (task === 'binary' ? 'rocAuc' : 'rmse')

function badness(value: SliceValue, rows: SliceRows): number {
  if (value.state !== 'measured') return -1e300 + value.rows
  const point = value.metrics[headline(rows.task)]!.value
  return rows.task === 'binary' ? -point : point
}

interface Unjudged extends SliceValue {
  readonly test?: SliceTest
}

function sliceValues(column: SliceColumn, rows: SliceRows): readonly Unjudged[] {
  const members = new Uint32Array(column.values.length)
  for (const code of column.codes) members[code]!++
  const buckets = Array.from(members, (size) => ({
    score: new Float64Array(size),
    actual: new Float64Array(size),
    next: 0,
  }))
  for (let row = 0; row < column.codes.length; row++) {
    const bucket = buckets[column.codes[row]!]!
    bucket.score[bucket.next] = rows.scores[row]!
    bucket.actual[bucket.next++] = rows.actual[row]!
  }
  return buckets.flatMap((bucket, code) =>
    bucket.next === 0
      ? []
      : [
          rows.task === 'binary'
            ? binarySlice(column.values[code]!, bucket, rows)
            : regressionSlice(column.values[code]!, bucket, rows),
        ],
  )
}

interface Bucket {
  readonly score: Float64Array
  readonly actual: Float64Array
}

function binarySlice(value: string, { score, actual }: Bucket, rows: SliceRows): Unjudged {
  const labels = Uint8Array.from(actual)
  const positives = labels.reduce((sum, label) => sum + label, 0)
  const base = { value, rows: score.length, positives }
  const share = { value: positives / score.length }
  const few = score.length < rows.minRows || Math.min(positives, score.length - positives) < fewestOfClass
  if (few) return { ...base, state: 'too few rows', metrics: { baseRate: share } }
  const estimate = deLong({ scores: score, labels })
  const meanScore = { value: score.reduce((sum, each) => sum + each, 0) / score.length }
  const metrics = { rocAuc: { value: estimate.auc, ...aucInterval(estimate) }, baseRate: share, meanScore }
  const weight = positives * (score.length - positives)
  return {
    ...base,
    state: 'measured',
    metrics,
    test: { badness: -estimate.auc, error: estimate.standardError, weight },
  }
}

function regressionSlice(value: string, { score, actual }: Bucket, rows: SliceRows): Unjudged {
  const n = score.length
  const errors = score.map((each, row) => each - actual[row]!)
  if (n < rows.minRows) return { value, rows: n, state: 'too few rows', metrics: {} }
  const squares = errors.map((error) => error * error)
  const [mse, mseError] = meanWithError(squares)
  const [mae, maeError] = meanWithError(errors.map(Math.abs))
  const [bias, biasError] = meanWithError(errors)
  const rmse = Math.sqrt(mse)
  const metrics = {
    rmse: { value: rmse, lower: Math.sqrt(Math.max(0, mse - z95 * mseError)), upper: Math.sqrt(mse + z95 * mseError) },
    mae: { value: mae, lower: mae - z95 * maeError, upper: mae + z95 * maeError },
    bias: { value: bias, lower: bias - z95 * biasError, upper: bias + z95 * biasError },
  }
  return { value, rows: n, state: 'measured', metrics, test: { badness: mse, error: mseError, weight: n } }
}

function meanWithError(values: Float64Array): readonly [mean: number, standardError: number] {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return [mean, Math.sqrt(squares / Math.max(1, n - 1) / n)]
}

/** P(Z > z) of the standard normal, by the complementary error function of Numerical Recipes (error below 1.2e-7). */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.5 * x)
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ]
  const polynomial = coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0)
  const tail = (t * Math.exp(-x * x + polynomial)) / 2
  return z >= 0 ? tail : 1 - tail
}
