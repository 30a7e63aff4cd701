import * as vega from 'vega'
import { compile, type Config, type TopLevelSpec } from 'vega-lite'

import { type Html, html, trusted } from './html.ts'

/** Colours as CSS variables, so that one drawing serves light, dark and print. Values: `styles.ts`. */
export const colour = {
  model: 'var(--c-model)',
  positive: 'var(--c-positive)',
  negative: 'var(--c-negative)',
  other: 'var(--c-other)',
  third: 'var(--c-third)',
  reference: 'var(--c-reference)',
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  paper: 'var(--paper)',
} as const

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

const theme: Config = {
  background: 'transparent',
  font,
  padding: 4,
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    gridColor: 'var(--grid)',
    labelColor: 'var(--muted)',
    titleColor: 'var(--muted)',
    titleFontWeight: 'normal',
    titleFontSize: 12,
    labelFontSize: 12,
    labelPadding: 6,
    titlePadding: 8,
    labelFlush: false,
  },
  axisX: { tickCount: 5 },
  axisY: { tickCount: 5 },
  text: { fontSize: 12, fill: colour.muted },
  line: { strokeWidth: 2 },
  rule: { stroke: colour.reference },
}

/** The drawn width of half a page, in CSS pixels. */
export const chartSize = { half: 440 } as const

/** A figure: the finding as its title, the drawing as inline SVG without script, and what it is computed on. */
export interface Figure {
  readonly title: string
  readonly note?: string
  readonly spec: TopLevelSpec
}

/** Draws a chart as SVG text; no canvas, no network, no script. */
export async function drawFigure({ title, note, spec }: Figure): Promise<Html> {
  const { spec: compiled } = compile({ ...spec, config: theme })
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Error })
  const svg = await view.toSVG()
  view.finalize()
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${trusted(tidySvg(svg, title))} ${note !== undefined && html`<p class="note">${note}</p>`}
  </figure>`
}

/** Scales with the page, says what it shows to a screen reader, and keeps two decimals of a coordinate. */
function tidySvg(svg: string, label: string): string {
  const width = /width="([\d.]+)"/.exec(svg)?.[1] ?? '420'
  const head = html`<svg class="marks" role="img" aria-label="${label}" style="max-width:${width}px"`.markup
  return svg
    .replace(/<svg[^>]*?(viewBox="[^"]*")[^>]*>/, (_, viewBox: string) => `${head} ${viewBox}>`)
    .replaceAll(/ (?:d|transform|points)="[^"]*"/g, (attribute) => attribute.replaceAll(/(\d+\.\d{2})\d+/g, '$1'))
}
