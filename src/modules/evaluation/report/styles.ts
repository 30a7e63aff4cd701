/** The look of every report: content first, one accent, grey for the rest; light, dark, and always light on paper. */
export const styles = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1f24; --muted: #5c6570; --line: #e3e6e9; --soft: #f5f6f7; --grid: #eceef0;
  --accent: #00639b; --good: #00694a; --bad: #ad3e00; --bad-soft: #fdf1ea;
  --c-model: #0072b2; --c-positive: #d55e00; --c-negative: #0072b2; --c-other: #009e73; --c-third: #cc79a7; --c-reference: #9aa2ab;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #101317; --ink: #e5e8eb; --muted: #98a1ab; --line: #2a3038; --soft: #181c21; --grid: #20252b;
    --accent: #56b4e9; --good: #3fc49a; --bad: #f0915a; --bad-soft: #2a1c14;
    --c-model: #56b4e9; --c-positive: #e8803a; --c-negative: #56b4e9; --c-other: #2fbf94; --c-third: #d99abd; --c-reference: #6b747e;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 44px 28px 64px; max-width: 1000px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ul, ol, figure, table, dl, dd { margin: 0; padding: 0; }
h1 { font-size: 15px; font-weight: 600; }
h2 { font-size: 18px; font-weight: 600; letter-spacing: -0.01em; margin-bottom: 4px; }
h3 { font-size: 14px; font-weight: 600; }
header .meta { color: var(--muted); font-size: 13px; }
header .top { display: flex; justify-content: space-between; gap: 24px; align-items: baseline; flex-wrap: wrap; }
.verdict { font-size: 25px; line-height: 1.3; font-weight: 600; letter-spacing: -0.018em; margin: 26px 0 14px; max-width: 32em; text-wrap: pretty; }
.state { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .muted { color: var(--muted); }
ol.points { list-style: none; counter-reset: p; max-width: 52em; }
ol.points li { counter-increment: p; padding: 5px 0 5px 28px; position: relative; text-wrap: pretty; }
ol.points li::before { content: counter(p); position: absolute; left: 0; color: var(--muted); font-weight: 600; }
section { margin-top: 46px; }
section > p.lead { color: var(--muted); font-size: 14px; max-width: 54em; margin-bottom: 14px; text-wrap: pretty; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 26px 44px; margin-top: 14px; }
figure { min-width: 0; }
figcaption { font-weight: 600; font-size: 14px; line-height: 1.4; margin-bottom: 8px; text-wrap: pretty; }
.pair figcaption { min-height: 2.8em; }
svg.marks { display: block; width: 100%; height: auto; overflow: visible; }
.note { color: var(--muted); font-size: 12.5px; line-height: 1.45; margin-top: 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; margin-top: 10px; }
th, td { text-align: left; vertical-align: baseline; padding: 5px 18px 5px 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: 12.5px; border-bottom-color: var(--c-reference); vertical-align: bottom; }
tbody th { font-weight: 500; }
.n { text-align: right; white-space: nowrap; }
td.main { font-weight: 600; }
table.gains th:first-child { width: 27%; min-width: 12em; } tbody th small { max-width: 30em; } .nowrap { white-space: nowrap; }
table + table, .scroll + .scroll { margin-top: 22px; }
.interval { color: var(--muted); white-space: nowrap; }
tr.broken td, tr.broken th { background: var(--bad-soft); }
tr.broken th:first-child, tr.broken td:first-child { box-shadow: -8px 0 0 var(--bad-soft); }
table.matrix { width: auto; } table.narrow { max-width: 520px; }
.note + .scroll { margin-top: 22px; }
table.matrix td { min-width: 108px; }
th small, td small { display: block; color: var(--muted); font-size: 12px; font-weight: 400; }
code, .mono { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace; font-size: 0.9em; overflow-wrap: anywhere; }
details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 9px 0; font-weight: 500; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
summary .muted { font-weight: 400; }
details > div { padding: 0 0 18px; }
dl.terms { display: grid; grid-template-columns: 11em 1fr; gap: 5px 20px; font-size: 13.5px; }
dl.terms dt { font-weight: 500; } dl.terms dd { color: var(--muted); max-width: 50em; }
footer { margin-top: 48px; padding-top: 14px; border-top: 1px solid var(--line); color: var(--muted); font-size: 12.5px; }
footer dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; }
@media screen and (max-width: 760px) { .pair { grid-template-columns: 1fr; } .pair figcaption { min-height: 0; } .verdict { font-size: 21px; } .scroll table { min-width: 620px; } .scroll table.narrow, table.matrix { min-width: 0; } }
@page { margin: 15mm 14mm; }
@media print {
  :root { color-scheme: light; }
  body { padding: 0; max-width: none; font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .verdict { font-size: 17pt; margin: 14pt 0 8pt; }
  section { margin-top: 22pt; }
  h2, figcaption, summary, .lead { break-after: avoid; }
  figure, tr, p, ol.points li, table.matrix { break-inside: avoid; }
  .pair figcaption { min-height: 0; }
  .pair { gap: 14pt 22pt; }
  .scroll { overflow: visible; }
  table { font-size: 8.8pt; } th, td { padding: 2.5pt 9pt 2.5pt 0; } thead { display: table-header-group; }
  .note, footer, dl.terms { font-size: 8.5pt; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; } summary::-webkit-details-marker { display: none; }
}
`
