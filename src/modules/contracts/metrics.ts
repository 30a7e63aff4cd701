import type { ModelTask } from '../../ports/model-runtime.ts'

/** Whether more or less of a metric is better, or what is nearest to 0. */
export type MetricDirection = 'higher' | 'lower' | 'zero'

/** The metrics that a contract can promise, by task; the names are those of the quality report. */
export const metricDirections = {
  binary: {
    rocAuc: 'higher',
    prAuc: 'higher',
    logLoss: 'lower',
    brier: 'lower',
    ece: 'lower',
    accuracy: 'higher',
    balancedAccuracy: 'higher',
    precision: 'higher',
    recall: 'higher',
    specificity: 'higher',
    f1: 'higher',
    mcc: 'higher',
    expectedCost: 'lower',
  },
  regression: {
    rmse: 'lower',
    mae: 'lower',
    medianAbsoluteError: 'lower',
    p90AbsoluteError: 'lower',
    mape: 'lower',
    smape: 'lower',
    /** Best at 0: promise it with min and max. */
    bias: 'zero',
    r2: 'higher',
    expectedCost: 'lower',
  },
} as const satisfies Record<ModelTask, Record<string, MetricDirection>>

/** The names of the metrics of a task. */
export type MetricName<Task extends ModelTask = ModelTask> = Task extends ModelTask
  ? keyof (typeof metricDirections)[Task] & string
  : never
