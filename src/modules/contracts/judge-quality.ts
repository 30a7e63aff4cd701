import type { Measured, QualityFacts } from './facts.ts'
import type { GainPromise, MetricBound, ModelContract } from './model-contract.ts'
import { formatNumber, holdLimit, notMeasured, type Verdict } from './promise.ts'

/** The number that a bound looks at: the point estimate, or the end of the interval that it names. */
function judged(measured: Measured, interval: MetricBound['interval']): number | undefined {
  return interval === undefined ? measured.value : measured[interval]
}

const endText = (interval: MetricBound['interval']) => (interval === undefined ? '' : ` (${interval} end of 95 %)`)

function promisedText(bound: MetricBound): string {
  const parts = [
    ...(bound.min === undefined ? [] : [`≥ ${formatNumber(bound.min)}`]),
    ...(bound.max === undefined ? [] : [`≤ ${formatNumber(bound.max)}`]),
  ]
  return parts.join(' and ') + endText(bound.interval)
}

function judgeMetric(promise: string, what: string, bound: MetricBound, measured: Measured | undefined): Verdict {
  if (measured === undefined) return notMeasured(promise, promisedText(bound), what)
  const value = judged(measured, bound.interval)
  if (value === undefined) return notMeasured(promise, promisedText(bound), `The 95 % interval of ${what}`)
  const verdict = holdLimit({ promise, what, ...bound, end: endText(bound.interval) }, value)
  return bound.interval === undefined || !Number.isFinite(measured.value)
    ? verdict
    : { ...verdict, measured: `${verdict.measured}, estimate ${formatNumber(measured.value)}` }
}

const baselineText = { zeroRule: 'the zero rule', heuristic: 'the heuristic', champion: 'the champion' } as const

function judgeGain(gain: GainPromise, facts: QualityFacts): Verdict {
  const promise = `quality.gainOverBaseline.${gain.over}.${gain.metric}`
  const what = `The gain in ${gain.metric} over ${baselineText[gain.over]}`
  const measured = facts.gains?.find((fact) => fact.over === gain.over && fact.metric === gain.metric)?.gain
  if (measured === undefined && gain.over === 'champion' && facts.absentBaselines?.includes('champion'))
    return {
      promise,
      promised: `≥ ${formatNumber(gain.min)}`,
      measured: 'no champion yet',
      by: 0,
      holds: true,
      explain: 'There is no champion yet, so there is none to beat.',
    }
  return judgeMetric(promise, what, gain, measured)
}

const isMetric = (entry: readonly [string, unknown]): entry is [string, MetricBound] =>
  entry[0] !== 'gainOverBaseline' && entry[1] !== undefined

export function judgeQuality(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  const bounds = Object.entries(contract.quality ?? {}).filter(isMetric)
  return [
    ...bounds.map(([metric, bound]) => judgeMetric(`quality.${metric}`, metric, bound, facts.metrics[metric])),
    ...(contract.quality?.gainOverBaseline ?? []).map((gain) => judgeGain(gain, facts)),
  ]
}

/** One promise per metric and slice column: its worst slice decides. */
export function judgeSlices(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  const minRows = contract.sliceMinRows ?? 50
  const bounds = Object.entries(contract.sliceQuality ?? {}).filter(isMetric)
  const columns = (contract.slices ?? []).map((slice) => (typeof slice === 'string' ? slice : slice.column))
  return bounds.flatMap(([metric, bound]) =>
    columns.map((column) => {
      const promise = `sliceQuality.${metric}.${column}`
      const all = (facts.slices ?? []).filter((slice) => slice.column === column)
      const slices = all.filter((slice) => slice.rows >= minRows)
      if (all.length === 0) return notMeasured(promise, promisedText(bound), `${metric} by ${column}`)
      if (slices.length === 0)
        return {
          promise,
          promised: promisedText(bound),
          measured: `largest slice has ${Math.max(...all.map((slice) => slice.rows))} rows`,
          by: null,
          holds: false,
          explain: `No slice of ${column} has ${minRows} rows (sliceMinRows), so ${metric} by ${column} was not judged.`,
        }
      const verdicts = slices.map((slice) =>
        judgeMetric(
          promise,
          `${metric} where ${column} is ${slice.value} (${slice.rows} rows)`,
          bound,
          slice.metrics[metric],
        ),
      )
      const broken = verdicts.filter((verdict) => !verdict.holds)
      const worst = broken.toSorted((a, b) => (b.by ?? Infinity) - (a.by ?? Infinity))[0]
      if (worst !== undefined)
        return broken.length === 1
          ? worst
          : { ...worst, explain: `${worst.explain} ${broken.length} of ${slices.length} slices break it.` }
      return {
        promise,
        promised: promisedText(bound),
        measured: `holds in ${slices.length} slices`,
        by: 0,
        holds: true,
        explain: `${metric} holds in all ${slices.length} slices of ${column} with at least ${minRows} rows.`,
      }
    }),
  )
}

export function judgeBehaviour(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  return (contract.behaviour ?? []).map((spec, i) => {
    const monotone = 'monotone' in spec
    const column = monotone ? spec.monotone : spec.invariant
    const promise = `behaviour[${i}].${monotone ? 'monotone' : 'invariant'}.${column}`
    const rule = monotone ? `the score is ${spec.direction} in ${column}` : `the score does not change with ${column}`
    const share = spec.maxShare ?? 0
    const promised = `${rule}${share > 0 ? ` for all but ${formatNumber(share * 100)} % of rows` : ''}`
    const kind = monotone ? 'monotone' : 'invariant'
    const fact = facts.behaviour?.find((each) => each.kind === kind && each.column === column)
    if (fact === undefined) return notMeasured(promise, promised, `Whether ${rule}`)
    const holds = fact.brokenShare <= share
    const worst = fact.worst === undefined ? '' : `, at worst by ${formatNumber(fact.worst)}`
    const measured = `broken in ${formatNumber(fact.brokenShare * 100)} % of ${fact.rows ?? 'the'} rows${fact.brokenShare > 0 ? worst : ''}`
    return {
      promise,
      promised,
      measured,
      by: holds ? 0 : fact.brokenShare - share,
      holds,
      explain: holds ? `It holds that ${rule}.` : `The contract says that ${rule}; it is ${measured}.`,
    }
  })
}
