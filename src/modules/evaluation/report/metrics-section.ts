import type { BaselineReport, Measured, QualityReport } from '../contract.ts'
import { metricDefinitions, metricNames } from '../metric-definitions.ts'
import { countText, numberText, scoreText, signedText } from '../words.ts'
import { type Html, html } from './html.ts'

type MeasuredBaseline = Extract<BaselineReport, { state: 'measured' }>

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
        ${baselines.map((each) => html`<th scope="col" class="n" title="${each.how}">${each.label}</th><th scope="col" class="n">gain</th>`)}
      </tr></thead>
      <tbody>${others.map(row)}</tbody>
      ${
        atThreshold.length > 0 &&
        html`<tbody><tr><td colspan="${3 + 2 * baselines.length}" class="muted">At the decision threshold ${numberText(report.binary!.decision.threshold, 3)}</td></tr>${atThreshold.map(row)}</tbody>`
      }
    </table></div>
    ${Object.entries(report.notDefined).map(
      ([name, reason]) =>
        html`<p class="note">${metricDefinitions[report.task][name]?.label ?? name} is not defined: ${reason}</p>`,
    )}
    ${baselines.map((each) => html`<p class="note"><b>${each.label}</b>: ${each.how}</p>`)}
    ${absent.map((each) => html`<p class="note"><b>${each.label}</b>: none. ${each.why}</p>`)}
  </section>`
}

function metricRow(report: QualityReport, name: string, baselines: readonly MeasuredBaseline[]): Html {
  const text = valueText(report)
  const { label, definition, better } = metricDefinitions[report.task][name]!
  const metric = report.metrics[name]!
  const arrow = { higher: '↑', lower: '↓', zero: '→ 0' }[better]
  return html`<tr>
    <th scope="row" title="${definition}">${label} <span class="muted" title="${better === 'zero' ? 'nearer to zero' : better} is better">${arrow}</span></th>
    <td class="n main" title="${metric.value}">${text(metric.value)}</td>
    <td class="interval">${bounds(metric, text)}</td>
    ${baselines.map((baseline) => {
      const theirs = baseline.metrics[name]
      const gain = baseline.gains[name]
      return html`<td class="n">${theirs === undefined ? html`<span class="muted">–</span>` : text(theirs.value)}</td>
        <td class="n">${gain === undefined ? html`<span class="muted">–</span>` : gainCell(gain, text)}</td>`
    })}
  </tr>`
}

function bounds({ lower, upper }: Measured, text: (value: number) => string): string {
  return lower === undefined || upper === undefined ? 'no interval' : `${text(lower)} to ${text(upper)}`
}

function gainCell(gain: Measured, text: (value: number) => string): Html {
  const clear = gain.lower !== undefined && (gain.lower > 0 || gain.upper! < 0)
  const tone = !clear ? 'muted' : gain.value > 0 ? 'good' : 'bad'
  const title = `${signedText(gain.value, text)}, 95 % interval ${bounds(gain, text)}`
  return html`<span class="${tone}" title="${title}">${signedText(gain.value, text)}${!clear && ' ?'}</span>`
}
