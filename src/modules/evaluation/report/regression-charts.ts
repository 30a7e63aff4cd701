import type { QualityReport, RegressionDetails } from '../contract.ts'
import { numberText, percentText, signedText } from '../words.ts'
import { chartSize, colour, type Figure } from './chart.ts'

const width = chartSize.half
const height = 340

/** Predicted against actual, residuals and their distribution. */
export function regressionFigures(report: QualityReport): readonly Figure[] {
  const details = report.regression
  if (details === undefined) return []
  return [scatterFigure(details, report), meansFigure(details), residualFigure(details), residualHistogram(details)]
}

function scatterFigure(details: RegressionDetails, report: QualityReport): Figure {
  const values = details.sample.flatMap(({ predicted, actual }) => [predicted, actual])
  const domain: [number, number] = [Math.min(...values), Math.max(...values)]
  const r2 = report.metrics['r2']
  return {
    title:
      r2 === undefined
        ? 'Predicted and actual: the target is constant on these rows'
        : `Predicted and actual: the model explains ${percentText(r2.value)} of the variance`,
    note: `${details.sample.length.toLocaleString('en-US')} sampled rows. On the dashed line the prediction is right.`,
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height,
      layer: [
        {
          data: { values: domain.map((at) => ({ x: at, y: at })) },
          mark: { type: 'line', strokeWidth: 1, strokeDash: [3, 3], color: colour.reference },
          encoding: {
            x: { field: 'x', type: 'quantitative', scale: { zero: false }, axis: { title: 'Predicted', format: '~s' } },
            y: { field: 'y', type: 'quantitative', scale: { zero: false }, axis: { title: 'Actual', format: '~s' } },
          },
        },
        {
          data: { values: details.sample },
          mark: { type: 'point', filled: true, size: 12, opacity: 0.35, color: colour.model },
          encoding: {
            x: { field: 'predicted', type: 'quantitative' },
            y: { field: 'actual', type: 'quantitative' },
          },
        },
      ],
    },
  }
}

function meansFigure(details: RegressionDetails): Figure {
  const bins = details.byPrediction
  const worst = bins.toSorted(
    (a, b) => Math.abs(b.meanActual - b.meanPredicted) - Math.abs(a.meanActual - a.meanPredicted),
  )[0]!
  const gap = worst.meanPredicted - worst.meanActual
  return {
    title: `By level: the largest mean error of ten equal groups is ${signedText(gap, numberText)}, around ${numberText(worst.meanPredicted)}`,
    note: 'Rows in ten equally filled groups of the prediction; mean of predicted against mean of actual.',
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height,
      layer: [
        {
          data: { values: [bins[0]!, bins.at(-1)!].map((bin) => ({ x: bin.meanPredicted, y: bin.meanPredicted })) },
          mark: { type: 'line', strokeWidth: 1, strokeDash: [3, 3], color: colour.reference },
          encoding: {
            x: {
              field: 'x',
              type: 'quantitative',
              scale: { zero: false },
              axis: { title: 'Mean predicted', format: '~s' },
            },
            y: {
              field: 'y',
              type: 'quantitative',
              scale: { zero: false },
              axis: { title: 'Mean actual', format: '~s' },
            },
          },
        },
        {
          data: { values: bins },
          mark: { type: 'line', color: colour.model, point: { size: 46, filled: true, color: colour.model } },
          encoding: {
            x: { field: 'meanPredicted', type: 'quantitative' },
            y: { field: 'meanActual', type: 'quantitative' },
          },
        },
      ],
    },
  }
}

function residualFigure(details: RegressionDetails): Figure {
  const points = details.sample.map(({ predicted, actual }) => ({ predicted, residual: predicted - actual }))
  const at = (share: number): number => details.residualQuantiles.find((each) => each.share === share)!.residual
  return {
    title: `Residuals: nine of ten lie between ${numberText(at(0.05))} and ${numberText(at(0.95))}`,
    note: 'Predicted − actual against the prediction, for the sampled rows. A funnel means that large predictions err more.',
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height: 280,
      layer: [
        {
          data: { values: [{ y: 0 }] },
          mark: { type: 'rule', strokeDash: [3, 3], color: colour.reference },
          encoding: { y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: { values: points },
          mark: { type: 'point', filled: true, size: 12, opacity: 0.35, color: colour.model },
          encoding: {
            x: {
              field: 'predicted',
              type: 'quantitative',
              scale: { zero: false },
              axis: { title: 'Predicted', format: '~s' },
            },
            y: { field: 'residual', type: 'quantitative', axis: { title: 'Predicted − actual', format: '~s' } },
          },
        },
      ],
    },
  }
}

function residualHistogram(details: RegressionDetails): Figure {
  const { edges, counts } = details.residualHistogram
  const median = details.residualQuantiles.find((each) => each.share === 0.5)!.residual
  const bars = counts.map((rows, i) => ({ from: edges[i]!, to: edges[i + 1]!, rows }))
  return {
    title: `Distribution of residuals: the median is ${signedText(median, numberText)}`,
    note: 'All test rows; the outer one per cent at each side is in the first and last bar.',
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height: 280,
      layer: [
        {
          data: { values: bars },
          mark: { type: 'bar', color: colour.model, opacity: 0.75 },
          encoding: {
            x: {
              field: 'from',
              type: 'quantitative',
              bin: { binned: true },
              axis: { title: 'Predicted − actual', format: '~s', tickCount: 6 },
            },
            x2: { field: 'to' },
            y: { field: 'rows', type: 'quantitative', axis: { title: 'Rows', format: '~s' } },
          },
        },
        {
          data: { values: [{ x: 0 }] },
          mark: { type: 'rule', strokeDash: [3, 3], color: colour.ink },
          encoding: { x: { field: 'x', type: 'quantitative' } },
        },
      ],
    },
  }
}
