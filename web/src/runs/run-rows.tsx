import { Link } from '@tanstack/react-router'
import { memo } from 'react'

import type { RunTableRow } from '../../../src/http/native/contract/run.ts'
import { formatAgo, formatCount, formatDuration, formatExact, formatNumber } from '../ui/quantities.ts'
import { RunState } from '../ui/status.tsx'
import { durationOf, type RunGroup } from './columns.ts'
import type { Heading } from './runs-table-head.tsx'

interface RunRowProps {
  readonly run: RunTableRow
  readonly index: number
  readonly headings: readonly Heading[]
  readonly isSelected: boolean
  readonly isCursor: boolean
  readonly experiment: string
  readonly nowMs: number
  readonly onToggle: () => void
}

export const RunRow = memo(
  function RunRow({ run, index, headings, isSelected, isCursor, experiment, nowMs, onToggle }: RunRowProps) {
    return (
      <tr
        className={`${isSelected ? 'selected' : ''}${isCursor ? ' cursor' : ''}`}
        aria-rowindex={index + 1}
        aria-selected={isSelected}
      >
        {headings.map((heading) => {
          switch (heading.id) {
            case 'select':
              return (
                <td key="select" className="pin">
                  <input type="checkbox" aria-label={`Select ${run.name}`} checked={isSelected} onChange={onToggle} />
                </td>
              )
            case 'name':
              return (
                <th key="name" scope="row" className="name pin second">
                  <Link to="/runs/$run" params={{ run: run.id }} title={`${run.name} · ${run.id}`} preload={false}>
                    {run.step === undefined ? run.name : `${run.pipeline ?? ''} / ${run.step}`}
                  </Link>{' '}
                  {run.kind === 'pipeline' ? <span className="tag">pipeline</span> : null}
                </th>
              )
            case 'state':
              return (
                <td key="state">
                  <RunState status={run.status} />
                </td>
              )
            case 'started':
              return (
                <td key="started" className="muted" title={formatExact(run.startedMs)}>
                  {formatAgo(run.startedMs, nowMs)}
                </td>
              )
            case 'took':
              return (
                <td key="took" className="num muted">
                  {formatDuration(durationOf(run, nowMs))}
                </td>
              )
            case 'experiment':
              return (
                <td key="experiment" className="muted" title={experiment}>
                  {experiment}
                </td>
              )
            case 'user':
              return (
                <td key="user" className="muted">
                  {run.user ?? ''}
                </td>
              )
            default:
              return <ValueCell key={heading.id} heading={heading} value={run.values[heading.at ?? -1] ?? null} />
          }
        })}
      </tr>
    )
  },
  (a, b) =>
    a.run === b.run &&
    a.headings === b.headings &&
    a.isSelected === b.isSelected &&
    a.isCursor === b.isCursor &&
    a.experiment === b.experiment &&
    a.index === b.index,
)

function ValueCell({ heading, value }: { readonly heading: Heading; readonly value: RunTableRow['values'][number] }) {
  if (value === null) return <td className={heading.isNumber ? 'num faint' : 'faint'}>–</td>
  if (typeof value === 'number')
    return (
      <td className="num" title={String(value)}>
        {formatNumber(value)}
      </td>
    )
  // Params are texts; those that are numbers stand where numbers stand.
  const isNumber = heading.isNumber || /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)
  return (
    <td className={isNumber ? 'num' : ''} title={value}>
      {value}
    </td>
  )
}

export function GroupRow({
  group,
  headings,
  isOpen,
  onToggle,
}: {
  readonly group: RunGroup
  readonly headings: readonly Heading[]
  readonly isOpen: boolean
  readonly onToggle: () => void
}) {
  const first = headings.findIndex((heading) => heading.at !== undefined)
  const span = first === -1 ? headings.length : first
  return (
    <tr className="group">
      <td colSpan={span}>
        <button type="button" className="sort" aria-expanded={isOpen} onClick={onToggle}>
          <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {group.name}{' '}
          <span className="faint">{formatCount(group.runs.length)} runs, means</span>
        </button>
      </td>
      {headings.slice(span).map((heading) => {
        const mean = group.means[heading.at ?? -1] ?? null
        return (
          <td key={heading.id} className="num" title={mean === null ? '' : `mean ${mean}`}>
            {mean === null ? '' : formatNumber(mean)}
          </td>
        )
      })}
    </tr>
  )
}

/** A row that is known to come. */
export function SkeletonRow({ headings }: { readonly headings: readonly Heading[] }) {
  return (
    <tr aria-hidden="true">
      {headings.map((heading, index) => (
        <td key={heading.id}>{index === 0 ? null : <span className="skeleton" style={{ width: '60%' }} />}</td>
      ))}
    </tr>
  )
}
