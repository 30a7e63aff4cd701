import { throwIfAborted } from '../../kernel/errors.ts'
import { seededRandom } from './random.ts'

/** A number with the ends of its 95 % percentile interval; the ends are NaN when too few replicates define it. */
export interface Interval {
  readonly lower: number
  readonly upper: number
}

/** How an interval was made; said beside every interval. */
export interface BootstrapMethod {
  readonly replicates: number
  /** Rows drawn in each replicate: all of them, or fewer on huge data (m out of n). */
  readonly drawnRows: number
  readonly seed: number
}

/** Computes several numbers for given row counts; NaN where one is not defined. */
export interface ReplicateEvaluator {
  (counts: Uint16Array, out: Float64Array): void
}

const fullReplicates = 1_000
const fewestReplicates = 200
const drawBudget = 100_000_000
const mostDrawnRows = 500_000
const pauseAfterMs = 25

/** 1,000 replicates up to 100,000 rows, then fewer, never below 200; above 500,000 rows m of n are drawn. */
export function bootstrapPlan(rows: number): { replicates: number; drawnRows: number } {
  const drawnRows = Math.min(rows, mostDrawnRows)
  const affordable = Math.floor(drawBudget / Math.max(1, drawnRows))
  return { replicates: Math.max(fewestReplicates, Math.min(fullReplicates, affordable)), drawnRows }
}

/**
 * Percentile bootstrap (Efron, 1979), stratified and paired: each replicate draws rows with replacement within each
 * stratum and gives the same counts to every evaluator, so that numbers of two models are compared on the same rows.
 * Above 500,000 rows m of n rows are drawn and the deviation is scaled by √(m / n) (Bickel, Götze and van Zwet, 1997).
 * Yields to the event loop every 25 ms, so that a signal can stop it.
 *
 * @param strata for each row 0 or 1 (the class); `undefined` draws from all rows alike
 * @returns one interval per number of the evaluator, at 2.5 % and 97.5 % (linear interpolation)
 */
export async function bootstrapIntervals(
  evaluate: ReplicateEvaluator,
  facts: { readonly rows: number; readonly strata?: Uint8Array | undefined; readonly numbers: number },
  options: { readonly seed: number; readonly replicates?: number; readonly signal?: AbortSignal },
): Promise<{ readonly intervals: readonly Interval[]; readonly method: BootstrapMethod }> {
  const { rows, strata, numbers } = facts
  const plan = bootstrapPlan(rows)
  const replicates = options.replicates ?? plan.replicates
  const random = seededRandom(options.seed)
  const members = strata === undefined ? [allRows(rows)] : [rowsOf(strata, 0), rowsOf(strata, 1)]
  const draws = members.map((rowsOfStratum) => Math.round((plan.drawnRows * rowsOfStratum.length) / Math.max(1, rows)))
  const counts = new Uint16Array(rows)
  const point = new Float64Array(numbers)
  evaluate(counts.fill(1), point)
  const samples = Array.from({ length: numbers }, () => new Float64Array(replicates))
  const out = new Float64Array(numbers)
  let pausedAt = performance.now()
  for (let replicate = 0; replicate < replicates; replicate++) {
    counts.fill(0)
    for (let stratum = 0; stratum < members.length; stratum++) {
      const from = members[stratum]!
      const size = from.length
      for (let draw = draws[stratum]!; draw > 0; draw--) counts[from[(random.next() * size) | 0]!]!++
    }
    evaluate(counts, out)
    for (let i = 0; i < numbers; i++) samples[i]![replicate] = out[i]!
    if (performance.now() - pausedAt > pauseAfterMs) {
      await new Promise((resolve) => setImmediate(resolve))
      throwIfAborted(options.signal)
      pausedAt = performance.now()
    }
  }
  const scale = Math.sqrt(plan.drawnRows / Math.max(1, rows))
  return {
    intervals: samples.map((sample, i) => percentileInterval(sample, point[i]!, scale)),
    method: { replicates, drawnRows: plan.drawnRows, seed: options.seed },
  }
}

function allRows(rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row)
}

function rowsOf(strata: Uint8Array, stratum: number): Uint32Array {
  let size = 0
  for (const each of strata) if (each === stratum) size++
  const rows = new Uint32Array(size)
  let next = 0
  for (let row = 0; row < strata.length; row++) if (strata[row] === stratum) rows[next++] = row
  return rows
}

/** Replicates without a value are left out; with more than 5 % of them there is no interval. */
function percentileInterval(sample: Float64Array, point: number, scale: number): Interval {
  const defined = sample.filter((value) => !Number.isNaN(value)).sort()
  if (Number.isNaN(point) || defined.length < 0.95 * sample.length) return { lower: Number.NaN, upper: Number.NaN }
  if (scale === 1) return { lower: quantile(defined, 0.025), upper: quantile(defined, 0.975) }
  return {
    lower: point + (quantile(defined, 0.025) - point) * scale,
    upper: point + (quantile(defined, 0.975) - point) * scale,
  }
}

/** The quantile of sorted values by linear interpolation (Hyndman and Fan's type 7, NumPy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = q * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(sorted.length - 1, below + 1)]!
  return low + (place - below) * (high - low)
}
