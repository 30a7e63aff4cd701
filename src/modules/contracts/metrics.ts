import type { ModelTask } from '../../ports/model-runtime.ts'

/** Whether more or less of a metric is better. */
export type MetricDirection = 'higher' | 'lower'

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
    f1: 'higher',
    mcc: 'higher',
    expectedCost: 'lower',
  },
  regression: {
    rmse: 'lower',
    mae: 'lower',
    medianAbsoluteError: 'lower',
    mape: 'lower',
    r2: 'higher',
    expectedCost: 'lower',
  },
} as const satisfies Record<ModelTask, Record<string, MetricDirection>>

/** The names of the metrics of a task. */
export type MetricName<Task extends ModelTask = ModelTask> = Task extends ModelTask
  ? keyof (typeof metricDirections)[Task] & string
  : never

/** Whether more or less of this metric is better; undefined when the task does not know the metric. */
export function metricDirection(task: ModelTask, metric: string): MetricDirection | undefined {
  const directions: Readonly<Record<string, MetricDirection>> = metricDirections[task]
  return Object.hasOwn(directions, metric) ? directions[metric] : undefined
}
