import type { QualityReport, SliceReport } from '../contract.ts'
import { metricDefinitions } from '../metric-definitions.ts'
import { countText, numberText, percentText, scoreText, sizeText } from '../words.ts'
import { type Html, html } from './html.ts'
import { valueText } from './metrics-section.ts'

/** The tables behind the charts, folded. */
export function detailsSection(report: QualityReport): Html {
  return html`<section>
    <h2>Details</h2>
    <div style="margin-top:10px">
      ${thresholdDetails(report)} ${gainDetails(report)} ${reliabilityDetails(report)} ${residualDetails(report)}
      ${report.slices.map((slice) => sliceDetails(report, slice))} ${importanceDetails(report)} ${modelDetails(report)}
    </div>
  </section>`
}

function fold(title: string, note: string, body: Html): Html {
  return html`<details><summary>${title} <span class="muted">${note}</span></summary><div class="scroll">${body}</div></details>`
}

const share = (value: number | undefined): string => (value === undefined ? '–' : percentText(value))

function thresholdDetails({ binary }: QualityReport): Html | undefined {
  if (binary === undefined) return undefined
  const money = binary.costs !== undefined
  const rows = [...binary.thresholds, binary.decision.at].toSorted((a, b) => a.threshold - b.threshold)
  const body = html`<table>
    <thead><tr><th scope="col" class="n">Threshold</th><th scope="col" class="n">acted on</th><th scope="col" class="n">precision</th><th scope="col" class="n">recall</th><th scope="col" class="n">specificity</th><th scope="col" class="n">F1</th><th scope="col" class="n">TP</th><th scope="col" class="n">FP</th><th scope="col" class="n">FN</th><th scope="col" class="n">TN</th>${money && html`<th scope="col" class="n">${binary.costs!.currency} per 1,000</th>`}</tr></thead>
    <tbody>${rows.map(
      (row) => html`<tr>
        <td class="n ${row === binary.decision.at ? 'main' : ''}">${row === binary.decision.at && '→ '}${numberText(row.threshold, 3)}</td>
        <td class="n">${percentText(row.selectedShare)}</td><td class="n">${share(row.precision)}</td><td class="n">${share(row.recall)}</td>
        <td class="n">${share(row.specificity)}</td><td class="n">${row.f1 === undefined ? '–' : scoreText(row.f1)}</td>
        <td class="n">${countText(row.truePositives)}</td><td class="n">${countText(row.falsePositives)}</td><td class="n">${countText(row.falseNegatives)}</td><td class="n">${countText(row.trueNegatives)}</td>
        ${money && html`<td class="n">${numberText(row.valuePerThousand!)}</td>`}
      </tr>`,
    )}</tbody>
  </table>`
  return fold('Thresholds', 'what each gives on the test rows', body)
}

function gainDetails({ binary }: QualityReport): Html | undefined {
  if (binary === undefined || binary.gain.length === 0) return undefined
  const body = html`<table class="narrow">
    <thead><tr><th scope="col" class="n">Best-scored part</th><th scope="col" class="n">positives in it</th><th scope="col" class="n">lift</th></tr></thead>
    <tbody>${binary.gain.map((row) => html`<tr><td class="n">${percentText(row.share)}</td><td class="n">${percentText(row.gain)}</td><td class="n">${numberText(row.lift, 3)}</td></tr>`)}</tbody>
  </table>`
  return fold('Gain and lift', 'by best-scored part of the rows', body)
}

function reliabilityDetails({ binary }: QualityReport): Html | undefined {
  if (binary === undefined) return undefined
  const body = html`<table>
    <thead><tr><th scope="col">Score</th><th scope="col" class="n">rows</th><th scope="col" class="n">mean score</th><th scope="col" class="n">share of positives</th><th scope="col">95 % interval</th></tr></thead>
    <tbody>${binary.reliability.map(
      (bin) => html`<tr><td>${bin.from.toFixed(3)} to ${bin.to.toFixed(3)}</td><td class="n">${countText(bin.rows)}</td>
        <td class="n">${bin.meanScore === undefined ? '–' : scoreText(bin.meanScore)}</td><td class="n">${bin.positiveShare === undefined ? '–' : scoreText(bin.positiveShare)}</td>
        <td class="interval">${bin.low === undefined ? '–' : `${scoreText(bin.low)} to ${scoreText(bin.high!)}`}</td></tr>`,
    )}</tbody>
  </table>`
  return fold('Reliability', '15 equal-width bins of the score', body)
}

function residualDetails({ regression }: QualityReport): Html | undefined {
  if (regression === undefined) return undefined
  const body = html`<table class="narrow">
    <thead><tr><th scope="col" class="n">Share of rows</th><th scope="col" class="n">predicted − actual at most</th></tr></thead>
    <tbody>${regression.residualQuantiles.map((each) => html`<tr><td class="n">${percentText(each.share)}</td><td class="n">${numberText(each.residual)}</td></tr>`)}</tbody>
  </table>`
  return fold('Residuals', 'quantiles over all test rows', body)
}

function sliceDetails(report: QualityReport, slice: SliceReport): Html {
  const { label } = metricDefinitions[report.task][slice.metric]!
  const text = valueText(report)
  const binary = report.task === 'binary'
  const body = html`<table>
    <thead><tr><th scope="col">${slice.column}</th><th scope="col" class="n">rows</th>${binary && html`<th scope="col" class="n">positive</th>`}<th scope="col" class="n">${label}</th><th scope="col">95 % interval</th><th scope="col"></th></tr></thead>
    <tbody>${slice.values.map((value) => {
      const metric = value.metrics[slice.metric]
      const range = metric?.lower === undefined ? '' : `${text(metric.lower)} to ${text(metric.upper!)}`
      return html`<tr><th scope="row">${value.value}</th><td class="n">${countText(value.rows)}</td>
        ${binary && html`<td class="n">${share(value.metrics['baseRate']?.value)}</td>`}
        <td class="n">${metric === undefined ? '–' : text(metric.value)}</td><td class="interval">${range}</td>
        <td>${value.state === 'too few rows' ? html`<span class="muted">too few rows</span>` : value.weak === true ? html`<span class="bad">weak</span>` : ''}</td></tr>`
    })}</tbody>
  </table>
  ${slice.notShown > 0 && html`<p class="note">${slice.notShown} better slices are not shown.</p>`}`
  return fold(`Slices by ${slice.column}`, `${slice.values.length} shown, worst first`, body)
}

function importanceDetails({ importance }: QualityReport): Html | undefined {
  if (importance === undefined) return undefined
  const body = html`<table class="narrow">
    <thead><tr><th scope="col">Input</th><th scope="col" class="n">${importance.metric === 'rocAuc' ? 'fall of ROC AUC' : 'growth of RMSE'}</th><th scope="col" class="n">± over ${importance.repeats} shuffles</th></tr></thead>
    <tbody>${importance.features.map((each) => html`<tr><th scope="row">${each.feature}</th><td class="n">${numberText(each.importance)}</td><td class="n">${numberText(each.spread)}</td></tr>`)}</tbody>
  </table>`
  return fold('Importance', `${importance.features.length} inputs by permutation`, body)
}

function modelDetails({ model, latency }: QualityReport): Html {
  const speed =
    latency === undefined
      ? html`<tr><th scope="row">One prediction</th><td>not measured: there is no row to predict</td></tr>`
      : html`<tr><th scope="row">One prediction</th><td>${numberText(latency.p50Ms, 3)} ms median, ${numberText(latency.p95Ms, 3)} ms at 95 %, ${numberText(latency.p99Ms, 3)} ms at 99 % <span class="muted">(${countText(latency.predictions)} single rows, in process, on ${latency.machine})</span></td></tr>`
  const body = html`<table>
    <tbody>
      ${speed}
      <tr><th scope="row">Size</th><td>${sizeText(model.sizeBytes)} in ${model.files} files${model.format !== undefined && `, ${model.format}`}</td></tr>
      <tr><th scope="row">Gives</th><td><code>${model.output.name}</code>${model.output.positive !== undefined && ` (probability of ${model.output.positive})`}</td></tr>
      <tr><th scope="row">Takes ${model.inputs.length} inputs</th><td>${model.inputs.map((input, i) => html`${i > 0 && ', '}<code>${input.name}</code> <span class="muted">${input.type}${input.nullable && ', may be missing'}</span>`)}</td></tr>
    </tbody>
  </table>`
  return fold('Model', 'speed, size, inputs and output', body)
}
