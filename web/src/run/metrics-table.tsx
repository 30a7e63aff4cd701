import type { Metric } from '../../../src/http/native/contract/run.ts'
import { Num } from '../ui/quantity.tsx'

interface Shown extends Metric {
  readonly lower?: Metric['value']
  readonly upper?: Metric['value']
}

/** Metrics with their intervals: `rocAuc.lower` and `rocAuc.upper` belong to `rocAuc`. */
export function withIntervals(metrics: readonly Metric[]): readonly Shown[] {
  const byKey = new Map(metrics.map((metric) => [metric.key, metric]))
  return metrics
    .filter(({ key }) => !/\.(lower|upper)$/.test(key) || !byKey.has(key.replace(/\.(lower|upper)$/, '')))
    .map((metric) => {
      const lower = byKey.get(`${metric.key}.lower`)?.value
      const upper = byKey.get(`${metric.key}.upper`)?.value
      return lower === undefined || upper === undefined ? metric : { ...metric, lower, upper }
    })
}

export function MetricsTable({ metrics }: { readonly metrics: readonly Metric[] }) {
  const shown = withIntervals(metrics)
  const hasInterval = shown.some(({ lower }) => lower !== undefined)
  const hasSteps = shown.some(({ step }) => step !== 0)
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">metric</th>
          <th scope="col" className="num">
            value
          </th>
          {hasInterval ? (
            <th scope="col" className="num">
              95 % interval
            </th>
          ) : null}
          {hasSteps ? (
            <th scope="col" className="num">
              step
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {shown.map(({ key, value, lower, upper, step }) => (
          <tr key={key}>
            <th scope="row" style={{ color: 'var(--text)' }}>
              {key}
            </th>
            <td className="num">
              <Num value={value} />
            </td>
            {hasInterval ? (
              <td className="num faint">
                {lower === undefined || upper === undefined ? (
                  ''
                ) : (
                  <>
                    [<Num value={lower} />, <Num value={upper} />]
                  </>
                )}
              </td>
            ) : null}
            {hasSteps ? <td className="num faint">{step === 0 ? '' : step}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
