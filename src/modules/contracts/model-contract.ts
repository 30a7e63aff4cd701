import { z } from 'zod'

import { nearest } from '../../kernel/nearest.ts'
import { fieldSpec, outputSpec } from './field.ts'
import { type MetricDirection, type MetricName, metricDirections } from './metrics.ts'

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - or _, and begin with a letter')
const columnName = z.string().min(1)
const positive = z.number().positive()

/** A limit on a metric. `interval` says that the end of the 95 % interval must hold it, not only the point estimate. */
export const metricBound = z
  .strictObject({
    min: z.number().optional(),
    max: z.number().optional(),
    interval: z.enum(['lower', 'upper']).optional(),
  })
  .superRefine((bound, issues) => {
    if (bound.min === undefined && bound.max === undefined)
      issues.addIssue({ code: 'custom', message: 'needs min or max' })
    if (bound.interval === 'lower' && bound.min === undefined)
      issues.addIssue({
        code: 'custom',
        path: ['interval'],
        message: 'lower belongs to a min: the lower end must reach it',
      })
    if (bound.interval === 'upper' && bound.max === undefined)
      issues.addIssue({
        code: 'custom',
        path: ['interval'],
        message: 'upper belongs to a max: the upper end must stay below it',
      })
    if (bound.min !== undefined && bound.max !== undefined && bound.min > bound.max)
      issues.addIssue({ code: 'custom', path: ['min'], message: `${bound.min} is more than max ${bound.max}` })
  })

export const baselineNames = ['zeroRule', 'heuristic', 'champion'] as const

/** How much better than a baseline a model must be; a gain is counted so that more is better for every metric. */
export const gainPromise = z.strictObject({
  over: z.enum(baselineNames),
  metric: z.string(),
  min: z.number(),
  /** `lower`: the lower end of the paired 95 % interval must reach `min`. */
  interval: z.literal('lower').optional(),
})

const everyMetric = [...new Set([...Object.keys(metricDirections.binary), ...Object.keys(metricDirections.regression)])]
const bounds = Object.fromEntries(everyMetric.map((metric) => [metric, metricBound.optional()])) as Readonly<
  Record<MetricName, z.ZodOptional<typeof metricBound>>
>
const metricBounds = z.strictObject(bounds)
const quality = z.strictObject({ ...bounds, gainOverBaseline: z.array(gainPromise).readonly().optional() })

/** Slices are the values of a column, or equally filled bins of a numeric one. */
export const sliceSpec = z.union([
  columnName,
  z.strictObject({ column: columnName, bins: z.int().min(2).max(50).optional() }),
])

const tolerance = {
  /** The largest change of the score in the wrong direction that still holds; 0 by default. */
  tolerance: z.number().nonnegative().optional(),
  /** The largest share of tested rows that may break it; 0 by default. */
  maxShare: z.number().min(0).max(1).optional(),
}
export const behaviourSpec = z.union([
  z.strictObject({ monotone: columnName, direction: z.enum(['increasing', 'decreasing']), ...tolerance }),
  z.strictObject({ invariant: columnName, ...tolerance }),
])

/** What a wrong decision costs, in the user's own money; a gain is a negative cost. */
export const binaryCosts = z.strictObject({
  currency: z.string().min(1),
  falsePositive: z.number(),
  falseNegative: z.number(),
  truePositive: z.number().optional(),
  trueNegative: z.number().optional(),
})
export const regressionCosts = z.strictObject({
  currency: z.string().min(1),
  /** The cost of one unit predicted too much, and too little. */
  over: z.number().nonnegative(),
  under: z.number().nonnegative(),
})

const modelContractShape = z.strictObject({
  kind: z.literal('model-contract'),
  name,
  description: z.string().optional(),
  task: z.enum(['binary', 'regression']),
  target: columnName,
  /** The label that counts as positive, as text; binary only. */
  positive: z.string().optional(),
  owners: z.strictObject({ dataScience: z.string().trim().min(1), engineering: z.string().trim().min(1) }),
  input: z.record(columnName, fieldSpec),
  output: z.record(columnName, outputSpec),
  quality: quality.optional(),
  slices: z.array(sliceSpec).readonly().optional(),
  /** What every slice of at least `sliceMinRows` rows must reach. */
  sliceQuality: metricBounds.optional(),
  /** Smaller slices are shown but not judged; 50 by default. */
  sliceMinRows: z.int().positive().optional(),
  behaviour: z.array(behaviourSpec).readonly().optional(),
  /** Time of one prediction of one row. */
  latency: z
    .strictObject({ p50Ms: positive.optional(), p95Ms: positive.optional(), p99Ms: positive.optional() })
    .optional(),
  size: z.strictObject({ maxMb: positive }).optional(),
  /** The model formats that engineering can run. */
  environment: z
    .strictObject({
      formats: z
        .array(z.enum(['onnx', 'mlflow']))
        .min(1)
        .readonly(),
    })
    .optional(),
  costs: z.union([binaryCosts, regressionCosts]).optional(),
  /** A simple rule to beat: an SQL expression over the columns that gives a score, larger for more likely. */
  heuristic: z.strictObject({ name: z.string().min(1), sql: z.string().min(1) }).optional(),
})

type Shape = z.infer<typeof modelContractShape>
type Refuse = (path: readonly PropertyKey[], message: string) => void

const needs: Readonly<Record<MetricDirection, { readonly sides: readonly ('min' | 'max')[]; readonly why: string }>> = {
  higher: { sides: ['min'], why: 'more of it is better' },
  lower: { sides: ['max'], why: 'less of it is better' },
  zero: { sides: ['min', 'max'], why: 'it is best at 0' },
}

function refuseWrongMetrics(contract: Shape, refuse: Refuse): void {
  const directions: Readonly<Record<string, MetricDirection>> = metricDirections[contract.task]
  const directionOf = (path: readonly PropertyKey[], metric: string): MetricDirection | undefined => {
    if (Object.hasOwn(directions, metric)) return directions[metric]
    const known = Object.keys(directions)
    const near = nearest(metric, known)
    const advice = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`
    refuse(path, `no metric ${metric} for a ${contract.task} model (${advice})`)
    return undefined
  }
  for (const part of ['quality', 'sliceQuality'] as const)
    for (const [metric, bound] of Object.entries(contract[part] ?? {})) {
      if (metric === 'gainOverBaseline') continue
      const direction = directionOf([part, metric], metric)
      if (direction === undefined || bound === undefined) continue
      for (const side of needs[direction].sides)
        if (!(side in bound)) refuse([part, metric], `${metric} needs a ${side}: ${needs[direction].why}`)
    }
  for (const [i, gain] of (contract.quality?.gainOverBaseline ?? []).entries()) {
    directionOf(['quality', 'gainOverBaseline', i, 'metric'], gain.metric)
    if (gain.over === 'heuristic' && contract.heuristic === undefined)
      refuse(['quality', 'gainOverBaseline', i, 'over'], 'there is no heuristic in this contract to gain over')
  }
}

function refuseContradictions(contract: Shape, refuse: Refuse): void {
  const inputs = Object.keys(contract.input)
  if (inputs.length === 0) refuse(['input'], 'names no column: a model needs at least one')
  if (Object.keys(contract.output).length !== 1)
    refuse(['output'], `must name exactly one score, not ${Object.keys(contract.output).length}`)
  for (const output of Object.keys(contract.output))
    if (inputs.includes(output)) refuse(['output', output], 'has the name of an input column')
  if (inputs.includes(contract.target)) refuse(['input', contract.target], 'is the target: a model must not see it')
  if (contract.task === 'regression' && contract.positive !== undefined)
    refuse(['positive'], 'is for binary models, not for regression')
  if (contract.costs !== undefined && 'falsePositive' in contract.costs !== (contract.task === 'binary'))
    refuse(
      ['costs'],
      contract.task === 'binary'
        ? 'needs falsePositive and falseNegative'
        : 'needs over and under, the cost of one unit',
    )
  if (contract.sliceQuality !== undefined && (contract.slices ?? []).length === 0)
    refuse(['sliceQuality'], 'promises something about slices, but slices names none')
  const sliced = (contract.slices ?? []).map((slice) => (typeof slice === 'string' ? slice : slice.column))
  for (const [i, column] of sliced.entries())
    if (sliced.indexOf(column) < i) refuse(['slices', i], `${column} is named twice`)
  for (const [i, behaviour] of (contract.behaviour ?? []).entries()) {
    if (!('monotone' in behaviour)) continue
    const field = contract.input[behaviour.monotone]
    if (field === undefined) {
      const near = nearest(behaviour.monotone, inputs)
      refuse(
        ['behaviour', i, 'monotone'],
        `no input ${behaviour.monotone}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
      )
    } else if (field.type === 'string' || field.type === 'boolean')
      refuse(['behaviour', i, 'monotone'], `${behaviour.monotone} is a ${field.type}, which has no order`)
  }
}

/** The schema of a model contract as plain data, which is what records and digests hold. */
export const modelContract = modelContractShape.superRefine((contract, issues) => {
  const refuse: Refuse = (path, message) => issues.addIssue({ code: 'custom', path: [...path], message })
  refuseWrongMetrics(contract, refuse)
  refuseContradictions(contract, refuse)
})

/** A checked model contract, plain JSON. */
export type ModelContract = Shape
export type MetricBound = z.infer<typeof metricBound>
export type GainPromise = z.infer<typeof gainPromise>
export type SliceSpec = z.infer<typeof sliceSpec>
export type BehaviourSpec = z.infer<typeof behaviourSpec>
export type BinaryCosts = z.infer<typeof binaryCosts>
export type RegressionCosts = z.infer<typeof regressionCosts>
