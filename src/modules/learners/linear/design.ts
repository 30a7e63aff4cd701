import { categoryCodes } from './category-codes.ts'
import type { CategoricalColumn, NumericColumn, TrainingTable } from '../data/training-table.ts'
import type { LinearNumericTerm } from '../fitted-model.ts'
import { type Random, sampleWithoutReplacement, seededRandom } from '../random.ts'
import type { LogisticRegressionSpec, RidgeRegressionSpec } from '../spec.ts'

/** How a numeric column is made ready, learned on training rows only. */
export type NumericRule = Omit<LinearNumericTerm, 'weight' | 'missingWeight'> & { readonly sawMissing: boolean }

export interface NumericBlock {
  readonly rule: NumericRule
  /** Standardised values without gaps. */
  readonly values: Float32Array
  /** Rows whose value was missing. */
  readonly missingRows: Int32Array
}

export interface CategoricalBlock {
  readonly name: string
  readonly categories: readonly string[]
  /** Position in `categories`, `categories.length` for missing, −1 for a category that has no coefficient. */
  readonly codes: Int32Array
}

/** A design matrix that is never written out: dense columns, indicators and one-hot codes. */
export interface Design {
  readonly rows: number
  readonly numeric: readonly NumericBlock[]
  readonly categorical: readonly CategoricalBlock[]
}

type Spec = LogisticRegressionSpec | RidgeRegressionSpec

const SKEWED = 2
const MEDIAN_SAMPLE = 200_000

/** Fits the preprocessing on the table and applies it. */
export function buildDesign(table: TrainingTable, spec: Spec, seed: number): Design {
  const numeric: NumericBlock[] = []
  const categorical: CategoricalBlock[] = []
  for (const column of table.features) {
    if (column.kind === 'numeric') numeric.push(numericBlock(column, table, { spec, random: seededRandom(seed) }))
    else categorical.push(categoricalBlock(column, spec.maxCategories))
  }
  return { rows: table.rows, numeric, categorical }
}

function numericBlock(
  column: NumericColumn,
  table: TrainingTable,
  { spec, random }: { readonly spec: Spec; readonly random: Random },
): NumericBlock {
  const { values } = column
  const missingRows = Int32Array.from(missingPositions(values))
  const signedLog = spec.transform === 'auto' && Math.abs(skewness(values)) > SKEWED
  const moment = moments(values, (value) => value, undefined)
  const fill = Math.fround(spec.impute === 'median' ? median(values, random) : moment.mean)
  const transformed = (value: number): number => transform(Number.isNaN(value) ? fill : value, signedLog)
  const { mean, deviation, low, high } = moments(values, transformed, table.weight)
  const span = high - low
  const rule: NumericRule = {
    name: column.name,
    type: column.type,
    fill,
    signedLog,
    low: Math.fround(low - span),
    high: Math.fround(high + span),
    mean: Math.fround(mean),
    scale: deviation > 0 ? 1 / deviation : 0,
    sawMissing: missingRows.length > 0,
  }
  return { rule, values: standardise(values, rule), missingRows }
}

/** What the exported graph does to a raw column before it is weighed. */
export function standardise(values: Float32Array, rule: Omit<NumericRule, 'sawMissing'>): Float32Array {
  const ready = new Float32Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    const transformed = transform(Number.isNaN(value) ? rule.fill : value, rule.signedLog)
    const clipped = Math.min(rule.high, Math.max(rule.low, transformed))
    ready[row] = (clipped - rule.mean) * rule.scale
  }
  return ready
}

function transform(value: number, signedLog: boolean): number {
  return signedLog ? Math.sign(value) * Math.log(1 + Math.abs(value)) : value
}

function* missingPositions(values: Float32Array): Generator<number> {
  for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row])) yield row
}

interface Moments {
  readonly mean: number
  readonly deviation: number
  readonly low: number
  readonly high: number
}

/** Weighted mean, population standard deviation and range of the finite values; zeros when there are none. */
function moments(values: Float32Array, map: (value: number) => number, weight: Float32Array | undefined): Moments {
  let total = 0
  let mean = 0
  let spread = 0
  let low = Infinity
  let high = -Infinity
  for (let row = 0; row < values.length; row++) {
    const value = map(values[row]!)
    const w = weight === undefined ? 1 : weight[row]!
    if (!Number.isFinite(value) || w === 0) continue
    // West 1979: one pass, weighted, without cancellation.
    total += w
    const before = value - mean
    mean += (w / total) * before
    spread += w * before * (value - mean)
    if (value < low) low = value
    if (value > high) high = value
  }
  return total === 0
    ? { mean: 0, deviation: 0, low: 0, high: 0 }
    : { mean, deviation: Math.sqrt(spread / total), low, high }
}

/** Third standardised moment of the finite values. */
function skewness(values: Float32Array): number {
  const { mean, deviation } = moments(values, (value) => value, undefined)
  if (!(deviation > 0)) return 0
  let sum = 0
  let count = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    sum += ((value - mean) / deviation) ** 3
    count++
  }
  return sum / count
}

/** Median of the values that are not missing, on a sample when there are very many; 0 when there are none. */
function median(values: Float32Array, random: Random): number {
  const rows = sampleWithoutReplacement(values.length, MEDIAN_SAMPLE, random)
  const sorted = Float32Array.from(rows, (row) => values[row]!)
    .filter((value) => Number.isFinite(value))
    .sort()
  if (sorted.length === 0) return 0
  const middle = sorted.length >>> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function categoricalBlock(column: CategoricalColumn, maxCategories: number): CategoricalBlock {
  const { kept, positionOfCode } = categoryCodes(column, maxCategories)
  const codes = column.codes.map((code) => (code < 0 ? kept.length : positionOfCode[code]!))
  return { name: column.name, categories: kept, codes }
}
