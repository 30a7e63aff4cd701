import 'uplot/dist/uPlot.min.css'

import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'

import type { MetricSeries } from '../../../src/http/native/contract/series.ts'
import { formatDuration, formatNumber } from '../ui/quantities.ts'
import { alignCurves, type CurveAxis, toCurve } from './curve-data.ts'
import { pageColor, styleOfRun } from './palette.ts'
import { Swatch } from './swatch.tsx'

export interface CurveOptions {
  readonly axis: CurveAxis
  readonly smoothing: number
  readonly isLog: boolean
  readonly isTable: boolean
}

interface CurveChartProps {
  readonly title: string
  readonly series: readonly MetricSeries[]
  readonly nameOf: (run: string) => string
  readonly options: CurveOptions
}

const height = 230
const rawShown = 20

/** One metric of one or many runs over their steps; a table says the same. */
export function CurveChart({ title, series, nameOf, options }: CurveChartProps) {
  const longest = Math.max(0, ...series.map(({ total }) => total))
  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <span className="faint">{series.length > 1 ? `${series.length} runs` : `${longest} points`}</span>
      </figcaption>
      {options.isTable ? (
        <CurveTable title={title} series={series} nameOf={nameOf} />
      ) : (
        <Plot title={title} series={series} nameOf={nameOf} options={options} />
      )}
      {options.isTable || series.length < 2 || series.length > 12 ? null : (
        <div className="legend" aria-hidden="true">
          {series.map(({ run }) => (
            <span key={run}>
              <Swatch run={run} /> {nameOf(run)}
            </span>
          ))}
        </div>
      )}
    </figure>
  )
}

function useTheme(): number {
  const [version, setVersion] = useState(0)
  useEffect(() => {
    const change = (): void => setVersion((before) => before + 1)
    addEventListener('baton-theme', change)
    return () => removeEventListener('baton-theme', change)
  }, [])
  return version
}

interface Tip {
  readonly x: number
  readonly y: number
  readonly run: string
  readonly text: string
}

function Plot({ title, series, nameOf, options }: CurveChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const [tip, setTip] = useState<Tip | undefined>()
  const theme = useTheme()
  const { axis, smoothing, isLog } = options
  const drawn = useMemo(() => {
    const curves = series.map((each) => toCurve(each, { axis, smoothing, isLog }))
    const raw =
      smoothing > 0 && series.length <= rawShown
        ? series.map((each) => toCurve(each, { axis, smoothing: 0, isLog }))
        : []
    return { curves, raw, data: alignCurves([...curves, ...raw]) }
  }, [series, axis, smoothing, isLog])
  useEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const grid = { stroke: pageColor('line'), width: 1 }
    const lineOf = (run: string, isRaw: boolean): uPlot.Series => {
      const { color, dash } = styleOfRun(run)
      const isCrowd = drawn.curves.length > 40
      return {
        stroke: isRaw ? `${color}44` : isCrowd ? `${color}99` : color,
        width: isRaw || isCrowd ? 1 : 1.6,
        dash: [...dash],
        points: { show: drawn.data[0].length < 25 },
      }
    }
    const plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { focus: { prox: 24 }, points: { size: 7 }, drag: { x: true, y: false } },
        focus: { alpha: series.length > 1 ? 0.25 : 1 },
        scales: { x: { time: false }, y: isLog ? { distr: 3 } : {} },
        axes: [
          {
            stroke: pageColor('muted'),
            grid,
            ticks: grid,
            font: '11px system-ui',
            size: 28,
            values: (_, ticks) => ticks.map((tick) => (axis === 'time' ? formatDuration(tick * 1000) : String(tick))),
          },
          {
            stroke: pageColor('muted'),
            grid,
            ticks: grid,
            font: '11px ui-monospace, monospace',
            size: 56,
            values: (_, ticks) =>
              ticks.map((tick) =>
                tick === null
                  ? ''
                  : formatNumber(tick)
                      .replace(/(\.\d*?)0+$/, '$1')
                      .replace(/\.$/, ''),
              ),
          },
        ],
        series: [
          {},
          ...drawn.curves.map(({ run }) => lineOf(run, false)),
          ...drawn.raw.map(({ run }) => lineOf(run, true)),
        ],
        hooks: {
          setCursor: [
            (u) => {
              const { left = -1, top = 0, idxs } = u.cursor
              if (left < 0) return setTip(undefined)
              const near = nearest(u, drawn.curves.length, top)
              if (near === undefined) return setTip(undefined)
              const index = idxs?.[near] ?? 0
              const x = u.data[0][index ?? 0]!
              const value = u.data[near]?.[index ?? 0]
              const place = axis === 'time' ? formatDuration(x * 1000) : `step ${x}`
              setTip({
                x: left,
                y: top,
                run: drawn.curves[near - 1]!.run,
                text: `${typeof value === 'number' ? formatNumber(value) : '–'} · ${place}`,
              })
              return undefined
            },
          ],
        },
      },
      drawn.data as unknown as uPlot.AlignedData,
      element,
    )
    const resize = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      plot.destroy()
    }
  }, [drawn, isLog, axis, series.length, theme])
  return (
    <div className="plot" role="img" aria-label={`Curve of ${title}; the table view has its numbers`}>
      <div ref={box} />
      {tip === undefined ? null : (
        <div
          className="chart-tip"
          style={{ left: Math.min(tip.x + 70, (box.current?.clientWidth ?? 400) - 190), top: Math.max(0, tip.y - 34) }}
        >
          <span className="row">
            <Swatch run={tip.run} /> <span className="clip">{nameOf(tip.run)}</span>
          </span>
          <span className="mono">{tip.text}</span>
        </div>
      )}
    </div>
  )
}

/** The curve that is nearest to the pointer where the pointer is. */
function nearest(plot: uPlot, curves: number, top: number): number | undefined {
  let best: number | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (let index = 1; index <= curves; index += 1) {
    const place = plot.cursor.idxs?.[index]
    const value = place === undefined || place === null ? undefined : plot.data[index]?.[place]
    if (typeof value !== 'number') continue
    const distance = Math.abs(plot.valToPos(value, 'y') - top)
    if (distance < bestDistance) {
      best = index
      bestDistance = distance
    }
  }
  return best
}

function CurveTable({ title, series, nameOf }: Omit<CurveChartProps, 'options'>) {
  return (
    <div className="table-scroll" style={{ maxHeight: 300 }}>
      <table className="table">
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">run</th>
            {['first', 'last', 'lowest', 'highest', 'points'].map((name) => (
              <th key={name} scope="col" className="num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.map(({ run, values, total }) => {
            const finite = values.filter((value) => value !== null)
            const cells = [
              finite[0],
              finite.at(-1),
              finite.length > 0 ? Math.min(...finite) : undefined,
              finite.length > 0 ? Math.max(...finite) : undefined,
            ]
            return (
              <tr key={run}>
                <th scope="row">{nameOf(run)}</th>
                {cells.map((value, index) => (
                  <td key={index} className="num">
                    {value === undefined ? '–' : formatNumber(value)}
                  </td>
                ))}
                <td className="num">{total}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
