const lower = /loss|error|rmse|\bmae\b|\bmse\b|mape|brier|\bece\b|cost|seconds|latency|duration/i
const neither = /rows|count|rounds|epoch|size|seed/i

/** Which values of a metric are its best, judged by its name; undefined where a name says nothing about better. */
export function bestRuns(
  key: string,
  values: readonly (string | number | null)[],
): { readonly at: ReadonlySet<number>; readonly end: 'lowest' | 'highest' } | undefined {
  if (neither.test(key)) return undefined
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length < 2) return undefined
  const end = lower.test(key) ? 'lowest' : 'highest'
  const best = end === 'lowest' ? Math.min(...numbers) : Math.max(...numbers)
  return { end, at: new Set(values.flatMap((value, index) => (value === best ? [index] : []))) }
}
