import type { QualityReport } from '../contract.ts'
import { metricDefinitions, metricNames } from '../metric-definitions.ts'
import { countText, percentText } from '../words.ts'
import { binarySections } from './binary-sections.ts'
import { drawFigure } from './chart.ts'
import { contractSection } from './contract-section.ts'
import { detailsSection } from './details-section.ts'
import { type Html, html, trusted } from './html.ts'
import { metricsSection } from './metrics-section.ts'
import { regressionFigures } from './regression-charts.ts'
import { sharedSections } from './shared-sections.ts'
import { styles } from './styles.ts'

/** The quality report as one self-contained page: no script, no network; the same facts as the JSON. */
export async function renderQualityReport(report: QualityReport): Promise<string> {
  const [binary, regression, shared] = await Promise.all([
    binarySections(report),
    regressionSection(report),
    sharedSections(report),
  ])
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${report.model.name}: model quality</title>
        <style>${trusted(styles)}</style>
      </head>
      <body>
        <main>
          ${head(report)} ${metricsSection(report)} ${contractSection(report)} ${binary} ${regression} ${shared}
          ${detailsSection(report)} ${appendix(report)}
        </main>
        ${foot(report)}
      </body>
    </html>`
  return `${page.markup.replaceAll(/\n\s+/g, '\n')}\n`
}

function head(report: QualityReport): Html {
  const { data, verdict, binary } = report
  const state =
    verdict.holds === undefined
      ? html`<span class="state muted">no contract</span>`
      : verdict.holds
        ? html`<span class="state good">✓ contract holds</span>`
        : html`<span class="state bad">✕ contract broken</span>`
  const left = data.withoutTarget > 0 && `, ${countText(data.withoutTarget)} without a target left out`
  return html`<header>
    <div class="top">
      <h1>Model quality: ${report.model.name}</h1>
      ${state}
    </div>
    <p class="meta">
      ${report.task === 'binary' ? 'Binary classification' : 'Regression'} of ${data.target}, tested on
      <code>${data.dataset}@${data.version}</code>: ${countText(data.scored)} rows${left}${binary !== undefined && html`, ${percentText(binary.baseRate)} positive${data.positive !== undefined && html` (${data.target} = ${data.positive})`}`}
    </p>
    <p class="verdict">${verdict.sentence}</p>
    <ol class="points">${verdict.points.map((point) => html`<li>${point}</li>`)}</ol>
  </header>`
}

async function regressionSection(report: QualityReport): Promise<Html | undefined> {
  const figures = await Promise.all(regressionFigures(report).map(drawFigure))
  if (figures.length === 0) return undefined
  return html`<section><h2>How far off is it?</h2><div class="pair">${figures.slice(0, 2)}</div><div class="pair">${figures.slice(2)}</div></section>`
}

function appendix(report: QualityReport): Html {
  const names = metricNames[report.task].filter((name) => report.metrics[name] ?? report.notDefined[name])
  const { method, replicates, drawnRows, seed } = report.intervals
  const drawn =
    drawnRows < report.data.scored ? ` of ${countText(drawnRows)} rows each, scaled by the root of m / n` : ''
  return html`<section>
    <h2>Definitions</h2>
    <dl class="terms" style="margin-top:10px">
      ${names.map((name) => html`<dt>${metricDefinitions[report.task][name]!.label}</dt><dd>${metricDefinitions[report.task][name]!.definition}</dd>`)}
      <dt>95 % interval</dt>
      <dd>${method}: ${countText(replicates)} replicates${drawn}, seed ${seed}; 2.5 and 97.5 % quantiles. It covers the chance in the choice of test rows, not a change of the world.</dd>
      <dt>Gain</dt>
      <dd>Model minus baseline, counted so that more is better, on the same rows in every replicate. A question mark: zero is within the interval.</dd>
      ${
        report.slices.length > 0 &&
        html`<dt>Weak slice</dt><dd>One-sided z-test of the slice against the other slices of its column (pooled by pairs of a positive and a negative row, or by rows), 5 % divided by the number of slices tested (Bonferroni). Intervals of slices: ${report.task === 'binary' ? 'DeLong (1988), on the logit scale' : 'from the standard error of the mean squared error'}.</dd>`
      }
      ${
        report.importance !== undefined &&
        html`<dt>Importance</dt><dd>Permutation importance, Breiman (2001): what shuffling one input costs. It says what the model uses, not what causes the target.</dd>`
      }
    </dl>
  </section>`
}

function foot({ provenance, data, train, validation, model }: QualityReport): Html {
  return html`<footer>
    <dl>
      <dt>Project</dt><dd>${provenance.project}, pipeline ${provenance.pipeline}, step ${provenance.step}</dd>
      <dt>Commit</dt><dd>${provenance.commit === undefined ? 'not recorded' : html`<code>${provenance.commit}</code>`}</dd>
      <dt>Test data</dt><dd>${versionText(data)}</dd>
      ${train !== undefined && html`<dt>Training data</dt><dd>${versionText(train)}</dd>`}
      ${validation !== undefined && html`<dt>Validation data</dt><dd>${versionText(validation)}</dd>`}
      <dt>Model</dt><dd>${model.name}, <code>${model.digest}</code></dd>
      <dt>Run</dt><dd><code>${provenance.runId}</code></dd>
      <dt>Made</dt><dd><time datetime="${provenance.createdAt}">${provenance.createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time> by Baton ${provenance.batonVersion}. The same facts are in <code>quality.json</code>.</dd>
    </dl>
  </footer>`
}

function versionText(ref: { dataset: string; version: number; digest: string; rows: number }): Html {
  return html`<code>${ref.dataset}@${ref.version}</code>, ${countText(ref.rows)} rows, <code>${ref.digest.slice(0, 19)}</code>`
}
