import { z } from 'zod'

/** A number with the ends of its 95 % interval, where it has one. */
export const measured = z.strictObject({
  value: z.number(),
  lower: z.number().optional(),
  upper: z.number().optional(),
})
export type Measured = z.infer<typeof measured>

const metrics = z.record(z.string(), measured)
const count = z.number().nonnegative()
const share = z.number()

const table = z.strictObject({ dataset: z.string(), version: z.number(), digest: z.string(), rows: count })

const confusion = {
  truePositives: count,
  falsePositives: count,
  falseNegatives: count,
  trueNegatives: count,
}

const thresholdRow = z.strictObject({
  threshold: z.number(),
  ...confusion,
  selectedShare: share,
  precision: share.optional(),
  recall: share.optional(),
  specificity: share.optional(),
  f1: share.optional(),
  valuePerThousand: z.number().optional(),
})

const binaryCosts = z.strictObject({
  currency: z.string(),
  falsePositive: z.number(),
  falseNegative: z.number(),
  truePositive: z.number(),
  trueNegative: z.number(),
})

const histogram = z.strictObject({ edges: z.array(z.number()), counts: z.array(count) })

/** What only a binary model has. */
export const binaryDetails = z.strictObject({
  positives: count,
  baseRate: share,
  decision: z.strictObject({
    threshold: z.number(),
    chosenBy: z.enum(['option', 'value on validation', 'costs in theory', 'F1 on validation', 'default']),
    why: z.string(),
    at: thresholdRow,
  }),
  costs: binaryCosts.optional(),
  /** What it would be worth to select everybody or nobody, per 1,000 decisions. */
  valueOfAll: z.number().optional(),
  valueOfNone: z.number().optional(),
  thresholds: z.array(thresholdRow),
  curve: z.array(
    z.strictObject({
      threshold: z.number(),
      truePositiveRate: share,
      falsePositiveRate: share,
      precision: share,
      selectedShare: share,
      valuePerThousand: z.number().optional(),
    }),
  ),
  gain: z.array(z.strictObject({ share, gain: share, lift: z.number() })),
  reliability: z.array(
    z.strictObject({
      from: z.number(),
      to: z.number(),
      rows: count,
      meanScore: share.optional(),
      positiveShare: share.optional(),
      low: share.optional(),
      high: share.optional(),
    }),
  ),
  calibrationNoise: z.strictObject({ mean: z.number(), q95: z.number(), simulations: count }),
  scoreHistogram: z.strictObject({ edges: z.array(z.number()), positives: z.array(count), negatives: z.array(count) }),
})
export type BinaryDetails = z.infer<typeof binaryDetails>

/** What only a regression model has. */
export const regressionDetails = z.strictObject({
  unitCosts: z.strictObject({ currency: z.string(), over: z.number(), under: z.number() }).optional(),
  actual: z.strictObject({ min: z.number(), median: z.number(), max: z.number() }),
  residualHistogram: histogram,
  /** Quantiles of predicted − actual. */
  residualQuantiles: z.array(z.strictObject({ share, residual: z.number() })),
  /** A seeded sample of rows for the scatter. */
  sample: z.array(z.strictObject({ predicted: z.number(), actual: z.number() })),
  /** Rows in equally filled bins of the prediction. */
  byPrediction: z.array(
    z.strictObject({
      from: z.number(),
      to: z.number(),
      rows: count,
      meanPredicted: z.number(),
      meanActual: z.number(),
    }),
  ),
})
export type RegressionDetails = z.infer<typeof regressionDetails>

/** A simple rule, or the model in production, on the same rows. */
export const baselineReport = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('measured'),
    name: z.enum(['zeroRule', 'heuristic', 'champion']),
    label: z.string(),
    how: z.string(),
    metrics,
    /** Model minus baseline on the same rows, paired; counted so that more is better for every metric. */
    gains: metrics,
  }),
  z.strictObject({
    state: z.literal('absent'),
    name: z.enum(['zeroRule', 'heuristic', 'champion']),
    label: z.string(),
    why: z.string(),
  }),
])
export type BaselineReport = z.infer<typeof baselineReport>

const sliceValue = z.strictObject({
  value: z.string(),
  rows: count,
  positives: count.optional(),
  state: z.enum(['measured', 'too few rows']),
  metrics,
  /** Worse than the other slices of its column, beyond chance, also after counting how many slices were looked at. */
  weak: z.boolean().optional(),
})
export type SliceValue = z.infer<typeof sliceValue>

/** The headline metric by the values of one column, worst first. */
export const sliceReport = z.strictObject({
  column: z.string(),
  kind: z.enum(['values', 'bins']),
  metric: z.enum(['rocAuc', 'rmse']),
  /** The metric within slices, pooled over them: what a slice is held against. */
  pooled: z.number().optional(),
  values: z.array(sliceValue),
  notShown: count,
})
export type SliceReport = z.infer<typeof sliceReport>

export const importanceReport = z.strictObject({
  metric: z.enum(['rocAuc', 'rmse']),
  rows: count,
  repeats: count,
  features: z.array(z.strictObject({ feature: z.string(), importance: z.number(), spread: z.number() })),
})
export type ImportanceReport = z.infer<typeof importanceReport>

export const behaviourReport = z.strictObject({
  kind: z.enum(['monotone', 'invariant']),
  column: z.string(),
  direction: z.enum(['increasing', 'decreasing']).optional(),
  tolerance: z.number(),
  maxShare: share,
  /** Rows whose input could be moved. */
  rows: count,
  moves: count,
  brokenShare: share,
  worst: z.number(),
  how: z.string(),
})
export type BehaviourReport = z.infer<typeof behaviourReport>

export const latencyReport = z.strictObject({
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  predictions: count,
  machine: z.string(),
})
export type LatencyReport = z.infer<typeof latencyReport>

const field = z.strictObject({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'string', 'date', 'timestamp']),
  nullable: z.boolean(),
})

const judgement = z.strictObject({
  contract: z.string(),
  holds: z.boolean(),
  promises: z.array(
    z.strictObject({
      promise: z.string(),
      promised: z.string(),
      measured: z.string(),
      by: z.number().nullable(),
      holds: z.boolean(),
      side: z.enum(['data science', 'engineering']),
      owner: z.string(),
      explain: z.string(),
    }),
  ),
})

export const provenance = z.strictObject({
  project: z.string(),
  pipeline: z.string(),
  step: z.string(),
  runId: z.string(),
  commit: z.string().optional(),
  batonVersion: z.string(),
  createdAt: z.string(),
})
export type Provenance = z.infer<typeof provenance>

/** The model quality report: what `quality.json` holds, what the page shows and what the gate reads. */
export const qualityReport = z.strictObject({
  format: z.literal('baton-quality/1'),
  task: z.enum(['binary', 'regression']),
  verdict: z.strictObject({
    /** Whether the contract holds; absent without a contract. */
    holds: z.boolean().optional(),
    sentence: z.string(),
    points: z.array(z.string()),
  }),
  model: z.strictObject({
    name: z.string(),
    digest: z.string(),
    sizeBytes: count,
    files: count,
    format: z.enum(['onnx', 'mlflow']).optional(),
    inputs: z.array(field),
    output: z.strictObject({ name: z.string(), positive: z.string().optional() }),
  }),
  data: table.extend({
    /** Rows with a known target: what every metric is computed on. */
    scored: count,
    withoutTarget: count,
    target: z.string(),
    positive: z.string().optional(),
    weight: z.string().optional(),
    types: z.record(z.string(), field.shape.type),
    scores: z.strictObject({ min: z.number(), max: z.number() }),
  }),
  train: table.optional(),
  validation: table.optional(),
  metrics,
  /** Metrics that this data does not define, with the reason. */
  notDefined: z.record(z.string(), z.string()),
  intervals: z.strictObject({
    method: z.string(),
    level: z.literal(0.95),
    replicates: count,
    drawnRows: count,
    stratified: z.boolean(),
    seed: z.number(),
  }),
  baselines: z.array(baselineReport),
  slices: z.array(sliceReport),
  sliceMinRows: count,
  importance: importanceReport.optional(),
  behaviour: z.array(behaviourReport),
  latency: latencyReport.optional(),
  binary: binaryDetails.optional(),
  regression: regressionDetails.optional(),
  contract: judgement.optional(),
  provenance,
})
export type QualityReport = z.infer<typeof qualityReport>
