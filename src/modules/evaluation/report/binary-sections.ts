import type { BinaryDetails, QualityReport } from '../contract.ts'
import { countText, moneyText, numberText, percentText } from '../words.ts'
import { calibrationFigures } from './calibration-charts.ts'
import { drawFigure, type Figure } from './chart.ts'
import { decisionFigures } from './decision-charts.ts'
import { type Html, html } from './html.ts'
import { rankingFigures } from './ranking-charts.ts'

/** Ranking, calibration and decision: what only a binary model has. */
export async function binarySections(report: QualityReport): Promise<readonly Html[]> {
  const { binary } = report
  if (binary === undefined) return []
  const [ranking, calibration, decision] = await Promise.all([
    draw(rankingFigures(report)),
    draw(calibrationFigures(report)),
    draw(decisionFigures(binary)),
  ])
  return [
    ...(ranking.length === 0
      ? []
      : [html`<section><h2>Does it rank well?</h2><div class="pair">${ranking}</div></section>`]),
    ...(calibration.length === 0
      ? []
      : [
          html`<section><h2>Can a score be read as a probability?</h2><div class="pair">${calibration}</div></section>`,
        ]),
    html`<section>
      <h2>What does deciding by it bring?</h2>
      <p class="lead">
        A row is acted on when its score is at least <b>${numberText(binary.decision.threshold, 3)}</b>. ${binary.decision.why}
        ${binary.costs !== undefined && costsText(binary.costs)}
      </p>
      <div class="pair">${decision}</div>
      ${confusionTable(binary)}
    </section>`,
  ]
}

function costsText(costs: NonNullable<BinaryDetails['costs']>): string {
  const part = (name: string, cost: number): string =>
    cost < 0 ? `${name} gains ${moneyText(-cost, costs.currency)}` : `${name} costs ${moneyText(cost, costs.currency)}`
  return `Declared: ${part('a false alarm', costs.falsePositive)}, ${part('a missed one', costs.falseNegative)}, ${part('a right alarm', costs.truePositive)}, ${part('leaving alone rightly', costs.trueNegative)}.`
}

function confusionTable({ decision }: BinaryDetails): Html {
  const { at } = decision
  const all = at.truePositives + at.falsePositives + at.falseNegatives + at.trueNegatives
  const cell = (count: number, name: string): Html =>
    html`<td class="n">${countText(count)} <small>${name}, ${percentText(count / all)}</small></td>`
  return html`<table class="matrix">
    <thead><tr><th scope="col">Decision at ${numberText(decision.threshold, 3)}</th><th scope="col" class="n">is positive</th><th scope="col" class="n">is negative</th></tr></thead>
    <tbody>
      <tr><th scope="row">acted on</th>${cell(at.truePositives, 'right alarm')}${cell(at.falsePositives, 'false alarm')}</tr>
      <tr><th scope="row">left alone</th>${cell(at.falseNegatives, 'missed')}${cell(at.trueNegatives, 'rightly left')}</tr>
    </tbody>
  </table>`
}

async function draw(figures: readonly Figure[]): Promise<readonly Html[]> {
  return await Promise.all(figures.map(drawFigure))
}
