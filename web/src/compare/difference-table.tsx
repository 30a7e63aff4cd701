import { Link } from '@tanstack/react-router'

import type { RunTableRow } from '../../../src/http/native/contract/run.ts'
import { Swatch } from '../charts/swatch.tsx'
import { columnKey } from '../runs/columns.ts'
import { useUrlState } from '../router.tsx'
import { Section } from '../ui/page.tsx'
import { formatNumber } from '../ui/quantities.ts'
import { RunState } from '../ui/status.tsx'
import { bestRuns } from './best-runs.ts'
import type { Comparison } from './requests.ts'

interface Row {
  readonly column: string
  readonly values: readonly RunTableRow['values'][number][]
  readonly differs: boolean
}

/** A row for each param and metric, a column for each run: what differs comes first. */
export function DifferenceTable({
  comparison,
  onRemove,
}: {
  readonly comparison: Comparison
  readonly onRemove: (id: string) => void
}) {
  const [url, setUrl] = useUrlState()
  const { runs, params, metrics, valueOf } = comparison
  const isAll = url['all'] === '1'
  const toRows = (columns: readonly string[]): readonly Row[] => {
    const rows = columns.map((column) => {
      const values = runs.map((run) => valueOf(run, column))
      return { column, values, differs: new Set(values).size > 1 }
    })
    return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)]
  }
  const parts = [
    { name: 'Params', rows: toRows(params) },
    { name: 'Metrics', rows: toRows(metrics) },
  ]
  const same = parts.reduce((sum, { rows }) => sum + rows.filter(({ differs }) => !differs).length, 0)
  const aside =
    same === 0 ? null : (
      <label className="check muted">
        <input
          type="checkbox"
          checked={isAll}
          onChange={(event) => setUrl({ all: event.target.checked ? '1' : undefined })}
        />
        also the {same} that are the same
      </label>
    )
  return (
    <Section title="What differs" aside={aside}>
      <div className="table-scroll" style={{ maxHeight: '64vh' }}>
        <table className="table fixed" style={{ width: 180 + runs.length * 150 }}>
          <colgroup>
            <col style={{ width: 180 }} />
            {runs.map(({ id }) => (
              <col key={id} style={{ width: 150 }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <th scope="col" className="pin">
                <span className="visually-hidden">Name</span>
              </th>
              {runs.map((run) => (
                <RunHead key={run.id} run={run} onRemove={onRemove} />
              ))}
            </tr>
          </thead>
          <tbody>
            {parts.map(({ name, rows }) => {
              const shown = rows.filter(({ differs }) => differs || isAll)
              return [
                <tr key={name} className="group">
                  <td colSpan={runs.length + 1}>
                    {name} <span className="faint">{shown.length === 0 && runs.length > 1 ? 'all the same' : ''}</span>
                  </td>
                </tr>,
                ...shown.map((row) => <ValueRow key={row.column} row={row} runs={runs} />),
              ]
            })}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function RunHead({ run, onRemove }: { readonly run: RunTableRow; readonly onRemove: (id: string) => void }) {
  return (
    <th scope="col" style={{ height: 46, fontSize: 12 }} title={`${run.name} ${run.id}`}>
      <span className="row" style={{ gap: 5 }}>
        <Swatch run={run.id} />
        <Link className="clip grow" to="/runs/$run" params={{ run: run.id }} search={{}}>
          {run.name}
        </Link>
        <button
          type="button"
          className="button quiet"
          style={{ padding: '0 4px', minHeight: 20 }}
          aria-label={`Take ${run.name} out`}
          onClick={() => onRemove(run.id)}
        >
          ×
        </button>
      </span>
      <RunState status={run.status} />
    </th>
  )
}

function ValueRow({ row, runs }: { readonly row: Row; readonly runs: readonly RunTableRow[] }) {
  const key = columnKey(row.column)
  const isMetric = row.column.startsWith('metrics.')
  const best = isMetric && row.differs ? bestRuns(key, row.values) : undefined
  return (
    <tr>
      <th scope="row" className="pin" title={key} style={{ color: row.differs ? 'var(--text)' : 'var(--faint)' }}>
        {key}
      </th>
      {row.values.map((value, index) => {
        const isBest = best?.at.has(index) === true
        return (
          <td
            key={runs[index]!.id}
            className={`num ${isBest ? 'best' : ''}`}
            title={isBest ? `${String(value)}: the ${best.end}` : String(value ?? 'not logged')}
          >
            {value === null ? (
              <span className="faint">–</span>
            ) : typeof value === 'number' ? (
              formatNumber(value)
            ) : (
              value
            )}
          </td>
        )
      })}
    </tr>
  )
}
