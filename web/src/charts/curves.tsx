import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'

import type { MetricSeries } from '../../../src/http/native/contract/series.ts'
import { getJson } from '../api/fetch-json.ts'
import { useUrlState } from '../router.tsx'
import { Empty, Failure } from '../ui/states.tsx'
import type { CurveOptions } from './curve-chart.tsx'

const CurveChart = lazy(async () => ({ default: (await import('./curve-chart.tsx')).CurveChart }))

/** A chart for each of some metrics, with smoothing, axes, and the numbers as tables. What is chosen is in the address. */
export function Curves({
  runs,
  keys,
  nameOf,
}: {
  readonly runs: readonly string[]
  readonly keys: readonly string[]
  readonly nameOf: (run: string) => string
}) {
  const [url, setUrl] = useUrlState()
  const { data, error, refetch } = useQuery({
    queryKey: ['series', runs, keys],
    queryFn: ({ signal }) =>
      getJson<{ series: MetricSeries[] }>(
        '/metric-series',
        { runs, keys, points: runs.length > 20 ? 400 : 1000 },
        signal,
      ),
    enabled: keys.length > 0,
    placeholderData: keepPreviousData,
  })
  const byKey = useMemo(() => Map.groupBy(data?.series ?? [], ({ key }) => key), [data])
  const options: CurveOptions = {
    smoothing: Math.min(0.99, Number(url['smooth'] ?? 0) || 0),
    isLog: url['log'] === '1',
    axis: url['x'] === 'time' ? 'time' : 'step',
    isTable: url['as'] === 'table',
  }
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (keys.length === 0 || (data !== undefined && data.series.length === 0))
    return (
      <Empty title="There is no curve" command="mlflow.log_metric('loss', value, step=epoch)">
        A metric that is logged more than once is drawn here.
      </Empty>
    )
  return (
    <>
      <div className="controls">
        <label>
          Smoothing
          <input
            type="range"
            min="0"
            max="0.99"
            step="0.01"
            value={options.smoothing}
            onChange={(event) => setUrl({ smooth: event.target.value === '0' ? undefined : event.target.value })}
          />
          <span className="mono">{options.smoothing.toFixed(2)}</span>
        </label>
        <label>
          <input
            type="checkbox"
            checked={options.isLog}
            onChange={(event) => setUrl({ log: event.target.checked ? '1' : undefined })}
          />
          Log axis
        </label>
        <label>
          Over
          <select
            className="select"
            value={options.axis}
            onChange={(event) => setUrl({ x: event.target.value === 'time' ? 'time' : undefined })}
          >
            <option value="step">steps</option>
            <option value="time">time since the start</option>
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={options.isTable}
            onChange={(event) => setUrl({ as: event.target.checked ? 'table' : undefined })}
          />
          As tables
        </label>
        <span className="faint">Drag over a chart to look closer, double click to see all.</span>
      </div>
      <div className="chart-grid">
        {keys.map((key) => {
          const series = byKey.get(key)
          if (data !== undefined && series === undefined) return null
          return (
            <Suspense key={key} fallback={<div className="skeleton" style={{ height: 250 }} />}>
              {series === undefined ? (
                <div className="skeleton" style={{ height: 250 }} role="status" aria-label="loading" />
              ) : (
                <CurveChart title={key} series={series} nameOf={nameOf} options={options} />
              )}
            </Suspense>
          )
        })}
      </div>
    </>
  )
}
