import type { DecisionCosts } from './binary-metrics.ts'
import { type BinaryRows, rankByScore } from './ranking.ts'

/** Where a report's decision threshold comes from. */
export interface Decision {
  readonly threshold: number
  readonly chosenBy: 'option' | 'value on validation' | 'costs in theory' | 'F1 on validation' | 'default'
  /** One sentence for the report. */
  readonly why: string
}

/**
 * The threshold that is best for a calibrated model: t* = (C_FP − C_TN) / (C_FP − C_TN + C_FN − C_TP)
 * (Elkan, 2001). Undefined when the costs do not reward a right decision of either kind.
 */
export function theoreticalThreshold(costs: DecisionCosts): number | undefined {
  const wrongAlarm = costs.falsePositive - costs.trueNegative
  const missed = costs.falseNegative - costs.truePositive
  if (!(wrongAlarm >= 0 && missed >= 0 && wrongAlarm + missed > 0)) return undefined
  return wrongAlarm / (wrongAlarm + missed)
}

/**
 * The threshold with the greatest goal over all distinct scores; `goal` gets weighted counts of true and false
 * positives and of all positives and negatives. Of equal goals the highest threshold wins. The result lies half way
 * to the next lower score, so that a small shift of the scores does not flip the boundary row.
 */
export function bestThreshold(
  rows: BinaryRows,
  goal: (tp: number, fp: number, totals: { positives: number; negatives: number }) => number,
): number {
  const { order, groupEnds } = rankByScore(rows.scores)
  const totals = { positives: 0, negatives: 0 }
  const weightOf = (row: number): number => (rows.weights === undefined ? 1 : rows.weights[row]!)
  for (let row = 0; row < rows.labels.length; row++) {
    if (rows.labels[row] === 1) totals.positives += weightOf(row)
    else totals.negatives += weightOf(row)
  }
  let tp = 0
  let fp = 0
  let start = 0
  let best = goal(0, 0, totals)
  // Above every score: nobody is selected.
  let threshold = (order.length > 0 ? rows.scores[order[0]!]! : 1) + 1e-9
  for (let g = 0; g < groupEnds.length; g++) {
    const end = groupEnds[g]!
    for (let k = start; k < end; k++) {
      const row = order[k]!
      if (rows.labels[row] === 1) tp += weightOf(row)
      else fp += weightOf(row)
    }
    start = end
    const value = goal(tp, fp, totals)
    if (value > best || Number.isNaN(best)) {
      best = value
      const score = rows.scores[order[end - 1]!]!
      const next = end < order.length ? rows.scores[order[end]!]! : Math.min(score, 0)
      threshold = (score + next) / 2
    }
  }
  return threshold
}

/** Chooses the decision threshold on validation rows when there are any, never on the test rows. */
export function chooseThreshold(facts: {
  readonly option?: number
  readonly costs?: DecisionCosts
  readonly validation?: BinaryRows
}): Decision {
  const { option, costs, validation } = facts
  if (option !== undefined) return { threshold: option, chosenBy: 'option', why: 'Set in the pipeline.' }
  const rows = validation?.scores.length ?? 0
  if (costs !== undefined && validation !== undefined && rows > 0) {
    const threshold = bestThreshold(validation, (tp, fp, { positives, negatives }) => {
      const missed = (positives - tp) * costs.falseNegative
      return -(tp * costs.truePositive + fp * costs.falsePositive + missed + (negatives - fp) * costs.trueNegative)
    })
    const why = `Greatest value on ${rows.toLocaleString('en')} validation rows with the declared costs.`
    return { threshold, chosenBy: 'value on validation', why }
  }
  const theory = costs === undefined ? undefined : theoreticalThreshold(costs)
  if (theory !== undefined) {
    const why = 'Best for a calibrated model with the declared costs: (FP − TN) / (FP − TN + FN − TP).'
    return { threshold: theory, chosenBy: 'costs in theory', why }
  }
  if (validation !== undefined && rows > 0 && validation.labels.includes(1)) {
    const threshold = bestThreshold(validation, (tp, fp, { positives }) => (2 * tp) / (tp + fp + positives))
    return {
      threshold,
      chosenBy: 'F1 on validation',
      why: `Greatest F1 on ${rows.toLocaleString('en')} validation rows.`,
    }
  }
  return { threshold: 0.5, chosenBy: 'default', why: 'No costs are declared and there is no validation data: 0.5.' }
}
