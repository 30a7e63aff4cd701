import type { MetricSeries } from '../../../src/http/native/contract/series.ts'

export type CurveAxis = 'step' | 'time'

/** A series as it is drawn: places on the axis and values; null is a gap. */
export interface Curve {
  readonly run: string
  readonly xs: readonly number[]
  readonly ys: readonly (number | null)[]
}

/**
 * Exponential moving average without the pull towards the start: the running mean divided by 1 - weight^n (Kingma and
 * Ba 2014, section 3). A weight of 0 gives the values themselves.
 */
export function smooth(values: readonly (number | null)[], weight: number): readonly (number | null)[] {
  if (weight <= 0) return values
  let mean = 0
  let count = 0
  return values.map((value) => {
    if (value === null) return null
    mean = mean * weight + (1 - weight) * value
    count += 1
    return mean / (1 - weight ** count)
  })
}

export function toCurve(
  series: MetricSeries,
  options: { readonly axis: CurveAxis; readonly smoothing: number; readonly isLog: boolean },
): Curve {
  const { steps, timesMs, values, run } = series
  const start = timesMs[0] ?? 0
  const xs = options.axis === 'step' ? steps : timesMs.map((ms) => (ms - start) / 1000)
  const ys = smooth(values, options.smoothing)
  return { run, xs, ys: options.isLog ? ys.map((value) => (value !== null && value > 0 ? value : null)) : ys }
}

/** Curves over one common axis, as uPlot takes them; a place that a curve does not have is undefined. */
export function alignCurves(curves: readonly Curve[]): readonly [number[], ...(number | null | undefined)[][]] {
  const xs = [...new Set(curves.flatMap((curve) => curve.xs))].toSorted((a, b) => a - b)
  const at = new Map(xs.map((x, index) => [x, index]))
  const rows = curves.map((curve) => {
    const row = Array.from<number | null | undefined>({ length: xs.length })
    for (const [index, x] of curve.xs.entries()) row[at.get(x)!] = curve.ys[index]
    return row
  })
  return [xs, ...rows]
}
