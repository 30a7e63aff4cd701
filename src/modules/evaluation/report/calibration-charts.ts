import type { BinaryDetails, QualityReport } from '../contract.ts'
import { scoreText } from '../words.ts'
import { chartSize, colour, type Figure } from './chart.ts'

const unit = { domain: [0, 1] as [number, number] }
const width = chartSize.half

/** The reliability curve over a histogram of scores, and the scores of both classes. */
export function calibrationFigures(report: QualityReport): readonly Figure[] {
  const { binary, metrics } = report
  if (binary === undefined || metrics['ece'] === undefined) return []
  return [reliabilityFigure(binary, metrics['ece'].value), classesFigure(binary)]
}

function reliabilityFigure(binary: BinaryDetails, ece: number): Figure {
  const bins = binary.reliability.filter((bin) => bin.rows > 0)
  const floor = binary.calibrationNoise.q95
  const within = ece <= floor
  return {
    title: within
      ? `Calibration: ECE ${scoreText(ece)} is what chance alone gives (up to ${scoreText(floor)})`
      : `Calibration: ECE ${scoreText(ece)} is more than chance alone gives (up to ${scoreText(floor)})`,
    note: 'Dots: 15 equal-width bins of the score, with 95 % Wilson intervals. On the dashed line the score is the share of positives.',
    spec: {
      spacing: 6,
      vconcat: [
        {
          width: width - 62,
          height: 238,
          layer: [
            {
              data: {
                values: [
                  { x: 0, y: 0 },
                  { x: 1, y: 1 },
                ],
              },
              mark: { type: 'line', strokeWidth: 1, strokeDash: [3, 3], color: colour.reference },
              encoding: {
                x: { field: 'x', type: 'quantitative', scale: unit, axis: { title: null, labels: false } },
                y: { field: 'y', type: 'quantitative', scale: unit, axis: { title: 'Share of positives' } },
              },
            },
            {
              data: { values: bins },
              mark: { type: 'rule', color: colour.model, strokeWidth: 1.2, opacity: 0.6 },
              encoding: {
                x: { field: 'meanScore', type: 'quantitative' },
                y: { field: 'low', type: 'quantitative' },
                y2: { field: 'high' },
              },
            },
            {
              data: { values: bins },
              mark: { type: 'line', color: colour.model, strokeWidth: 1.5 },
              encoding: {
                x: { field: 'meanScore', type: 'quantitative' },
                y: { field: 'positiveShare', type: 'quantitative' },
              },
            },
            {
              data: { values: bins },
              mark: { type: 'point', filled: true, color: colour.model, opacity: 1, size: 36 },
              encoding: {
                x: { field: 'meanScore', type: 'quantitative' },
                y: { field: 'positiveShare', type: 'quantitative' },
              },
            },
          ],
        },
        {
          width: width - 62,
          height: 50,
          data: { values: binary.reliability },
          mark: { type: 'bar', color: colour.reference, opacity: 0.7 },
          encoding: {
            x: { field: 'from', type: 'quantitative', scale: unit, axis: { title: 'Score' }, bin: { binned: true } },
            x2: { field: 'to' },
            y: { field: 'rows', type: 'quantitative', axis: { title: 'Rows', tickCount: 2, format: '~s' } },
          },
        },
      ],
    },
  }
}

function classesFigure(binary: BinaryDetails): Figure {
  const { edges, positives, negatives } = binary.scoreHistogram
  const classes = [
    { name: 'positive', counts: positives, color: colour.positive },
    { name: 'negative', counts: negatives, color: colour.negative },
  ]
    .map((each) => ({ ...each, total: each.counts.reduce((sum, count) => sum + count, 0) }))
    .filter((each) => each.total > 0)
  const medians = classes.map(({ counts, total }) => medianOf(counts, total))
  const known = medians.length === 2 && medians.every((median) => median !== undefined)
  const steps = (counts: readonly number[], total: number) => [
    ...edges.slice(0, -1).map((x, i) => ({ x, y: total > 0 ? counts[i]! / total : 0 })),
    { x: 1, y: total > 0 ? counts.at(-1)! / total : 0 },
  ]
  const labels = classes.map(({ name, counts, total, color }) => {
    const peak = counts.indexOf(Math.max(...counts))
    return { x: (edges[peak]! + edges[peak + 1]!) / 2, y: total > 0 ? counts[peak]! / total : 0, name, color }
  })
  return {
    title: known
      ? `Scores by class: half of the positives are above ${medians[0]!.toFixed(2)}, half of the negatives above ${medians[1]!.toFixed(2)}`
      : 'Scores by class: the test rows have only one class',
    note: 'Share of each class per bin of 0.025; medians to the nearest bin.',
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height: 350,
      layer: [
        ...classes.map(({ counts, total, color }) => ({
          data: { values: steps(counts, total) },
          mark: {
            type: 'area' as const,
            interpolate: 'step-after' as const,
            color,
            opacity: 0.22,
            line: { color, strokeWidth: 1.5, opacity: 1 },
          },
          encoding: {
            x: { field: 'x', type: 'quantitative' as const, scale: unit, axis: { title: 'Score' } },
            y: {
              field: 'y',
              type: 'quantitative' as const,
              axis: { title: 'Share of the class', format: '.0%' },
              stack: null,
            },
          },
        })),
        ...labels.map(({ name, color, ...at }) => ({
          data: { values: [at] },
          mark: {
            type: 'text' as const,
            text: name,
            color,
            dy: -9,
            fontWeight: 600 as const,
            align: (at.x > 0.85 ? 'right' : at.x < 0.15 ? 'left' : 'center') as 'left',
          },
          encoding: {
            x: { field: 'x', type: 'quantitative' as const },
            y: { field: 'y', type: 'quantitative' as const },
          },
        })),
      ],
    },
  }
}

function medianOf(counts: readonly number[], total: number): number | undefined {
  if (total === 0) return undefined
  let seen = 0
  for (const [i, count] of counts.entries()) {
    if (seen + count >= total / 2) return (i + (total / 2 - seen) / count) / counts.length
    seen += count
  }
  return undefined
}
