import { type Random, sampleWithoutReplacement, seededRandom } from '../random.ts'

/** The bin of missing, unseen and rare values. Value bins are 0 … 254. */
export const MISSING_BIN = 255
const SAMPLE_ROWS = 50_000
const GRID_CELLS = 4096

/**
 * Upper limits of the bins of a numeric column: a value belongs to the first bin whose limit is not below it, and to
 * one bin more when it is above all limits. Distinct values get a bin each when they fit, otherwise bins hold about
 * equal numbers of rows. A limit lies half-way between two neighbouring values, rounded down to float32, so that
 * `value <= limit` on float32 decides the same here and in the exported model.
 */
export function binLimits(values: Float32Array, maxBins: number, random: Random): Float32Array {
  const sorted = sampledSorted(values, random)
  if (sorted.length === 0) return new Float32Array(0)
  const distinct: number[] = []
  const counts: number[] = []
  for (let i = 0; i < sorted.length; ) {
    const value = sorted[i]!
    let end = i + 1
    while (end < sorted.length && sorted[end] === value) end++
    distinct.push(value)
    counts.push(end - i)
    i = end
  }
  const limits: number[] = []
  if (distinct.length <= maxBins) {
    for (let k = 1; k < distinct.length; k++) limits.push(between(distinct[k - 1]!, distinct[k]!))
    return Float32Array.from(limits)
  }
  // A value with many rows fills a bin alone; the others share what is left evenly.
  let rowsLeft = sorted.length
  let binsLeft = maxBins
  let filled = 0
  for (let k = 0; k < distinct.length - 1 && binsLeft > 1; k++) {
    filled += counts[k]!
    const target = rowsLeft / binsLeft
    const nextIsHeavy = counts[k + 1]! >= target && filled > target / 2
    if (filled >= target || nextIsHeavy) {
      limits.push(between(distinct[k]!, distinct[k + 1]!))
      rowsLeft -= filled
      filled = 0
      binsLeft--
    }
  }
  return Float32Array.from(limits)
}

function sampledSorted(values: Float32Array, random: Random): Float32Array {
  let picked: Float32Array
  if (values.length <= SAMPLE_ROWS) {
    picked = values.slice()
  } else {
    const rows = sampleWithoutReplacement(values.length, SAMPLE_ROWS, random)
    picked = new Float32Array(rows.length)
    for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i]!]!
  }
  let kept = 0
  for (let i = 0; i < picked.length; i++) {
    const value = picked[i]!
    // + 0 turns −0 into 0, which is the same number to a comparison.
    if (!Number.isNaN(value)) picked[kept++] = value + 0
  }
  return picked.subarray(0, kept).sort()
}

/** A float32 t with a ≤ t < b, near the middle. */
function between(a: number, b: number): number {
  const middle = Math.fround(a / 2 + b / 2)
  return middle >= a && middle < b ? middle : a
}

/**
 * Writes the bin of every value to `target[slot + 4 * row]`. A grid over the limits finds most bins without a search:
 * its cell function is monotone, so a value's bin lies between the counts of limits before its cell and through it.
 */
export function writeNumericBins(values: Float32Array, limits: Float32Array, target: Uint8Array, slot: number): void {
  const count = limits.length
  const first = count === 0 ? 0 : Math.max(limits[0]!, -1e30)
  const last = count === 0 ? 0 : Math.min(limits[count - 1]!, 1e30)
  const perUnit = last > first ? (GRID_CELLS - 2) / (last - first) : 0
  const cellOf = (value: number): number => {
    const cell = (value - first) * perUnit
    // NaN (no width, infinite value) goes to cell 0 with everything else.
    return !(cell > 0) ? 0 : cell >= GRID_CELLS - 2 ? GRID_CELLS - 1 : 1 + (cell | 0)
  }
  const through = new Uint8Array(GRID_CELLS + 1)
  for (const limit of limits) through[cellOf(limit) + 1]!++
  for (let cell = 0; cell < GRID_CELLS; cell++) through[cell + 1]! += through[cell]!
  for (let row = 0, at = slot; row < values.length; row++, at += 4) {
    const value = values[row]!
    if (value !== value) {
      target[at] = MISSING_BIN
      continue
    }
    const cell = cellOf(value)
    let low = through[cell]!
    let high = through[cell + 1]!
    while (low < high) {
      const middle = (low + high) >>> 1
      if (value <= limits[middle]!) high = middle
      else low = middle + 1
    }
    target[at] = low
  }
}

/**
 * The bin of each category code: the most frequent first, at most `maxBins`; codes with fewer than `leastCount`
 * rows get the missing bin. Returns the bin per code and the code of each bin.
 */
export function categoryBins(
  codes: Int32Array,
  categories: number,
  options: { readonly maxBins: number; readonly leastCount: number },
): { readonly binOfCode: Uint8Array; readonly codeOfBin: Int32Array } {
  const counts = new Float64Array(categories)
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!
    if (code >= 0) counts[code]!++
  }
  const codeOfBin = Int32Array.from(
    Array.from(counts.keys())
      .filter((code) => counts[code]! >= options.leastCount)
      .toSorted((a, b) => counts[b]! - counts[a]! || a - b)
      .slice(0, options.maxBins),
  )
  const binOfCode = new Uint8Array(categories).fill(MISSING_BIN)
  codeOfBin.forEach((code, bin) => {
    binOfCode[code] = bin
  })
  return { binOfCode, codeOfBin }
}

/** Writes the bin of every category code to `target[slot + 4 * row]`; codes beyond the table are missing. */
export function writeCategoryBins(codes: Int32Array, binOfCode: Uint8Array, target: Uint8Array, slot: number): void {
  for (let row = 0, at = slot; row < codes.length; row++, at += 4) {
    const code = codes[row]!
    target[at] = code >= 0 && code < binOfCode.length ? binOfCode[code]! : MISSING_BIN
  }
}

/** Learns a numeric column's limits and writes them and the bins (every fourth byte) to their places; gives the number of limits. */
export function binNumericColumn(
  values: Float32Array,
  options: { readonly maxBins: number; readonly seed: number },
  target: { readonly limits: Float32Array; readonly bytes: Uint8Array },
): number {
  const limits = binLimits(values, options.maxBins, seededRandom(options.seed))
  target.limits.set(limits)
  writeNumericBins(values, limits, target.bytes, 0)
  return limits.length
}
