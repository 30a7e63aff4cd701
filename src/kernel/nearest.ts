/** Edit distance with transpositions (optimal string alignment), as typing errors are made. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1)
      row.push(best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/** The known name that was probably meant, or undefined when none is near: at most a third of its letters differ. */
export function nearest(wanted: string, known: Iterable<string>): string | undefined {
  const lower = wanted.toLowerCase()
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const candidate = name.toLowerCase()
    const isStart = lower.length >= 3 && candidate.startsWith(lower)
    const distance = isStart ? 0.5 : editDistance(lower, candidate)
    const allowed = Math.max(1, Math.floor(Math.max(lower.length, candidate.length) / 3))
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance }
  }
  return best?.name
}
