import { type BinaryRows, rankByScore } from './ranking.ts'

/** ROC AUC with its standard error; both NaN when a class has fewer than two rows. */
export interface AucEstimate {
  readonly auc: number
  readonly standardError: number
}

/**
 * The ROC AUC and its standard error without resampling (DeLong, DeLong and Clarke-Pearson, 1988), from midranks in
 * one pass after the sort (Sun and Xu, 2014). Unweighted.
 */
export function deLong(rows: BinaryRows): AucEstimate {
  const { order, groupEnds } = rankByScore(rows.scores)
  let positives = 0
  for (const label of rows.labels) positives += label
  const negatives = rows.labels.length - positives
  if (positives < 2 || negatives < 2) return { auc: Number.NaN, standardError: Number.NaN }
  // For each positive the share of negatives below it, for each negative the share of positives above it.
  let above = 0
  let aboveNegatives = 0
  let start = 0
  let sum = 0
  let positiveSquares = 0
  let negativeSquares = 0
  for (const end of groupEnds) {
    let up = 0
    for (let k = start; k < end; k++) up += rows.labels[order[k]!]!
    const across = end - start - up
    const below = (negatives - aboveNegatives - across / 2) / negatives
    const over = (above + up / 2) / positives
    sum += up * below
    positiveSquares += up * below * below
    negativeSquares += across * over * over
    above += up
    aboveNegatives += across
    start = end
  }
  const auc = sum / positives
  const positiveVariance = (positiveSquares - positives * auc * auc) / (positives - 1)
  const negativeVariance = (negativeSquares - negatives * auc * auc) / (negatives - 1)
  const variance = Math.max(0, positiveVariance) / positives + Math.max(0, negativeVariance) / negatives
  return { auc, standardError: Math.sqrt(variance) }
}

/** The 95 % interval of an AUC on the logit scale, which stays inside [0, 1] (Pepe, 2003). */
export function aucInterval({ auc, standardError }: AucEstimate): { lower: number; upper: number } {
  if (!(standardError > 0) || auc <= 0 || auc >= 1) return { lower: auc, upper: auc }
  const logit = Math.log(auc / (1 - auc))
  const half = (1.959963984540054 * standardError) / (auc * (1 - auc))
  return { lower: logistic(logit - half), upper: logistic(logit + half) }
}

function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value))
}
