import type { QualityReport } from '../contract.ts'
import { countText, numberText, percentText } from '../words.ts'
import { drawFigure } from './chart.ts'
import { importanceFigure, sliceFigures } from './comparison-charts.ts'
import { type Html, html } from './html.ts'

/** Where the model is weak, and what it relies on. */
export async function sharedSections(report: QualityReport): Promise<readonly Html[]> {
  const slices = await Promise.all(sliceFigures(report).map(drawFigure))
  const importance = report.importance === undefined ? [] : [await drawFigure(importanceFigure(report.importance))]
  const behaviour = behaviourTable(report)
  const weakness =
    report.slices.length === 0
      ? []
      : [
          html`<section>
            <h2>Where is it weak?</h2>
            <p class="lead">
              Slices, worst first. Orange diamonds are worse than the other slices of their column beyond chance, also after
              counting how many slices were looked at. ${report.task === 'binary' && 'Inside slices of a strong input ROC AUC is lower than over all rows: there the input no longer ranks.'} Slices with fewer than ${countText(report.sliceMinRows)} rows get no verdict.
            </p>
            ${slices.length === 0 ? html`<p class="note">No slice has enough rows to be judged.</p>` : html`<div class="pair">${slices}</div>`}
          </section>`,
        ]
  const reliance =
    importance.length === 0 && behaviour === undefined
      ? []
      : [
          html`<section>
            <h2>What does it rely on?</h2>
            <div class="pair">${importance}${behaviour !== undefined && html`<figure><figcaption>${behaviourTitle(report)}</figcaption>${behaviour}</figure>`}</div>
          </section>`,
        ]
  return [...weakness, ...reliance]
}

function behaviourTitle({ behaviour }: QualityReport): string {
  const broken = behaviour.filter((each) => each.brokenShare > each.maxShare)
  return broken.length === 0
    ? `Behaviour: as the contract asks${behaviour.length > 1 ? `, in all ${behaviour.length} tests` : ''}`
    : `Behaviour: ${broken.length} of ${behaviour.length} tests of the contract ${broken.length === 1 ? 'is' : 'are'} broken`
}

function behaviourTable({ behaviour }: QualityReport): Html | undefined {
  if (behaviour.length === 0) return undefined
  return html`<table>
    <thead><tr><th scope="col">The score should</th><th scope="col" class="n">broken in</th><th scope="col" class="n">at worst by</th></tr></thead>
    <tbody>${behaviour.map((each) => {
      const rule =
        each.kind === 'monotone'
          ? `${each.direction === 'increasing' ? 'not fall' : 'not rise'} when ${each.column} grows`
          : `not change with ${each.column}`
      const broken = each.brokenShare > each.maxShare
      return html`<tr class="${broken ? 'broken' : 'kept'}">
        <th scope="row" title="${each.how}">${rule}</th>
        <td class="n" title="of ${each.rows} rows; allowed ${each.maxShare}, tolerance ${each.tolerance}">
          <span class="${broken ? 'bad' : 'good'}">${broken ? '✕' : '✓'} ${percentText(each.brokenShare)}</span>
        </td>
        <td class="n">${each.worst === 0 ? html`<span class="muted">–</span>` : numberText(each.worst)}</td>
      </tr>`
    })}</tbody>
  </table>
  <p class="note">${countText(Math.max(...behaviour.map((each) => each.rows)))} sampled rows. Monotone: the input is moved up by 5, 25, 50 and 100 % of its
    5–95 % range, within the values seen. Invariant: it is replaced by up to eight other values.</p>`
}
