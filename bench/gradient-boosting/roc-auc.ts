/** Area under the ROC curve by ranks, ties at their middle rank (Mann and Whitney 1947). */
export function rocAuc(scores: Float64Array, labels: ArrayLike<number>): number {
  const order = Array.from(scores.keys()).toSorted((a, b) => scores[a]! - scores[b]!)
  let ranks = 0
  let positives = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++
    for (let i = start; i < end; i++) {
      if (labels[order[i]!] !== 1) continue
      ranks += (start + 1 + end) / 2
      positives++
    }
    start = end
  }
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives))
}
