import { calibrationBins, equalWidthBin } from './calibration.ts'
import { type BinaryRows, type Ranking, rankByScore } from './ranking.ts'

/** The measures of a binary model, in the order in which an evaluator writes them. */
export const binaryMetricNames = [
  'rocAuc',
  'prAuc',
  'logLoss',
  'brier',
  'ece',
  'accuracy',
  'balancedAccuracy',
  'precision',
  'recall',
  'f1',
  'specificity',
  'mcc',
  'expectedCost',
] as const

export type BinaryMetricName = (typeof binaryMetricNames)[number]

/** Rows on each side of a threshold, weighted when the rows are. */
export interface Confusion {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** What each outcome of a decision costs, in one currency; a gain is a negative cost. */
export interface DecisionCosts {
  readonly currency: string
  readonly falsePositive: number
  readonly falseNegative: number
  readonly truePositive: number
  readonly trueNegative: number
}

export interface BinaryMetricOptions {
  /** A row is predicted positive when its score is at or above this; 0.5 by default. */
  readonly threshold?: number
  readonly costs?: DecisionCosts
}

/** scikit-learn clips probabilities by the machine epsilon of float64 before it takes the logarithm. */
const epsilon = 2 ** -52

/** The logarithmic loss of one probability, in nats, clipped as scikit-learn's `log_loss` does. */
export function rowLogLoss(score: number, label: number): number {
  const p = Math.min(Math.max(score, epsilon), 1 - epsilon)
  return label === 1 ? -Math.log(p) : -Math.log(1 - p)
}

/**
 * Computes every binary metric for given row counts, again and again, without sorting or allocating: the inner loop
 * of the bootstrap. `counts[row]` says how often a row is in the replicate; `out` gets one number per
 * `binaryMetricNames`, NaN where a metric is not defined.
 */
export interface BinaryEvaluator {
  (counts: Uint16Array, out: Float64Array): void
}

export function binaryEvaluator(
  rows: BinaryRows,
  options: BinaryMetricOptions = {},
  ranking: Ranking = rankByScore(rows.scores),
): BinaryEvaluator {
  const { scores, labels, weights } = rows
  const { order, groupEnds } = ranking
  const threshold = options.threshold ?? 0.5
  // In the order of the ranking, so that the inner loop reads memory forwards.
  const losses = new Float64Array(scores.length)
  const positive = new Uint8Array(scores.length)
  for (let k = 0; k < losses.length; k++) {
    losses[k] = rowLogLoss(scores[order[k]!]!, labels[order[k]!]!)
    positive[k] = labels[order[k]!]!
  }
  const binOfGroup = new Uint8Array(groupEnds.length)
  const scoreOfGroup = new Float64Array(groupEnds.length)
  let groupsAbove = 0
  for (let g = 0; g < groupEnds.length; g++) {
    const score = scores[order[groupEnds[g]! - 1]!]!
    scoreOfGroup[g] = score
    binOfGroup[g] = equalWidthBin(score, calibrationBins)
    if (score >= threshold) groupsAbove = g + 1
  }
  const gaps = new Float64Array(calibrationBins)

  return (counts, out) => {
    let tp = 0
    let fp = 0
    let area = 0
    let precisionSum = 0
    let logLoss = 0
    let brier = 0
    let tpAt = 0
    let fpAt = 0
    let start = 0
    gaps.fill(0)
    for (let g = 0; g < groupEnds.length; g++) {
      const end = groupEnds[g]!
      const score = scoreOfGroup[g]!
      let up = 0
      let across = 0
      for (let k = start; k < end; k++) {
        const row = order[k]!
        const count = counts[row]!
        if (count === 0) continue
        const weight = weights === undefined ? count : count * weights[row]!
        if (positive[k] === 1) up += weight
        else across += weight
        logLoss += weight * losses[k]!
      }
      start = end
      if (up !== 0 || across !== 0) {
        tp += up
        fp += across
        area += across * (tp - up / 2)
        if (up !== 0) precisionSum += (up * tp) / (tp + fp)
        brier += up * (1 - score) * (1 - score) + across * score * score
        gaps[binOfGroup[g]!]! += up - (up + across) * score
      }
      if (g + 1 === groupsAbove) {
        tpAt = tp
        fpAt = fp
      }
    }
    const all = tp + fp
    let gap = 0
    for (let b = 0; b < calibrationBins; b++) gap += Math.abs(gaps[b]!)
    out[0] = tp > 0 && fp > 0 ? area / (tp * fp) : Number.NaN
    out[1] = tp > 0 && fp > 0 ? precisionSum / tp : Number.NaN
    out[2] = logLoss / all
    out[3] = brier / all
    out[4] = gap / all
    const confusion = {
      truePositives: tpAt,
      falsePositives: fpAt,
      falseNegatives: tp - tpAt,
      trueNegatives: fp - fpAt,
    }
    writeDecisionMetrics(confusion, options.costs, out)
  }
}

function writeDecisionMetrics(confusion: Confusion, costs: DecisionCosts | undefined, out: Float64Array): void {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion
  const recall = tp / (tp + fn)
  const specificity = tn / (tn + fp)
  out[5] = (tp + tn) / (tp + fp + fn + tn)
  out[6] = (recall + specificity) / 2
  out[7] = tp / (tp + fp)
  out[8] = recall
  out[9] = (2 * tp) / (2 * tp + fp + fn)
  out[10] = specificity
  out[11] = (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
  out[12] = costs === undefined ? Number.NaN : expectedCost(confusion, costs)
}

/** The mean cost of one decision in the costs' currency (Elkan, 2001); below zero it is a gain. */
export function expectedCost(confusion: Confusion, costs: DecisionCosts): number {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = confusion
  const cost = tp * costs.truePositive + fp * costs.falsePositive + fn * costs.falseNegative + tn * costs.trueNegative
  return cost / (tp + fp + fn + tn)
}

/** The expected value of 1,000 decisions: what a person reads. */
export function valuePerThousand(confusion: Confusion, costs: DecisionCosts): number {
  return -1000 * expectedCost(confusion, costs)
}

/**
 * Every binary metric of these rows. Definitions, as in scikit-learn: `roc_auc_score`, `average_precision_score` (step
 * rule), `log_loss` (nats), `brier_score_loss`, and at the threshold `accuracy_score`, `balanced_accuracy_score`,
 * `precision_score`, `recall_score`, `f1_score`, specificity TN / (TN + FP), `matthews_corrcoef`; ECE as in
 * `expectedCalibrationError`. NaN where a denominator is zero (scikit-learn says 0 there and warns), and for
 * PR AUC without a negative row, where any ranking is perfect.
 */
export function binaryMetrics(rows: BinaryRows, options: BinaryMetricOptions = {}): Record<BinaryMetricName, number> {
  const out = new Float64Array(binaryMetricNames.length)
  binaryEvaluator(rows, options)(new Uint16Array(rows.scores.length).fill(1), out)
  return Object.fromEntries(binaryMetricNames.map((name, i) => [name, out[i]!])) as Record<BinaryMetricName, number>
}

/** The confusion matrix at a threshold: positive when the score is at or above it. */
export function confusionAt(rows: BinaryRows, threshold: number): Confusion {
  let tp = 0
  let fp = 0
  let fn = 0
  let tn = 0
  for (let row = 0; row < rows.scores.length; row++) {
    const weight = rows.weights === undefined ? 1 : rows.weights[row]!
    const positive = rows.labels[row] === 1
    const selected = rows.scores[row]! >= threshold
    if (selected && positive) tp += weight
    else if (selected) fp += weight
    else if (positive) fn += weight
    else tn += weight
  }
  return { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn }
}
