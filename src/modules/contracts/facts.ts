import type { ModelSignature, FieldType } from '../../ports/model-runtime.ts'
import type { baselineNames } from './model-contract.ts'

/** A measured number with the ends of its 95 % interval, where it has one. */
export interface Measured {
  readonly value: number
  readonly lower?: number
  readonly upper?: number
}

export type BaselineName = (typeof baselineNames)[number]

export interface MeasuredSlice {
  readonly column: string
  /** The value, or the bin as text. */
  readonly value: string
  readonly rows: number
  readonly metrics: Readonly<Record<string, Measured>>
}

export interface MeasuredBehaviour {
  readonly kind: 'monotone' | 'invariant'
  readonly column: string
  /** The share of tested rows whose score moved against the promise by more than the tolerance. */
  readonly brokenShare: number
  /** The largest such move of a score. */
  readonly worst?: number
  readonly rows?: number
}

/**
 * What was measured of one model, as far as a contract can ask for it. A fact that is absent was not measured,
 * and a promise about it does not hold.
 */
export interface QualityFacts {
  readonly signature?: ModelSignature
  readonly metrics: Readonly<Record<string, Measured>>
  /** Gains over a baseline, counted so that more is better for every metric. */
  readonly gains?: readonly { readonly over: BaselineName; readonly metric: string; readonly gain: Measured }[]
  /** Baselines that do not exist yet: the first model has no champion to beat. */
  readonly absentBaselines?: readonly BaselineName[]
  readonly slices?: readonly MeasuredSlice[]
  readonly behaviour?: readonly MeasuredBehaviour[]
  /** Time of one prediction of one row, in milliseconds. */
  readonly latency?: { readonly p50Ms?: number; readonly p95Ms?: number; readonly p99Ms?: number }
  readonly sizeBytes?: number
  readonly format?: string
  /** The smallest and largest score on the test rows. */
  readonly scores?: { readonly min: number; readonly max: number }
  /** The types of the columns that the model was tested on: they tell which side of a mismatch differs. */
  readonly dataTypes?: Readonly<Record<string, FieldType>>
}
