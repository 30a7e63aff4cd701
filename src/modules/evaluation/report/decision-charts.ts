import type { BinaryDetails } from '../contract.ts'
import { moneyText, numberText, percentText, resultText } from '../words.ts'
import { chartSize, colour, type Figure } from './chart.ts'
import { decisionMark, gainFigure } from './ranking-charts.ts'

const width = chartSize.half
const height = 290

/** What deciding by the score gives at every threshold: in money when costs are declared, otherwise in rates. */
export function decisionFigures(binary: BinaryDetails): readonly Figure[] {
  const gain = gainFigure(binary)
  const first = binary.costs === undefined ? ratesFigure(binary) : valueFigure(binary, binary.costs.currency)
  return [...(first === undefined ? [] : [first]), ...(gain === undefined ? [] : [gain])]
}

function valueFigure(binary: BinaryDetails, currency: string): Figure | undefined {
  const value = binary.decision.at.valuePerThousand
  if (value === undefined || binary.curve.length === 0) return undefined
  const plain = [
    { x: 0, y: binary.valueOfNone!, label: 'nobody' },
    { x: 1, y: binary.valueOfAll!, label: 'everybody' },
  ]
  const best = Math.max(...plain.map(({ y }) => y))
  const than = plain.find(({ y }) => y === best)!.label
  const more = `${moneyText(Math.abs(value - best), currency)} ${value >= best ? 'better' : 'worse'}`
  const points = [
    { x: 0, y: binary.valueOfNone! },
    ...binary.curve.map((point) => ({ x: point.selectedShare, y: point.valuePerThousand! })),
  ]
  return {
    title: `Value: deciding by it ${resultText(value, currency)} per 1,000 decisions, ${more} than acting on ${than}`,
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height,
      layer: [
        {
          data: { values: points.some(({ y }) => y > 0) && points.some(({ y }) => y < 0) ? [{ y: 0 }] : [] },
          mark: { type: 'rule', strokeWidth: 1, color: colour.reference },
          encoding: { y: { field: 'y', type: 'quantitative' } },
        },
        {
          data: { values: points },
          mark: { type: 'line', color: colour.model },
          encoding: {
            x: {
              field: 'x',
              type: 'quantitative',
              scale: { domain: [0, 1] },
              axis: { title: 'Rows acted on, best scores first', format: '.0%' },
            },
            y: {
              field: 'y',
              type: 'quantitative',
              scale: { zero: false, nice: true },
              axis: { title: `${currency} per 1,000 decisions`, format: ',.4~r' },
            },
            order: { field: 'x' },
          },
        },
        {
          data: { values: plain },
          mark: { type: 'point', filled: true, size: 40, color: colour.reference, opacity: 1 },
          encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
        },
        ...plain.map((at, i) => ({
          data: { values: [at] },
          mark: {
            type: 'text' as const,
            text: at.label,
            align: i === 0 ? ('left' as const) : ('right' as const),
            dx: i === 0 ? 8 : -8,
            dy: i === 0 ? 4 : 15,
          },
          encoding: {
            x: { field: 'x', type: 'quantitative' as const },
            y: { field: 'y', type: 'quantitative' as const },
          },
        })),
        ...decisionMark(
          {
            x: binary.decision.at.selectedShare,
            y: value,
            label: `threshold ${numberText(binary.decision.threshold, 3)}`,
          },
          { align: 'center', dx: 0, dy: -12 },
        ),
      ],
    },
  }
}

function ratesFigure(binary: BinaryDetails): Figure | undefined {
  if (binary.curve.length === 0) return undefined
  const { at, threshold } = binary.decision
  const lines = [
    { name: 'recall', color: colour.model, value: (row: (typeof binary.thresholds)[number]) => row.recall },
    { name: 'precision', color: colour.positive, value: (row: (typeof binary.thresholds)[number]) => row.precision },
    { name: 'F1', color: colour.other, value: (row: (typeof binary.thresholds)[number]) => row.f1 },
  ]
  const right =
    at.precision === undefined ? 'and no row reaches it' : `and ${percentText(at.precision)} of its alarms are right`
  return {
    title: `At ${numberText(threshold, 3)} the model finds ${percentText(at.recall ?? 0)} of the positives, ${right}`,
    spec: {
      autosize: { type: 'fit', contains: 'padding' },
      width,
      height,
      layer: [
        {
          data: { values: [{ x: threshold }] },
          mark: { type: 'rule', strokeDash: [3, 3], color: colour.reference },
          encoding: {
            x: { field: 'x', type: 'quantitative', scale: { domain: [0, 1] }, axis: { title: 'Decision threshold' } },
          },
        },
        ...lines.flatMap(({ name, color, value }) => {
          const points = binary.thresholds.flatMap((row) => {
            const y = value(row)
            return y === undefined ? [] : [{ x: row.threshold, y }]
          })
          const encoding = {
            x: { field: 'x', type: 'quantitative' as const },
            y: {
              field: 'y',
              type: 'quantitative' as const,
              scale: { domain: [0, 1] as [number, number] },
              axis: { title: null },
            },
          }
          return [
            { data: { values: points }, mark: { type: 'line' as const, color }, encoding },
            {
              data: { values: points.slice(0, 1) },
              mark: {
                type: 'text' as const,
                text: name,
                color,
                align: 'right' as const,
                dx: -5,
                fontWeight: 600 as const,
              },
              encoding,
            },
          ]
        }),
      ],
    },
  }
}
