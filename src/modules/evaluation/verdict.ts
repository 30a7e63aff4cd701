import type { Judgement } from '../contracts/index.ts'
import type { BaselineReport, QualityReport } from './contract.ts'
import type { QualityFindings } from './evaluation-request.ts'
import { metricDefinitions } from './metric-definitions.ts'
import {
  countText,
  intervalText,
  moneyText,
  numberText,
  percentText,
  resultText,
  scoreText,
  signedText,
} from './words.ts'

type MeasuredBaseline = Extract<BaselineReport, { state: 'measured' }>

/** The metric that a report leads with. */
export function headlineMetric(task: QualityReport['task']): 'rocAuc' | 'rmse' {
  return task === 'binary' ? 'rocAuc' : 'rmse'
}

/** `ROC AUC 0.743 [0.725, 0.760] on 3,974 rows`. */
export function headlineText(report: QualityFindings): string {
  const name = headlineMetric(report.task)
  const metric = report.metrics[name]
  const label = metricDefinitions[report.task][name]!.label
  const rows = `${countText(report.data.scored)} row${report.data.scored === 1 ? '' : 's'}`
  if (metric !== undefined) return `${label} ${intervalText(metric)} on ${rows}`
  return `${label} is not defined on ${rows}: ${lowerFirst(report.notDefined[name] ?? 'no value').replace(/\.$/, '')}`
}

/** The verdict in one sentence and the three things to know first, the most serious ones first. */
export function writeVerdict(report: QualityFindings, judgement: Judgement | undefined): QualityReport['verdict'] {
  const candidates = [
    ...brokenPoints(report.task, judgement),
    ...undefinedPoints(report),
    ...baselinePoints(report),
    ...calibrationPoints(report),
    ...slicePoints(report),
    ...behaviourPoints(report),
    ...valuePoints(report),
    ...importancePoints(report),
    ...biasPoints(report),
  ]
  const points = candidates.toSorted((a, b) => b.weight - a.weight).slice(0, 3)
  return {
    ...(judgement === undefined ? {} : { holds: judgement.holds }),
    sentence: sentence(report, judgement),
    points: points.map((point) => point.text),
  }
}

interface Point {
  /** 3 broken, 2 worrying, 1 good to know; parts of one order within. */
  readonly weight: number
  readonly text: string
}

function sentence(report: QualityFindings, judgement: Judgement | undefined): string {
  const headline = headlineText(report)
  const reason = report.notDefined[headlineMetric(report.task)]
  if (reason !== undefined) {
    const promises = judgement?.promises ?? []
    const broken = promises.filter((promise) => !promise.holds).length
    const contract = broken === 0 ? '' : `; ${broken} of ${promises.length} promises of the contract are broken`
    return `Cannot be judged on ${countText(report.data.scored)} rows: ${lowerFirst(reason).replace(/\.$/, '')}${contract}.`
  }
  if (judgement === undefined) return `${beatsChance(report)}: ${headline}.`
  const broken = judgement.promises.filter((promise) => !promise.holds).length
  const all = judgement.promises.length
  return judgement.holds
    ? `Keeps the contract ${judgement.contract}: all ${all} promises hold, with ${headline}.`
    : `Breaks ${broken} of ${all} promises of the contract ${judgement.contract}, with ${headline}.`
}

function beatsChance(report: QualityFindings): string {
  const zero = measuredBaselines(report).find((baseline) => baseline.name === 'zeroRule')
  const gain = zero?.gains[headlineMetric(report.task)]
  if (gain?.lower === undefined) return 'Cannot be judged on these rows'
  if (gain.lower > 0) return report.task === 'binary' ? 'Ranks better than chance' : 'Predicts better than the mean'
  if ((gain.upper ?? 0) < 0)
    return report.task === 'binary' ? 'Ranks worse than chance' : 'Predicts worse than the mean'
  return report.task === 'binary' ? 'Cannot be told from chance' : 'Cannot be told from predicting the mean'
}

const measuredBaselines = (report: QualityFindings): readonly MeasuredBaseline[] =>
  report.baselines.flatMap((baseline) => (baseline.state === 'measured' ? [baseline] : []))

function brokenPoints(task: QualityReport['task'], judgement: Judgement | undefined): readonly Point[] {
  const broken = (judgement?.promises ?? []).filter((promise) => !promise.holds)
  return broken.map((promise, i) => {
    const text = promise.explain.replace(/^\w+/, (word) => metricDefinitions[task][word]?.label ?? word)
    return { weight: 3.9 - i / 100, text: `${text} It is for ${promise.owner} (${promise.side}) to mend.` }
  })
}

function undefinedPoints(report: QualityFindings): readonly Point[] {
  const reason = report.notDefined[headlineMetric(report.task)]
  if (reason === undefined) return []
  return [
    {
      weight: 4,
      text: `${metricDefinitions[report.task][headlineMetric(report.task)]!.label} is not defined: ${lowerFirst(reason)} Test on rows of both classes before this model is judged.`,
    },
  ]
}

/** The strongest rival decides: the champion when there is one, otherwise the better simple rule. */
function baselinePoints(report: QualityFindings): readonly Point[] {
  const metric = headlineMetric(report.task)
  const label = metricDefinitions[report.task][metric]!.label
  const rivals = measuredBaselines(report).filter((baseline) => baseline.gains[metric] !== undefined)
  const champion = rivals.find((baseline) => baseline.name === 'champion')
  const rival = champion ?? rivals.toSorted((a, b) => a.gains[metric]!.value - b.gains[metric]!.value)[0]
  if (rival === undefined) return []
  const gain = rival.gains[metric]!
  const text = report.task === 'binary' ? scoreText : numberText
  const range = (low: number, high: number): string => ` [${text(low)}, ${text(high)}]`
  const who = `${rivalText(rival)}, ${label} ${text(rival.metrics[metric]!.value)},`
  const { lower, upper } = gain
  if (lower !== undefined && upper !== undefined && lower > 0)
    return [{ weight: 1.9, text: `Beats ${who} by ${text(gain.value)}${range(lower, upper)} on the same rows.` }]
  if (lower !== undefined && upper !== undefined && upper < 0)
    return [
      { weight: 2.9, text: `Falls behind ${who} by ${text(-gain.value)}${range(-upper, -lower)} on the same rows.` },
    ]
  const signed =
    lower === undefined || upper === undefined ? '' : ` [${signedText(lower, text)}, ${signedText(upper, text)}]`
  const size = `${signedText(gain.value, text)}${signed}`
  return [{ weight: 2.8, text: `Not clearly better than ${who} on the same rows: a gain of ${size}.` }]
}

function rivalText({ name, label }: MeasuredBaseline): string {
  if (name === 'zeroRule') return 'the zero rule'
  const detail = label.slice(label.indexOf(': ') + 2)
  return name === 'champion' ? `the champion (${detail})` : `the heuristic (${detail})`
}

function calibrationPoints({ binary, metrics }: QualityFindings): readonly Point[] {
  const ece = metrics['ece']
  if (binary === undefined || ece === undefined) return []
  const floor = `perfect calibration gives up to ${scoreText(binary.calibrationNoise.q95)} on this many rows`
  const known = binary.reliability.filter((bin) => bin.meanScore !== undefined)
  const shift = known.reduce((sum, bin) => sum + bin.rows * (bin.meanScore! - bin.positiveShare!), 0) / sumRows(known)
  const side = shift > 0 ? 'too high' : 'too low'
  if (ece.value <= binary.calibrationNoise.q95)
    return [{ weight: 1.4, text: `Scores can be read as probabilities: ECE ${scoreText(ece.value)}, and ${floor}.` }]
  if (ece.value <= 0.05)
    return [
      {
        weight: 1.5,
        text: `Scores are close to probabilities, on average ${numberText(100 * Math.abs(shift), 2)} points ${side}: ECE ${scoreText(ece.value)}; ${floor}.`,
      },
    ]
  return [
    {
      weight: 2.5,
      text: `Scores are not probabilities, on average ${numberText(100 * Math.abs(shift), 2)} points ${side}: ECE ${scoreText(ece.value)}; ${floor}. Calibrate before using them as such.`,
    },
  ]
}

const sumRows = (bins: readonly { readonly rows: number }[]): number => bins.reduce((sum, bin) => sum + bin.rows, 0)

function slicePoints(report: QualityFindings): readonly Point[] {
  const metric = headlineMetric(report.task)
  const label = metricDefinitions[report.task][metric]!.label
  const measured = report.slices.flatMap((slice) =>
    slice.values.filter((value) => value.state === 'measured').map((value) => ({ ...value, column: slice.column })),
  )
  const weak = measured.filter((value) => value.weak)
  if (weak.length > 0) {
    const worst = weak[0]!
    const others = weak.length > 1 ? ` and ${weak.length - 1} more` : ''
    const text = `Weaker than elsewhere where ${worst.column} is ${worst.value}${others}: ${label} ${intervalText(worst.metrics[metric]!)} on ${countText(worst.rows)} rows.`
    return [{ weight: 2.4, text }]
  }
  if (measured.length === 0) return []
  return [{ weight: 1.2, text: `None of the ${measured.length} slices is worse than its neighbours beyond chance.` }]
}

function behaviourPoints(report: QualityFindings): readonly Point[] {
  return report.behaviour
    .filter((each) => each.brokenShare > each.maxShare)
    .map((each) => {
      const rule = each.kind === 'monotone' ? `be ${each.direction} in ${each.column}` : `not depend on ${each.column}`
      const text = `The score should ${rule}, but does not for ${percentText(each.brokenShare)} of ${countText(each.rows)} rows.`
      return { weight: 2.6, text }
    })
}

function valuePoints({ binary }: QualityFindings): readonly Point[] {
  const value = binary?.decision.at.valuePerThousand
  if (binary?.costs === undefined || value === undefined) return []
  const { currency } = binary.costs
  const plain = Math.max(binary.valueOfAll!, binary.valueOfNone!)
  const without = binary.valueOfAll! > binary.valueOfNone! ? 'acting on everybody' : 'acting on nobody'
  const at = `threshold ${numberText(binary.decision.threshold, 3)}`
  const result = `${resultText(value, currency)} per 1,000 decisions`
  return value > plain
    ? [
        {
          weight: 1.6,
          text: `Deciding at ${at} ${result}, ${moneyText(value - plain, currency)} better than ${without}.`,
        },
      ]
    : [
        {
          weight: 2.7,
          text: `No use at these costs: deciding at ${at} ${result}, ${without} ${resultText(plain, currency)}.`,
        },
      ]
}

function importancePoints({ importance }: QualityFindings): readonly Point[] {
  const [first, second] = importance?.features ?? []
  if (first === undefined || importance === undefined || !(first.importance > 0)) return []
  const total = importance.features.reduce((sum, feature) => sum + Math.max(0, feature.importance), 0)
  if (second !== undefined && first.importance > 0.8 * total && first.importance > 0.1)
    return [
      {
        weight: 2.2,
        text: `Nearly all of it rests on ${first.feature}: make sure that it is known at prediction time and does not contain the answer.`,
      },
    ]
  const next = second === undefined ? '' : `, then ${second.feature}`
  return [{ weight: 1.1, text: `Leans most on ${first.feature}${next}.` }]
}

function biasPoints({ metrics, regression }: QualityFindings): readonly Point[] {
  const bias = metrics['bias']
  if (regression === undefined || bias?.lower === undefined || bias.upper === undefined) return []
  const size = `${numberText(Math.abs(bias.value))} on average [${numberText(bias.lower)}, ${numberText(bias.upper)}]`
  if (bias.lower > 0) return [{ weight: 2.1, text: `Predicts too much, by ${size}.` }]
  if (bias.upper < 0) return [{ weight: 2.1, text: `Predicts too little, by ${size}.` }]
  return [{ weight: 1.3, text: `No bias beyond chance: predicted − actual is ${numberText(bias.value)} on average.` }]
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
