import type { QualityReport } from '../contract.ts'
import { type Html, html } from './html.ts'

/** Every promise of the contract with what was measured, the broken ones first. */
export function contractSection(report: QualityReport): Html | undefined {
  const { contract } = report
  if (contract === undefined) return undefined
  const sorted = contract.promises.toSorted((a, b) => Number(a.holds) - Number(b.holds))
  return html`<section>
    <h2>Does it keep its contract?</h2>
    <p class="lead">Contract <b>${contract.contract}</b>. A promise that was not measured counts as broken.</p>
    <div class="scroll"><table>
      <thead><tr><th scope="col">Promise</th><th scope="col">Promised</th><th scope="col">Measured</th><th scope="col">Holds</th><th scope="col">Answers for it</th></tr></thead>
      <tbody>${sorted.map(
        (promise) => html`<tr class="${promise.holds ? 'kept' : 'broken'}">
          <th scope="row"><code>${promise.promise}</code></th>
          <td>${promise.promised}</td>
          <td>${promise.measured}${!promise.holds && html`<br /><span class="muted">${promise.explain}</span>`}</td>
          <td class="state ${promise.holds ? 'good' : 'bad'}">${promise.holds ? '✓ yes' : '✕ no'}</td>
          <td>${promise.owner}, ${promise.side}</td>
        </tr>`,
      )}</tbody>
    </table></div>
  </section>`
}
