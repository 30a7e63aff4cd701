import type { FieldType } from '../../../ports/model-runtime.ts'

/**
 * A column of numbers as the learner and the exported model see it: float32, NaN for null. Booleans are 0 and 1,
 * dates days and timestamps seconds since 1970-01-01 UTC.
 */
export interface NumericColumn {
  readonly name: string
  readonly kind: 'numeric'
  readonly type: Exclude<FieldType, 'string'>
  readonly values: Float32Array
}

/** A column of text as codes into `categories`; −1 for null and for the empty string, which count as missing. */
export interface CategoricalColumn {
  readonly name: string
  readonly kind: 'categorical'
  readonly type: 'string'
  readonly codes: Int32Array
  readonly categories: readonly string[]
}

export type FeatureColumn = NumericColumn | CategoricalColumn

/** Columns for fitting, all of `rows` values. The target is 0 or 1 (binary) or a number (regression), never NaN. */
export interface TrainingTable {
  readonly rows: number
  readonly features: readonly FeatureColumn[]
  readonly target: Float32Array
  /** Weight of each row, ≥ 0; absent: every row counts the same. */
  readonly weight?: Float32Array
}

/** A float32 array that worker threads can share instead of copying. */
export function sharedFloat32(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * 4))
}

/** An int32 array that worker threads can share instead of copying. */
export function sharedInt32(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * 4))
}

/**
 * The rows of both tables, the first table's first. The tables must have the same features in the same order, and
 * categories of the second begin with those of the first.
 */
export function concatenateTables(first: TrainingTable, second: TrainingTable): TrainingTable {
  const rows = first.rows + second.rows
  const join = (a: Float32Array, b: Float32Array): Float32Array => {
    const joined = sharedFloat32(rows)
    joined.set(a)
    joined.set(b, first.rows)
    return joined
  }
  const features = first.features.map((column, index): FeatureColumn => {
    const other = second.features[index]!
    if (column.kind === 'numeric' && other.kind === 'numeric') {
      return { ...column, values: join(column.values, other.values) }
    }
    if (column.kind === 'categorical' && other.kind === 'categorical') {
      const codes = sharedInt32(rows)
      codes.set(column.codes)
      codes.set(other.codes, first.rows)
      return { ...column, codes, categories: other.categories }
    }
    throw new TypeError(`column ${column.name} is ${column.kind} in one table and ${other.kind} in the other`)
  })
  const weighted = first.weight !== undefined || second.weight !== undefined
  const ones = (length: number): Float32Array => new Float32Array(length).fill(1)
  return {
    rows,
    features,
    target: join(first.target, second.target),
    ...(weighted ? { weight: join(first.weight ?? ones(first.rows), second.weight ?? ones(second.rows)) } : {}),
  }
}
