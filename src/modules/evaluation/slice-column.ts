import { quantile } from './bootstrap.ts'

/** Which slice every row belongs to. */
export interface SliceColumn {
  readonly column: string
  readonly kind: 'values' | 'bins'
  /** The text of each slice. */
  readonly values: readonly string[]
  /** For each row the place of its slice in `values`. */
  readonly codes: Uint16Array
}

/** Collects one column while rows stream by. */
export interface SliceColumnBuilder {
  readonly column: string
  set(row: number, value: string | number | null): void
  finish(rows: number): SliceColumn
}

const mostValues = 500
const mostPlainNumbers = 12
const defaultBins = 4
const missing = '(missing)'
const other = '(other values)'

/**
 * Slices by value for text and for numbers with at most 12 distinct values; equally filled bins for other numbers
 * (four of them when the contract does not say). Missing values are a slice of their own.
 */
export function createSliceColumn(
  spec: { readonly column: string; readonly bins?: number | undefined },
  rows: number,
): SliceColumnBuilder {
  const codes = new Uint16Array(rows)
  const codeOf = new Map<string, number>()
  let numbers: Float64Array | undefined
  const codeFor = (text: string): number => {
    let code = codeOf.get(text)
    if (code === undefined) {
      if (codeOf.size >= mostValues) return codeFor(other)
      code = codeOf.size
      codeOf.set(text, code)
    }
    return code
  }
  codeFor(missing)
  codeFor(other)

  return {
    column: spec.column,
    set(row, value) {
      if (typeof value === 'number') {
        numbers ??= new Float64Array(rows).fill(Number.NaN)
        numbers[row] = value
      } else codes[row] = codeFor(value ?? missing)
    },
    finish(kept) {
      if (numbers === undefined)
        return { column: spec.column, kind: 'values', values: [...codeOf.keys()], codes: codes.slice(0, kept) }
      return numberSlices(spec, numbers.subarray(0, kept))
    },
  }
}

const plain = (value: number): string => String(Number(value.toPrecision(6)))

function numberSlices(spec: { column: string; bins?: number | undefined }, numbers: Float64Array): SliceColumn {
  const known = numbers.filter((value) => !Number.isNaN(value)).sort()
  const distinct = new Set<number>()
  for (const value of known) if (distinct.size <= mostPlainNumbers) distinct.add(value)
  const codes = new Uint16Array(numbers.length)
  if (spec.bins === undefined && distinct.size <= mostPlainNumbers) {
    const values = [...distinct]
    for (let row = 0; row < codes.length; row++) {
      const place = values.indexOf(numbers[row]!)
      codes[row] = place < 0 ? values.length : place
    }
    return { column: spec.column, kind: 'values', values: [...values.map(plain), missing], codes }
  }
  const bins = spec.bins ?? defaultBins
  const edges = [...new Set(Array.from({ length: bins - 1 }, (_, i) => quantile(known, (i + 1) / bins)))].filter(
    (edge) => edge > (known[0] ?? Number.NaN),
  )
  for (let row = 0; row < codes.length; row++) {
    const value = numbers[row]!
    let bin = 0
    while (bin < edges.length && value >= edges[bin]!) bin++
    codes[row] = Number.isNaN(value) ? edges.length + 1 : bin
  }
  const bound = [known[0] ?? Number.NaN, ...edges, known.at(-1) ?? Number.NaN]
  const values = Array.from({ length: edges.length + 1 }, (_, bin) =>
    bin === edges.length
      ? `${plain(bound[bin]!)} to ${plain(bound[bin + 1]!)}`
      : `${plain(bound[bin]!)} to < ${plain(bound[bin + 1]!)}`,
  )
  return { column: spec.column, kind: 'bins', values: [...values, missing], codes }
}
