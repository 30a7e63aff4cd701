import type { FieldType, ModelTask } from '../../ports/model-runtime.ts'

/** A decision tree as parallel arrays; node 0 is the root. All numbers are float32 values. */
export interface Tree {
  /** Index of the feature a node asks; −1 in a leaf. */
  readonly feature: Int32Array
  /** Goes left when value ≤ threshold (numeric nodes). */
  readonly threshold: Float32Array
  /** Goes left when the category's bin is set (categorical nodes); undefined elsewhere. */
  readonly leftCategories: readonly (Uint8Array | undefined)[]
  /** 1: missing, unseen and rare values go left. */
  readonly missingLeft: Uint8Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** What a leaf adds to the score, shrinkage included. */
  readonly value: Float32Array
  /** Loss reduction of a split. */
  readonly gain: Float64Array
}

export interface NumericFeature {
  readonly name: string
  readonly kind: 'numeric'
  readonly type: Exclude<FieldType, 'string'>
}

export interface CategoricalFeature {
  readonly name: string
  readonly kind: 'categorical'
  readonly type: 'string'
  /** The known categories; the position is the bin. */
  readonly categories: readonly string[]
}

export type ModelFeature = NumericFeature | CategoricalFeature

/** The score is turned into a probability by `logistic`, given as it is by `identity`. */
export type Link = 'logistic' | 'identity'

export interface ConstantModel {
  readonly kind: 'constant'
  readonly value: number
}

export interface BoostedModel {
  readonly kind: 'boosted'
  readonly link: Link
  readonly base: number
  readonly features: readonly ModelFeature[]
  readonly trees: readonly Tree[]
}

/** One numeric column of a linear model: fill, transform, clip, standardise, weigh. */
export interface LinearNumericTerm {
  readonly name: string
  readonly type: Exclude<FieldType, 'string'>
  readonly fill: number
  readonly signedLog: boolean
  readonly low: number
  readonly high: number
  readonly mean: number
  /** 1 / standard deviation. */
  readonly scale: number
  readonly weight: number
  /** Added where the value is missing. */
  readonly missingWeight: number
}

/** One categorical column of a linear model, one-hot; an unseen or rare category adds nothing. */
export interface LinearCategoricalTerm {
  readonly name: string
  readonly categories: readonly string[]
  readonly weights: readonly number[]
  readonly missingWeight: number
}

export interface LinearModel {
  readonly kind: 'linear'
  readonly link: Link
  readonly intercept: number
  readonly numeric: readonly LinearNumericTerm[]
  readonly categorical: readonly LinearCategoricalTerm[]
}

/** The mean of the members' outputs: of probabilities, where they are. */
export interface BlendedModel {
  readonly kind: 'blended'
  readonly members: readonly FittedModel[]
}

/** What fitting gives, with all its preprocessing: complete enough to score raw columns. */
export type FittedModel = ConstantModel | BoostedModel | LinearModel | BlendedModel

export interface FeatureImportance {
  readonly name: string
  /** Share of the total; the shares add up to 1 unless all are 0. */
  readonly share: number
}

/** A fitted model with what was learned on the way. */
export interface FitResult {
  readonly model: FittedModel
  readonly task: ModelTask
  /** Trees of the final model, where it has some. */
  readonly rounds?: number
  /** Of a blend: the trees of each member, undefined for members without. */
  readonly memberRounds?: readonly (number | undefined)[]
  /** Log loss (binary) or mean squared error (regression) on the validation rows of the model chosen there. */
  readonly validationLoss?: number
  /** Loss after each round. */
  readonly history: readonly { readonly round: number; readonly train: number; readonly validation?: number }[]
  /** Gain for trees; |standardised coefficient| for linear models. */
  readonly importance: readonly FeatureImportance[]
}
