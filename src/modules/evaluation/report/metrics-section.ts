import { baselineLabels } from '../baseline-labels.ts'
import type { BaselineReport, Measured, QualityReport } from '../contract.ts'
import { metricDefinitions, metricNames } from '../metric-definitions.ts'
import { countText, numberText, scoreText, signedText, textLike } from '../words.ts'
import { type Html, html } from './html.ts'

type MeasuredBaseline = Extract<BaselineReport, { state: 'measured' }>

const gainMetrics = {
  binary: ['rocAuc', 'prAuc', 'logLoss', 'brier', 'expectedCost'],
  regression: ['rmse', 'mae', 'r2', 'expectedCost'],
} as const
const ranking = ['rocAuc', 'prAuc', 'logLoss', 'brier', 'ece']

/** The text of a metric's value: four decimals for scores, four digits for a target's unit. */
export function valueText(report: QualityReport): (value: number) => string {
  return report.task === 'binary' ? scoreText : numberText
}

/** The model's metrics beside its baselines: the main evidence. */
export function metricsSection(report: QualityReport): Html {
  const baselines = report.baselines.filter((each): each is MeasuredBaseline => each.state === 'measured')
  const absent = report.baselines.filter((each) => each.state === 'absent')
  const names = metricNames[report.task].filter((name) => report.metrics[name] !== undefined)
  const atThreshold = names.filter((name) => report.task === 'binary' && !ranking.includes(name))
  const others = names.filter((name) => !atThreshold.includes(name))
  const row = (name: string): Html => metricRow(report, name, baselines)
  return html`<section>
    <h2>How good is it, and against what?</h2>
    <p class="lead">
      ${countText(report.data.scored)} test rows; 95 % intervals by ${report.intervals.method} (${countText(report.intervals.replicates)}
      replicates). Gains are paired on the same rows, so a gain is clear when its interval leaves out zero.
    </p>
    <div class="scroll"><table>
      <thead><tr>
        <th scope="col">Metric</th><th scope="col" class="n">Model</th><th scope="col">95 % interval</th>
        ${baselines.map((each) => html`<th scope="col" class="n" title="${each.how}">${baselineLabels[each.name]}</th>`)}
      </tr></thead>
      <tbody>${others.map(row)}</tbody>
      ${
        atThreshold.length > 0 &&
        html`<tbody><tr><td colspan="${3 + baselines.length}" class="muted">At the decision threshold ${numberText(report.binary!.decision.threshold, 3)}</td></tr>${atThreshold.map(row)}</tbody>`
      }
    </table></div>
    ${Object.entries(report.notDefined).map(
      ([name, reason]) =>
        html`<p class="note">${metricDefinitions[report.task][name]?.label ?? name} is not defined: ${reason}</p>`,
    )}
    ${gainTable(report, baselines)}
    ${absent.map((each) => html`<p class="note"><b>${each.label}</b>: none. ${each.why}</p>`)}
  </section>`
}

function metricRow(report: QualityReport, name: string, baselines: readonly MeasuredBaseline[]): Html {
  const text = valueText(report)
  const { definition, better } = metricDefinitions[report.task][name]!
  const metric = report.metrics[name]!
  const arrow = { higher: '↑', lower: '↓', zero: '→ 0' }[better]
  return html`<tr>
    <th scope="row" class="nowrap" title="${definition}">${metricLabel(report, name)} <span class="muted" title="${better === 'zero' ? 'nearer to zero' : better} is better">${arrow}</span></th>
    <td class="n main" title="${metric.value}">${text(metric.value)}</td>
    <td class="interval">${bounds(metric, text)}</td>
    ${baselines.map((baseline) => {
      const theirs = baseline.metrics[name]
      return html`<td class="n" title="${theirs?.value ?? 'has no such metric'}">${theirs === undefined ? html`<span class="muted">–</span>` : text(theirs.value)}</td>`
    })}
  </tr>`
}

/** The label of a metric with the unit that only this report knows. */
function metricLabel(report: QualityReport, name: string): string {
  const { label } = metricDefinitions[report.task][name]!
  const currency = report.binary?.costs?.currency ?? report.regression?.unitCosts?.currency
  return name === 'expectedCost' && currency !== undefined ? `${label}, ${currency} a row` : label
}

/** Model minus baseline, paired on the same rows: one line for each baseline. */
function gainTable(report: QualityReport, baselines: readonly MeasuredBaseline[]): Html | undefined {
  const names = gainMetrics[report.task].filter((name) => baselines.some((each) => each.gains[name] !== undefined))
  if (names.length === 0) return undefined
  const text = (name: string): ((value: number) => string) =>
    report.task === 'binary' && name !== 'expectedCost' ? scoreText : textLike(report.metrics[name]!.value)
  return html`<div class="scroll"><table class="gains">
    <thead><tr><th scope="col">Gain over</th>${names.map((name) => html`<th scope="col" class="n">${metricLabel(report, name)}</th>`)}</tr></thead>
    <tbody>${baselines.map(
      (baseline) => html`<tr>
        <th scope="row">${baseline.label}<small>${baseline.how}</small></th>
        ${names.map((name) => html`<td class="n">${gainCell(baseline.gains[name], text(name))}</td>`)}
      </tr>`,
    )}</tbody>
  </table></div>`
}

function bounds({ lower, upper }: Measured, text: (value: number) => string): string {
  return lower === undefined || upper === undefined ? 'no interval' : `${text(lower)} to ${text(upper)}`
}

function gainCell(gain: Measured | undefined, text: (value: number) => string): Html {
  if (gain === undefined) return html`<span class="muted">–</span>`
  const { value, lower, upper } = gain
  const clear = lower !== undefined && upper !== undefined && (lower > 0 || upper < 0)
  const tone = !clear ? 'muted' : value > 0 ? 'good' : 'bad'
  const range =
    lower === undefined || upper === undefined ? '' : `${signedText(lower, text)} to ${signedText(upper, text)}`
  return html`<span class="${tone}">${signedText(value, text)}${!clear && ' ?'}</span><small>${range}</small>`
}
