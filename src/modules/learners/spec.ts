import { z } from 'zod'

const fraction = z.number().gt(0).max(1)

/** Histogram gradient boosting (Friedman 2001; histograms and leaf-wise growth as in LightGBM, Ke et al. 2017). */
export const gradientBoostingSpec = z.strictObject({
  kind: z.literal('gradientBoosting'),
  /** Shrinkage of each tree. */
  learningRate: fraction.default(0.05),
  /** Upper limit of trees; early stopping usually ends before it. */
  maxRounds: z.int().positive().max(100_000).default(1000),
  maxLeaves: z.int().min(2).max(4096).default(31),
  /** No limit when absent. */
  maxDepth: z.int().positive().optional(),
  /** Rows a leaf must hold. With logistic loss it is estimated from the leaf's share of the second derivatives, as LightGBM does. */
  minSamplesLeaf: z.int().positive().default(20),
  /** Least sum of second derivatives in a leaf. */
  minHessianLeaf: z.number().nonnegative().default(1e-3),
  l2: z.number().nonnegative().default(1),
  /** Extra L2 for a split by categories. */
  categoryL2: z.number().nonnegative().default(10),
  /** Pulls the order of rare categories towards the middle. */
  categorySmoothing: z.number().nonnegative().default(10),
  maxBins: z.int().min(2).max(255).default(255),
  /** Share of rows that each tree sees. */
  rowSample: fraction.default(1),
  /** Share of columns that each tree sees. */
  columnSample: fraction.default(1),
  /** Rounds without a better validation loss before training stops. */
  patience: z.int().positive().default(50),
  /** Trees when there is no validation input to stop on. */
  roundsWithoutValidation: z.int().positive().default(100),
})

const linear = {
  /** Weight of half the squared norm of the coefficients on standardised columns; scikit-learn's 1 / C, and alpha of Ridge. */
  l2: z.number().nonnegative().default(1),
  /** `auto`: a signed logarithm for columns with a skewness beyond ±2. */
  transform: z.enum(['auto', 'none']).default('auto'),
  impute: z.enum(['median', 'mean']).default('median'),
  maxCategories: z.int().positive().max(10_000).default(255),
  maxIterations: z.int().positive().default(500),
}

export const logisticRegressionSpec = z.strictObject({ kind: z.literal('logisticRegression'), ...linear })
export const ridgeRegressionSpec = z.strictObject({ kind: z.literal('ridgeRegression'), ...linear })
export const zeroRuleSpec = z.strictObject({ kind: z.literal('zeroRule') })

const memberSpec = z.discriminatedUnion('kind', [
  gradientBoostingSpec,
  logisticRegressionSpec,
  ridgeRegressionSpec,
  zeroRuleSpec,
])

export const blendSpec = z.strictObject({ kind: z.literal('blend'), members: z.array(memberSpec).min(2) })

/** What to fit and how, as plain data with every default filled in. */
export const learnerSpec = z.discriminatedUnion('kind', [
  gradientBoostingSpec,
  logisticRegressionSpec,
  ridgeRegressionSpec,
  zeroRuleSpec,
  blendSpec,
])

export type GradientBoostingSpec = z.infer<typeof gradientBoostingSpec>
export type LogisticRegressionSpec = z.infer<typeof logisticRegressionSpec>
export type RidgeRegressionSpec = z.infer<typeof ridgeRegressionSpec>
export type LearnerSpec = z.infer<typeof learnerSpec>
/** A spec as a user writes it: only what differs from the defaults. */
export type LearnerOptions = z.input<typeof learnerSpec>
