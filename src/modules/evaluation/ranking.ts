/** What a binary model said about labelled rows. `labels[i]` is 1 for the positive class, 0 for the other. */
export interface BinaryRows {
  readonly scores: Float64Array
  readonly labels: Uint8Array
  /** How much each row counts; absent: 1. */
  readonly weights?: Float64Array
}

/** Rows from the highest score to the lowest, with rows of equal score as one group. */
export interface Ranking {
  /** `order[k]` is the row at rank k. */
  readonly order: Uint32Array
  /** Rank after the last row of each group of equal scores. */
  readonly groupEnds: Uint32Array
}

const radixFrom = 20_000

/** Rows in descending order of score. NaN is not allowed; -0 and 0 are equal. */
export function rankByScore(scores: Float64Array): Ranking {
  const n = scores.length
  const order = n < radixFrom ? comparisonOrder(scores) : radixOrder(scores)
  let groups = 0
  const ends = new Uint32Array(n)
  for (let k = 1; k <= n; k++) {
    if (k === n || scores[order[k]!] !== scores[order[k - 1]!]) ends[groups++] = k
  }
  return { order, groupEnds: ends.slice(0, groups) }
}

function comparisonOrder(scores: Float64Array): Uint32Array {
  const order = new Uint32Array(scores.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  return order.sort((a, b) => scores[b]! - scores[a]! || a - b)
}

/** Least-significant-digit radix sort on the bits of the doubles, four digits of 16 bits: linear in n. */
function radixOrder(scores: Float64Array): Uint32Array {
  const n = scores.length
  const keys = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const score = scores[i]!
    keys[i] = score === 0 ? 0 : score
  }
  const words = new Uint32Array(keys.buffer)
  for (let i = 0; i < n; i++) {
    // Descending: all bits of a positive number are flipped but the sign's, a negative number's bits stay.
    const high = words[2 * i + 1]!
    if (high >>> 31 === 0) {
      words[2 * i] = ~words[2 * i]!
      words[2 * i + 1] = ~high & 0x7fffffff
    }
  }
  let order = new Uint32Array(n)
  let target = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  const starts = new Uint32Array(65_537)
  for (let digit = 0; digit < 4; digit++) {
    const word = digit >> 1
    const shift = (digit & 1) * 16
    starts.fill(0)
    for (let i = 0; i < n; i++) starts[((words[2 * i + word]! >>> shift) & 0xffff) + 1]!++
    if (starts.includes(n)) continue
    for (let d = 0; d < 65_536; d++) starts[d + 1]! += starts[d]!
    for (let k = 0; k < n; k++) {
      const row = order[k]!
      target[starts[(words[2 * row + word]! >>> shift) & 0xffff]!++] = row
    }
    ;[order, target] = [target, order]
  }
  return order
}

/**
 * Area under the ROC curve: the chance that a random positive row scores above a random negative one, ties counting
 * half (Hanley and McNeil, 1982; equals scikit-learn's `roc_auc_score`). In [0, 1]; NaN when a class is missing.
 */
export function rocAuc(rows: BinaryRows, ranking: Ranking = rankByScore(rows.scores)): number {
  const { labels, weights } = rows
  let positives = 0
  let negatives = 0
  let area = 0
  let start = 0
  for (const end of ranking.groupEnds) {
    let up = 0
    let across = 0
    for (let k = start; k < end; k++) {
      const row = ranking.order[k]!
      const weight = weights === undefined ? 1 : weights[row]!
      if (labels[row] === 1) up += weight
      else across += weight
    }
    positives += up
    negatives += across
    area += across * (positives - up / 2)
    start = end
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : Number.NaN
}
