import { useNavigate } from '@tanstack/react-router'
import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'

import { EChart } from '../charts/echart.tsx'
import { pageColor, styleOfRun } from '../charts/palette.ts'
import { columnKey } from '../runs/columns.ts'
import { useUrlState } from '../router.tsx'
import { Section } from '../ui/page.tsx'
import { formatNumber } from '../ui/quantities.ts'
import type { Comparison } from './requests.ts'

const viridis = ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#fde725']
const mostAxes = 9
/** Metrics that say how the work went, not how good the result is. */
const aboutWork = /seconds|duration|latency|rows|count|rounds|size/i

type Value = string | number | null

/** A param is text; where all of them are numbers it is one. */
function axisOf(comparison: Comparison, column: string) {
  const values = comparison.runs.map((run) => comparison.valueOf(run, column))
  const numbers = values.map(toNumber)
  const isNumeric = values.every((value, index) => value === null || numbers[index] !== null)
  const categories = isNumeric ? [] : [...new Set(values.map((value) => String(value ?? '–')))].toSorted()
  return {
    column,
    isNumeric,
    categories,
    values: isNumeric ? numbers : values.map((value) => String(value ?? '–')),
    distinct: new Set(values).size,
  }
}

function toNumber(value: Value): number | null {
  if (typeof value === 'number') return value
  return value !== null && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : null
}

/** How params and metrics go together: parallel coordinates, and any two against each other. */
export function Relations({ comparison }: { readonly comparison: Comparison }) {
  const [url, setUrl] = useUrlState()
  const navigate = useNavigate()
  const axes = useMemo(
    () =>
      [...comparison.params, ...comparison.metrics]
        .map((column) => axisOf(comparison, column))
        .filter(({ distinct }) => distinct > 1),
    [comparison],
  )
  const metrics = axes.filter(({ column }) => column.startsWith('metrics.'))
  const params = axes.filter(({ column }) => column.startsWith('params.'))
  const target =
    metrics.find(({ column }) => column === url['target']) ??
    metrics.find(({ column }) => !aboutWork.test(column)) ??
    metrics[0]
  const chosen = useMemo(
    () =>
      target === undefined
        ? []
        : [...params.slice(0, mostAxes - 3), ...metrics.filter((axis) => axis !== target).slice(0, 2), target],
    [params, metrics, target],
  )
  const first = axes.find(({ column }) => column === url['sx']) ?? params.find(({ isNumeric }) => isNumeric) ?? axes[0]
  const second = axes.find(({ column }) => column === url['sy']) ?? target
  const parallel = useMemo(
    () => (target === undefined ? undefined : parallelOption(comparison, chosen, target)),
    [comparison, chosen, target],
  )
  const scatter = useMemo(
    () => (first === undefined || second === undefined ? undefined : scatterOption(comparison, first, second)),
    [comparison, first, second],
  )
  if (axes.length < 2) return null
  const select = (name: string, label: string, value: string | undefined, options: typeof axes) => (
    <label>
      {label}
      <select className="select" value={value} onChange={(event) => setUrl({ [name]: event.target.value })}>
        {options.map(({ column }) => (
          <option key={column} value={column}>
            {columnKey(column)}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      {parallel === undefined ? null : (
        <Section title="Parallel coordinates">
          <div className="controls">
            {select('target', 'Coloured by', target?.column, metrics)}
            <span className="faint">Drag along an axis to keep the runs between; the table above has the numbers.</span>
          </div>
          <EChart option={parallel} label="Parallel coordinates of the params and metrics that differ" />
        </Section>
      )}
      {scatter === undefined ? null : (
        <Section title="One against another">
          <div className="controls">
            {select('sx', 'Across', first?.column, axes)}
            {select('sy', 'Up', second?.column, axes)}
          </div>
          <EChart
            option={scatter}
            label={`Scatter of ${columnKey(second!.column)} over ${columnKey(first!.column)}`}
            onChoose={(run) => void navigate({ to: '/runs/$run', params: { run }, search: {} })}
          />
        </Section>
      )}
    </>
  )
}

type Axis = ReturnType<typeof axisOf>

function parallelOption(comparison: Comparison, axes: readonly Axis[], target: Axis): EChartsCoreOption {
  const finite = target.values.filter((value) => typeof value === 'number')
  const text = { color: pageColor('muted'), fontSize: 11 }
  return {
    animation: false,
    parallel: { left: 50, right: 90, top: 40, bottom: 30 },
    parallelAxis: axes.map((axis, dim) => ({
      dim,
      name: columnKey(axis.column),
      nameTextStyle: { ...text, color: pageColor('text') },
      axisLabel: text,
      axisLine: { lineStyle: { color: pageColor('line-strong') } },
      ...(axis.isNumeric ? { type: 'value', scale: true } : { type: 'category', data: axis.categories }),
    })),
    visualMap: {
      show: true,
      right: 0,
      top: 'middle',
      dimension: axes.indexOf(target),
      min: Math.min(...finite),
      max: Math.max(...finite),
      precision: 4,
      // The darkest end is lost on a dark ground.
      inRange: { color: document.documentElement.dataset['theme'] === 'dark' ? viridis.slice(1) : viridis },
      textStyle: text,
      itemHeight: 180,
    },
    series: [
      {
        type: 'parallel',
        lineStyle: { width: comparison.runs.length > 40 ? 1.2 : 2, opacity: comparison.runs.length > 40 ? 0.5 : 0.85 },
        data: comparison.runs.map((run, index) => ({
          name: run.id,
          value: axes.map((axis) => axis.values[index] ?? '-'),
        })),
      },
    ],
  }
}

function scatterOption(comparison: Comparison, across: Axis, up: Axis): EChartsCoreOption {
  const text = { color: pageColor('muted'), fontSize: 11 }
  const axis = (of: Axis, place: 'x' | 'y') => ({
    name: columnKey(of.column),
    nameLocation: 'middle',
    nameGap: place === 'x' ? 30 : 52,
    nameTextStyle: { ...text, color: pageColor('text') },
    axisLabel: text,
    axisLine: { lineStyle: { color: pageColor('line-strong') } },
    splitLine: { lineStyle: { color: pageColor('line') } },
    ...(of.isNumeric ? { type: 'value', scale: true } : { type: 'category', data: of.categories }),
  })
  return {
    animation: false,
    grid: { left: 72, right: 20, top: 16, bottom: 50 },
    xAxis: axis(across, 'x'),
    yAxis: axis(up, 'y'),
    tooltip: {
      confine: true,
      formatter: ({ data }: { data: { label: string; value: readonly Value[] } }) => {
        const [x, y] = data.value.map((value) => (typeof value === 'number' ? formatNumber(value) : String(value)))
        const box = document.createElement('div')
        box.textContent = `${data.label}\n${columnKey(across.column)} ${x}\n${columnKey(up.column)} ${y}`
        box.style.whiteSpace = 'pre'
        return box
      },
    },
    series: [
      {
        type: 'scatter',
        symbolSize: 9,
        data: comparison.runs.map((run, index) => ({
          name: run.id,
          label: run.name,
          value: [across.values[index], up.values[index]],
          itemStyle: { color: styleOfRun(run.id).color },
        })),
      },
    ],
  }
}
