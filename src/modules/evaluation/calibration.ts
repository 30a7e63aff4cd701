import { seededRandom } from './random.ts'
import type { BinaryRows } from './ranking.ts'

export const calibrationBins = 15

/** One bin of a reliability curve. */
export interface ReliabilityBin {
  readonly from: number
  readonly to: number
  readonly rows: number
  /** Mean score of the bin's rows; absent when it is empty. */
  readonly meanScore?: number
  /** Share of positive rows, with a 95 % Wilson interval; absent when the bin is empty. */
  readonly positiveShare?: number
  readonly low?: number
  readonly high?: number
}

/** The bin of a probability among equal-width ones: [from, to), the last one closed. */
export function equalWidthBin(score: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(score * bins)))
}

/**
 * Expected calibration error, L1: Σ (n_b / N) · |positive share_b − mean score_b| over equal-width bins of the score
 * (Naeini, Cooper and Hauskrecht, 2015; torchmetrics `BinaryCalibrationError(norm='l1')`). In [0, 1]; 0 is perfect.
 */
export function expectedCalibrationError(rows: BinaryRows, bins: number = calibrationBins): number {
  const gaps = new Float64Array(bins)
  let total = 0
  for (let row = 0; row < rows.scores.length; row++) {
    const weight = rows.weights === undefined ? 1 : rows.weights[row]!
    const score = rows.scores[row]!
    gaps[equalWidthBin(score, bins)]! += weight * (rows.labels[row]! - score)
    total += weight
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total
}

/** What the calibration error of a perfectly calibrated model with these scores would be, by chance alone. */
export interface CalibrationNoise {
  readonly mean: number
  /** 95 % of perfectly calibrated models stay below this. */
  readonly q95: number
  readonly simulations: number
}

const exactBinRows = 2_000

/**
 * The noise floor of the expected calibration error: labels are drawn from the scores themselves and the error is
 * computed each time. Bins of more than 2,000 rows use the normal limit of their sum of labels.
 */
export function calibrationNoise(
  scores: Float64Array,
  options: { seed: number; simulations?: number },
): CalibrationNoise {
  const simulations = options.simulations ?? 200
  const random = seededRandom(options.seed)
  const members: number[][] = Array.from({ length: calibrationBins }, () => [])
  const variance = new Float64Array(calibrationBins)
  const sizes = new Uint32Array(calibrationBins)
  for (const score of scores) {
    const bin = equalWidthBin(score, calibrationBins)
    variance[bin]! += score * (1 - score)
    if (sizes[bin]!++ < exactBinRows) members[bin]!.push(score)
  }
  const errors = new Float64Array(simulations)
  for (let s = 0; s < simulations; s++) {
    let gap = 0
    for (let bin = 0; bin < calibrationBins; bin++) {
      if (sizes[bin]! > exactBinRows) gap += Math.abs(random.normal()) * Math.sqrt(variance[bin]!)
      else {
        let drawn = 0
        for (const score of members[bin]!) drawn += (random.next() < score ? 1 : 0) - score
        gap += Math.abs(drawn)
      }
    }
    errors[s] = gap / scores.length
  }
  errors.sort()
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / simulations,
    q95: errors[Math.min(simulations - 1, Math.ceil(0.95 * simulations) - 1)]!,
    simulations,
  }
}

/** The reliability curve: mean score against share of positives, by equal-width bins of the score. Unweighted. */
export function reliabilityCurve(rows: BinaryRows, bins: number = calibrationBins): readonly ReliabilityBin[] {
  const n = new Float64Array(bins)
  const sum = new Float64Array(bins)
  const positives = new Float64Array(bins)
  for (let row = 0; row < rows.scores.length; row++) {
    const bin = equalWidthBin(rows.scores[row]!, bins)
    n[bin]!++
    sum[bin]! += rows.scores[row]!
    positives[bin]! += rows.labels[row]!
  }
  return Array.from({ length: bins }, (_, bin) => {
    const place = { from: bin / bins, to: (bin + 1) / bins, rows: n[bin]! }
    if (n[bin] === 0) return place
    const { low, high } = wilson(positives[bin]!, n[bin]!)
    return { ...place, meanScore: sum[bin]! / n[bin]!, positiveShare: positives[bin]! / n[bin]!, low, high }
  })
}

/** The 95 % interval of a share (Wilson, 1927). */
export function wilson(positives: number, n: number): { low: number; high: number } {
  const z = 1.959963984540054
  const share = positives / n
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
