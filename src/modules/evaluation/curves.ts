import { type Confusion, confusionAt, type DecisionCosts, valuePerThousand } from './binary-metrics.ts'
import { type BinaryRows, type Ranking, rankByScore } from './ranking.ts'

/** A point of the ROC, precision-recall and value curves: what deciding at this threshold gives. */
export interface ThresholdPoint {
  readonly threshold: number
  readonly truePositiveRate: number
  readonly falsePositiveRate: number
  readonly precision: number
  /** Share of rows at or above the threshold. */
  readonly selectedShare: number
  readonly valuePerThousand?: number
}

/**
 * The curves over all distinct thresholds, from the strictest down, thinned to about `points` points that keep both
 * ends. Empty when a class is missing.
 */
export function thresholdCurve(
  rows: BinaryRows,
  options: { points?: number; costs?: DecisionCosts; ranking?: Ranking } = {},
): readonly ThresholdPoint[] {
  const { order, groupEnds } = options.ranking ?? rankByScore(rows.scores)
  const totals = confusionAt(rows, Number.NEGATIVE_INFINITY)
  const { truePositives: positives, falsePositives: negatives } = totals
  if (!(positives > 0 && negatives > 0)) return []
  const all = positives + negatives
  const gridSteps = options.points ?? 200
  const result: ThresholdPoint[] = []
  let tp = 0
  let fp = 0
  let start = 0
  let lastCell = -1
  for (let g = 0; g < groupEnds.length; g++) {
    const end = groupEnds[g]!
    for (let k = start; k < end; k++) {
      const row = order[k]!
      const weight = rows.weights === undefined ? 1 : rows.weights[row]!
      if (rows.labels[row] === 1) tp += weight
      else fp += weight
    }
    start = end
    // One point for each step of either rate: steep and flat parts are both kept.
    const cell = Math.floor((gridSteps / 2) * (tp / positives)) + Math.floor((gridSteps / 2) * (fp / negatives))
    if (cell === lastCell && g < groupEnds.length - 1) continue
    lastCell = cell
    const confusion: Confusion = {
      truePositives: tp,
      falsePositives: fp,
      falseNegatives: positives - tp,
      trueNegatives: negatives - fp,
    }
    result.push({
      threshold: rows.scores[order[end - 1]!]!,
      truePositiveRate: tp / positives,
      falsePositiveRate: fp / negatives,
      precision: tp / (tp + fp),
      selectedShare: (tp + fp) / all,
      ...(options.costs === undefined ? {} : { valuePerThousand: valuePerThousand(confusion, options.costs) }),
    })
  }
  return result
}

/** One line of the threshold table. A measure without a denominator is absent. */
export interface ThresholdRow extends Confusion {
  readonly threshold: number
  readonly selectedShare: number
  readonly precision?: number
  readonly recall?: number
  readonly specificity?: number
  readonly f1?: number
  readonly valuePerThousand?: number
}

/** The confusion matrix and what follows from it at one threshold. */
export function thresholdRow(rows: BinaryRows, threshold: number, costs?: DecisionCosts): ThresholdRow {
  const confusion = confusionAt(rows, threshold)
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion
  return {
    threshold,
    ...confusion,
    selectedShare: (tp + fp) / (tp + fp + fn + tn),
    ...ratio('precision', tp, tp + fp),
    ...ratio('recall', tp, tp + fn),
    ...ratio('specificity', tn, tn + fp),
    ...ratio('f1', 2 * tp, 2 * tp + fp + fn),
    ...(costs === undefined ? {} : { valuePerThousand: valuePerThousand(confusion, costs) }),
  }
}

/** One line of the gain table: what the best-scored part of the rows holds. */
export interface GainRow {
  /** Part of all rows, best scores first. */
  readonly share: number
  /** Share of all positives that is in this part. */
  readonly gain: number
  /** How many times more positives than a random part of this size. */
  readonly lift: number
}

/**
 * Cumulative gain and lift of the best-scored share of rows (scikit-plot's definition); a share that cuts a group of
 * equal scores takes the group's positives in proportion. Empty when there is no positive row. Unweighted.
 */
export function gainTable(
  rows: BinaryRows,
  ranking: Ranking = rankByScore(rows.scores),
  shares: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
): readonly GainRow[] {
  const n = rows.scores.length
  const positives = rows.labels.reduce((sum, label) => sum + label, 0)
  if (positives === 0) return []
  const result: GainRow[] = []
  let next = 0
  let before = 0
  let start = 0
  for (const end of ranking.groupEnds) {
    let up = 0
    for (let k = start; k < end; k++) up += rows.labels[ranking.order[k]!]!
    while (next < shares.length && shares[next]! * n <= end + 1e-9) {
      const found = before + (up * (shares[next]! * n - start)) / (end - start)
      const gain = found / positives
      result.push({ share: shares[next]!, gain, lift: gain / shares[next]! })
      next++
    }
    before += up
    start = end
  }
  return result
}

function ratio(name: string, top: number, bottom: number): Record<string, number> {
  return bottom > 0 ? { [name]: top / bottom } : {}
}
