import type { ModelTask } from '../../ports/model-runtime.ts'
import { type BootstrapMethod, bootstrapIntervals, type Interval, type ReplicateEvaluator } from './bootstrap.ts'
import type { Measured } from './contract.ts'
import { metricDefinitions, metricNames } from './metric-definitions.ts'

/** Something whose metrics are computed on the test rows: the model first, then what it is held against. */
export interface Contender {
  readonly name: string
  readonly evaluate: ReplicateEvaluator
  /** The metrics that make sense for it; a plain ranking rule has no log loss. */
  readonly metrics: readonly string[]
}

export interface MeasuredContender {
  readonly name: string
  readonly metrics: Readonly<Record<string, Measured>>
  /** The first contender minus this one, so that more is better; of metrics that both have. */
  readonly gains: Readonly<Record<string, Measured>>
}

/** Measures all contenders on the same rows and the same bootstrap replicates, so that gains are paired. */
export async function measureContenders(
  task: ModelTask,
  contenders: readonly Contender[],
  options: {
    readonly rows: number
    readonly strata: Uint8Array | undefined
    readonly seed: number
    readonly signal: AbortSignal
  },
): Promise<{ readonly contenders: readonly MeasuredContender[]; readonly method: BootstrapMethod }> {
  const names = metricNames[task]
  const width = names.length
  const signs = names.map((name) => ({ higher: 1, lower: -1, zero: Number.NaN })[metricDefinitions[task][name]!.better])
  const numbers = width * (2 * contenders.length - 1)
  const evaluate: ReplicateEvaluator = (counts, out) => {
    for (let c = 0; c < contenders.length; c++) {
      contenders[c]!.evaluate(counts, out.subarray(c * width, (c + 1) * width))
      if (c === 0) continue
      const gains = (contenders.length + c - 1) * width
      for (let m = 0; m < width; m++) out[gains + m] = signs[m]! * (out[m]! - out[c * width + m]!)
    }
  }
  const point = new Float64Array(numbers)
  evaluate(new Uint16Array(options.rows).fill(1), point)
  const { intervals, method } = await bootstrapIntervals(evaluate, { ...options, numbers }, options)
  const collect = (from: number, wanted: readonly string[]): Record<string, Measured> =>
    Object.fromEntries(
      names.flatMap((name, m) => {
        const value = point[from + m]!
        return wanted.includes(name) && Number.isFinite(value)
          ? [[name, withInterval(value, intervals[from + m]!)]]
          : []
      }),
    )
  return {
    contenders: contenders.map((contender, c) => ({
      name: contender.name,
      metrics: collect(c * width, contender.metrics),
      gains: c === 0 ? {} : collect((contenders.length + c - 1) * width, contender.metrics),
    })),
    method,
  }
}

function withInterval(value: number, { lower, upper }: Interval): Measured {
  return Number.isFinite(lower) && Number.isFinite(upper) ? { value, lower, upper } : { value }
}
