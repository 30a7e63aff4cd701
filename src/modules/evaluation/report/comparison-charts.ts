import type { ImportanceReport, QualityReport, SliceReport } from '../contract.ts'
import { metricDefinitions } from '../metric-definitions.ts'
import { numberText, scoreText } from '../words.ts'
import { chartSize, colour, type Figure } from './chart.ts'

const mostSlices = 14
const mostFeatures = 18
const rowHeight = 24

/** One dot plot per slice column: the headline metric with its interval, worst first, beside the value pooled over slices. */
export function sliceFigures(report: QualityReport): readonly Figure[] {
  return report.slices.flatMap((slice) => {
    const figure = sliceFigure(report, slice)
    return figure === undefined ? [] : [figure]
  })
}

function sliceFigure(report: QualityReport, slice: SliceReport): Figure | undefined {
  const measured = slice.values.filter((value) => value.state === 'measured')
  const overall = report.metrics[slice.metric]
  if (measured.length === 0 || overall === undefined) return undefined
  const { label, better } = metricDefinitions[report.task][slice.metric]!
  const text = report.task === 'binary' ? scoreText : numberText
  const shown = measured.slice(0, mostSlices).map((value) => {
    const { value: point, lower, upper } = value.metrics[slice.metric]!
    const name = `${value.value}  (${value.rows.toLocaleString('en-US')})`
    return { name, point, lower, upper, weak: value.weak === true }
  })
  const weak = measured.filter((value) => value.weak === true)
  const worst = weak[0] ?? measured[0]!
  const line = slice.pooled ?? overall.value
  const few = slice.values.length - measured.length
  const hidden = measured.length - shown.length + slice.notShown
  const notes = [
    `${label} with 95 % interval, rows in brackets. Line: within slices ${text(line)}${Math.abs(line - overall.value) > 0.005 * overall.value ? `, all rows together ${text(overall.value)}` : ''}.`,
    few > 0 && `${few} slice${few === 1 ? ' has' : 's have'} too few rows to be judged.`,
    hidden > 0 && `${hidden} better ones are in the table.`,
  ].filter((note) => note !== false)
  const column = {
    field: 'name',
    type: 'nominal' as const,
    sort: null,
    axis: { title: null, labelLimit: 260, grid: false },
  }
  const x = {
    field: 'point',
    type: 'quantitative' as const,
    scale: { zero: false, nice: true },
    axis: { title: better === 'higher' ? `${label}, more is better` : `${label}, less is better`, tickCount: 5 },
  }
  return {
    title:
      weak.length === 0
        ? `By ${slice.column}: no slice is worse than the others beyond chance`
        : `By ${slice.column}: ${worst.value} is weaker than the others, ${text(worst.metrics[slice.metric]!.value)}`,
    note: notes.join(' '),
    spec: {
      autosize: { type: 'fit-x', contains: 'padding' },
      width: chartSize.half,
      height: shown.length * rowHeight,
      layer: [
        {
          data: { values: [{ at: line }] },
          mark: { type: 'rule', color: colour.reference },
          encoding: { x: { field: 'at', type: 'quantitative' } },
        },
        {
          data: { values: shown.filter((value) => value.lower !== undefined) },
          mark: { type: 'rule', strokeWidth: 2, opacity: 0.45 },
          encoding: {
            y: column,
            x: { ...x, field: 'lower' },
            x2: { field: 'upper' },
            color: { condition: { test: 'datum.weak', value: colour.positive }, value: colour.model },
          },
        },
        {
          data: { values: shown },
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: {
            y: column,
            x,
            color: { condition: { test: 'datum.weak', value: colour.positive }, value: colour.model },
            shape: { condition: { test: 'datum.weak', value: 'diamond' }, value: 'circle' },
          },
        },
      ],
    },
  }
}

/** Permutation importance of the strongest inputs, with the spread over shuffles. */
export function importanceFigure(importance: ImportanceReport): Figure {
  const shown = importance.features.slice(0, mostFeatures)
  const first = shown[0]
  const metric = importance.metric === 'rocAuc' ? 'ROC AUC' : 'RMSE'
  const text = importance.metric === 'rocAuc' ? scoreText : numberText
  const hidden = importance.features.length - shown.length
  const more = hidden > 0 ? ` ${hidden} weaker ones are in the table.` : ''
  return {
    title:
      first === undefined || first.importance <= 0
        ? 'Importance: shuffling any single input changes nothing'
        : importance.metric === 'rocAuc'
          ? `Importance: without ${first.feature}, ROC AUC falls by ${text(first.importance)}`
          : `Importance: without ${first.feature}, RMSE grows by ${text(first.importance)}`,
    note: `Mean change of ${metric} when one input is shuffled, ± one standard deviation over ${importance.repeats} shuffles of ${importance.rows.toLocaleString('en-US')} sampled rows. Correlated inputs share their importance.${more}`,
    spec: {
      autosize: { type: 'fit-x', contains: 'padding' },
      width: chartSize.half,
      height: shown.length * rowHeight,
      data: {
        values: shown.map((each) => ({
          ...each,
          low: each.importance - each.spread,
          high: each.importance + each.spread,
        })),
      },
      layer: [
        {
          mark: { type: 'bar', color: colour.model, opacity: 0.85, height: 11 },
          encoding: {
            y: { field: 'feature', type: 'nominal', sort: null, axis: { title: null, labelLimit: 260, grid: false } },
            x: {
              field: 'importance',
              type: 'quantitative',
              axis: { title: importance.metric === 'rocAuc' ? 'Fall of ROC AUC' : 'Growth of RMSE', tickCount: 4 },
            },
          },
        },
        {
          mark: { type: 'rule', color: colour.ink, strokeWidth: 1.2 },
          encoding: {
            y: { field: 'feature', type: 'nominal', sort: null },
            x: { field: 'low', type: 'quantitative' },
            x2: { field: 'high' },
          },
        },
      ],
    },
  }
}
