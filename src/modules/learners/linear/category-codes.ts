import type { CategoricalColumn } from '../data/training-table.ts'

/** The most frequent categories of a column, and for each code its position among them, −1 for the others. */
export function categoryCodes(
  column: CategoricalColumn,
  limit: number,
): { readonly kept: readonly string[]; readonly positionOfCode: Int32Array } {
  const counts = new Float64Array(column.categories.length)
  for (const code of column.codes) if (code >= 0) counts[code]!++
  const codes = Array.from(counts.keys())
    .filter((code) => counts[code]! > 0)
    .toSorted((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, limit)
  const positionOfCode = new Int32Array(column.categories.length).fill(-1)
  codes.forEach((code, position) => {
    positionOfCode[code] = position
  })
  return { kept: codes.map((code) => column.categories[code]!), positionOfCode }
}
