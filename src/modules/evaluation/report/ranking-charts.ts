import type { BinaryDetails, QualityReport } from '../contract.ts'
import { numberText, percentText } from '../words.ts'
import { type Figure, chartSize, colour } from './chart.ts'

const unit = { domain: [0, 1] as [number, number] }
const height = 340

/** ROC, precision-recall and gain curves of a binary model; none when a class is missing. */
export function rankingFigures(report: QualityReport): readonly Figure[] {
  const { binary, metrics } = report
  const auc = metrics['rocAuc']
  if (binary === undefined || binary.curve.length === 0 || auc === undefined) return []
  return [rocFigure(binary, auc.value), precisionRecallFigure(binary)]
}

function rocFigure(binary: BinaryDetails, auc: number): Figure {
  const line = [{ falsePositiveRate: 0, truePositiveRate: 0 }, ...binary.curve]
  const at = binary.decision.at
  const decision = {
    x: 1 - (at.specificity ?? 1),
    y: at.recall ?? 0,
    label: `threshold ${numberText(binary.decision.threshold, 3)}`,
  }
  return {
    title: `ROC: the positive row scores higher in ${percentText(auc)} of pairs`,
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width: chartSize.half,
      height,
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
            x: {
              field: 'x',
              type: 'quantitative',
              scale: unit,
              axis: { title: 'False positive rate (1 − specificity)' },
            },
            y: { field: 'y', type: 'quantitative', scale: unit, axis: { title: 'True positive rate (recall)' } },
          },
        },
        {
          data: { values: [{ x: 0.62, y: 0.57 }] },
          mark: { type: 'text', text: 'chance', align: 'left', baseline: 'top', color: colour.muted },
          encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: { values: line },
          mark: { type: 'line', color: colour.model, interpolate: 'linear' },
          encoding: {
            x: { field: 'falsePositiveRate', type: 'quantitative' },
            y: { field: 'truePositiveRate', type: 'quantitative' },
            order: { field: 'falsePositiveRate' },
          },
        },
        ...decisionMark(
          decision,
          decision.x > 0.6 ? { align: 'center', dx: 0, dy: 20 } : { align: 'left', dx: 9, dy: 12 },
        ),
      ],
    },
  }
}

function precisionRecallFigure(binary: BinaryDetails): Figure {
  const half = binary.curve.find((point) => point.truePositiveRate >= 0.5) ?? binary.curve.at(-1)!
  const at = binary.decision.at
  const decision = {
    x: at.recall ?? 0,
    y: at.precision ?? 1,
    label: `threshold ${numberText(binary.decision.threshold, 3)}`,
  }
  return {
    title: `Precision and recall: with half of the positives found, ${percentText(half.precision)} of the alarms are right`,
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width: chartSize.half,
      height,
      layer: [
        {
          data: { values: [{ y: binary.baseRate }] },
          mark: { type: 'rule', strokeDash: [3, 3], color: colour.reference },
          encoding: { y: { field: 'y', type: 'quantitative', scale: unit, axis: { title: 'Precision' } } },
        },
        {
          data: { values: [{ x: 0.01, y: binary.baseRate }] },
          mark: {
            type: 'text',
            align: 'left',
            baseline: 'top',
            dy: 5,
            text: `chance: ${percentText(binary.baseRate)} are positive`,
          },
          encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: { values: binary.curve.map(({ truePositiveRate: x, precision: y }) => ({ x, y })) },
          mark: { type: 'line', color: colour.model },
          encoding: {
            x: { field: 'x', type: 'quantitative', scale: unit, axis: { title: 'Recall' } },
            y: { field: 'y', type: 'quantitative' },
            order: { field: 'x' },
          },
        },
        ...(at.precision === undefined
          ? []
          : decisionMark(
              decision,
              decision.x < 0.35 ? { align: 'left', dx: 9, dy: 12 } : { align: 'right', dx: -10, dy: 1 },
            )),
      ],
    },
  }
}

type Layers = Extract<Figure['spec'], { layer: unknown }>['layer']

/** A dot on a curve where the decision is made, with its label. */
export function decisionMark(
  at: { readonly x: number; readonly y: number; readonly label: string },
  place: { readonly align: 'left' | 'right' | 'center'; readonly dx: number; readonly dy: number },
): Layers {
  const encoding = {
    x: { field: 'x', type: 'quantitative' as const },
    y: { field: 'y', type: 'quantitative' as const },
  }
  return [
    {
      data: { values: [at] },
      mark: {
        type: 'point',
        filled: true,
        size: 70,
        color: colour.ink,
        opacity: 1,
        stroke: colour.paper,
        strokeWidth: 1.5,
      },
      encoding,
    },
    { data: { values: [at] }, mark: { type: 'text', text: at.label, color: colour.ink, ...place }, encoding },
  ]
}

/** Which part of the positives a best-scored part of the rows holds. */
export function gainFigure(binary: BinaryDetails): Figure | undefined {
  const fifth = binary.gain.find((row) => row.share === 0.2)
  if (fifth === undefined) return undefined
  return {
    title: `The best-scored 20 % hold ${percentText(fifth.gain)} of the positives (lift ${numberText(fifth.lift, 3)})`,
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width: chartSize.half,
      height: 290,
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
            x: {
              field: 'x',
              type: 'quantitative',
              axis: { title: 'Rows, best scores first', format: '.0%' },
              scale: unit,
            },
            y: {
              field: 'y',
              type: 'quantitative',
              axis: { title: 'Positives among them', format: '.0%' },
              scale: unit,
            },
          },
        },
        {
          data: { values: [{ share: 0, gain: 0 }, ...binary.gain] },
          mark: { type: 'line', color: colour.model },
          encoding: {
            x: { field: 'share', type: 'quantitative' },
            y: { field: 'gain', type: 'quantitative' },
            order: { field: 'share' },
          },
        },
        ...decisionMark(
          { x: 0.2, y: fifth.gain, label: `20 % → ${percentText(fifth.gain)}` },
          { align: 'left', dx: 10, dy: -2 },
        ),
      ],
    },
  }
}
