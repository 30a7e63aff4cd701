import type { QualityReport } from '../../modules/evaluation/index.ts'
import { roundOut } from './column-constraints.ts'

type Measured = QualityReport['metrics'][string]

/** A limit with the number that it was drafted from. */
export interface DraftedLimit {
  readonly metric: string
  readonly side: 'min' | 'max'
  readonly limit: number
  /** The end of the interval that must hold it; absent: the estimate. */
  readonly interval?: 'lower'
  readonly measured: Measured
}

/** What a first result supports; `better: false` when it cannot be told from knowing nothing. */
export type DraftedPromises = { readonly report: QualityReport } & (
  | { readonly better: false }
  | {
      readonly better: true
      readonly quality: readonly DraftedLimit[]
      /** The gain in log loss over the zero rule, where it is beyond doubt. */
      readonly gain?: Measured
      /** The worst slice decides. */
      readonly slices?: DraftedLimit & { readonly column: string; readonly value: string }
      readonly p95Ms?: number
      readonly maxMb: number
    }
)

/**
 * The metric that says whether a model knows anything, and the least that shows it: just above what knowing nothing
 * gives, because a model that scores all rows alike has that to the digit.
 */
export const knowledge = {
  binary: { metric: 'rocAuc', least: 0.501 },
  regression: { metric: 'r2', least: 0.001 },
} as const

const errorMetrics = { binary: 'logLoss', regression: 'rmse' } as const

/** The room that chance needs: the distance of the estimate from the interval's end, and at least 1 % of it. */
function roomOf({ value }: Measured, end: number): number {
  return Math.max(Math.abs(value - end), Math.abs(value) / 100)
}

/**
 * A limit on the lower end, as far below it as it lies below the estimate. Two equally good models tested on as many
 * rows each have lower ends that differ by √2 standard errors; the room is 1.96 of them, so a retrained model that is
 * as good keeps the limit with a chance of Φ(1.96 / √2) = 0.92.
 */
function lowest(metric: string, measured: Measured, least: number): DraftedLimit | undefined {
  if (measured.lower === undefined || measured.lower < least) return undefined
  const room = roomOf(measured, measured.lower)
  const limit = Math.max(least, roundOut(measured.lower - room, room, 'down'))
  return { metric, side: 'min', limit, interval: 'lower', measured }
}

/** A limit on the estimate at the upper end of its interval: the same room, and so the same chance, as `lowest`. */
function highest(metric: string, measured: Measured | undefined): DraftedLimit | undefined {
  if (measured?.upper === undefined) return undefined
  const room = roomOf(measured, measured.upper)
  return { metric, side: 'max', limit: roundOut(measured.value + room, room, 'up'), measured }
}

/** The smallest of 1, 2, 5, 10, 20, … that is not below a value. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 5, 10].find((each) => each * unit >= value * (1 - 1e-9)) ?? 10
  return Number((factor * unit).toPrecision(3))
}

type SliceLimit = DraftedLimit & { readonly column: string; readonly value: string }

/** Half-open: only when every sliced column has a measured value, because a promise that cannot be judged is broken. */
function sliceLimit(report: QualityReport): SliceLimit | undefined {
  const metric = report.task === 'binary' ? 'rocAuc' : 'rmse'
  const measured = report.slices.map(({ column, values }) =>
    values.flatMap(({ value, state, metrics }) => {
      const found = metrics[metric]
      return state === 'measured' && found !== undefined ? [{ column, value, measured: found }] : []
    }),
  )
  if (measured.length === 0 || measured.some((values) => values.length === 0)) return undefined
  const limits = measured.flat().flatMap(({ column, value, measured: found }): SliceLimit[] => {
    const end = report.task === 'binary' ? found.lower : found.upper
    if (end === undefined) return []
    const room = roomOf(found, end)
    const isBinary = report.task === 'binary'
    const limit = isBinary ? roundOut(found.value - room, room, 'down') : roundOut(found.value + room, room, 'up')
    return [{ metric, side: isBinary ? 'min' : 'max', limit, measured: found, column, value }]
  })
  const sign = report.task === 'binary' ? 1 : -1
  const worst = limits.toSorted((a, b) => sign * (a.limit - b.limit))[0]
  return worst === undefined || (report.task === 'binary' && worst.limit <= 0.5) ? undefined : worst
}

/** Ten times the measured latency and at least 10 ms, five times the size and at least 1 MB: another machine, more trees. */
function limitsOf({ latency, model }: QualityReport): { readonly p95Ms?: number; readonly maxMb: number } {
  return {
    ...(latency === undefined ? {} : { p95Ms: roundUp(Math.max(10, 10 * latency.p95Ms)) }),
    maxMb: roundUp(Math.max(1, (5 * model.sizeBytes) / 1e6)),
  }
}

/** The promises that a first quality report supports, each with room for chance, so that the same result keeps them all. */
export function draftPromises(report: QualityReport): DraftedPromises {
  const { metric, least } = knowledge[report.task]
  const headline = report.metrics[metric]
  const first = headline === undefined ? undefined : lowest(metric, headline, least)
  if (first === undefined) return { report, better: false }
  const zeroRule = report.baselines.find((baseline) => baseline.name === 'zeroRule' && baseline.state === 'measured')
  const gain = zeroRule?.state === 'measured' ? zeroRule.gains[errorMetrics[report.task]] : undefined
  const isClear = gain?.lower !== undefined && gain.lower - (gain.value - gain.lower) > 0
  const error = isClear ? highest(errorMetrics[report.task], report.metrics[errorMetrics[report.task]]) : undefined
  const slices = sliceLimit(report)
  return {
    report,
    better: true,
    quality: error === undefined ? [first] : [first, error],
    ...(isClear && report.task === 'binary' ? { gain } : {}),
    ...(slices === undefined ? {} : { slices }),
    ...limitsOf(report),
  }
}
