import { useNavigate } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'

import type { RunTableRow } from '../../../src/http/native/contract/run.ts'
import { useShortcuts } from '../ui/shortcuts.ts'
import { groupOf, groupRuns, type RunGroup } from './columns.ts'
import { GroupRow, RunRow, SkeletonRow } from './run-rows.tsx'
import { useNarrow } from '../ui/use-narrow.ts'
import { headingsOf, RunsTableHead } from './runs-table-head.tsx'

const rowHeight = 30

export interface RunsTableProps {
  readonly runs: readonly RunTableRow[]
  readonly total: number
  /** The columns of the values in the rows. */
  readonly columns: readonly string[]
  /** Those of them that are shown. */
  readonly shown: readonly string[]
  readonly experiments: ReadonlyMap<string, string>
  /** True when all runs are of one experiment. */
  readonly hidesExperiment: boolean
  readonly group: string
  readonly order: string
  readonly isOld: boolean
  readonly selected: ReadonlySet<string>
  readonly onSelect: (selected: ReadonlySet<string>) => void
  readonly onCompare: () => void
  readonly onOrder: (order: string | undefined) => void
  readonly onEnd: () => void
}

type Line = { readonly run: RunTableRow } | { readonly group: RunGroup }

/** Only the rows in sight are in the document; the table knows how many there are. */
export function RunsTable(props: RunsTableProps) {
  const { runs, columns, shown, group, order, selected, onSelect } = props
  const scroller = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const [cursor, setCursor] = useState(-1)
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const lines = useMemo((): readonly Line[] => {
    if (group === '') return runs.map((run) => ({ run }))
    const groups = groupRuns(runs, (run) => groupOf(run, group, columns, props.experiments), columns.length)
    return groups.flatMap((each): Line[] => [
      { group: each },
      ...(opened.has(each.name) ? each.runs.map((run) => ({ run })) : []),
    ])
  }, [runs, group, columns, opened, props.experiments])
  const isNarrow = useNarrow()
  const headings = useMemo(
    () => headingsOf(shown, columns, { hidden: new Set(props.hidesExperiment ? ['experiment'] : []), isNarrow }),
    [shown, columns, props.hidesExperiment, isNarrow],
  )
  // Rows that are known to come have their place already.
  const count = group === '' ? Math.max(lines.length, Math.min(props.total, lines.length + 10_000)) : lines.length
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const { onEnd } = props
  useEffect(() => {
    if (last >= lines.length - 100) onEnd()
  }, [last, lines.length, onEnd])
  useEffect(() => setCursor(-1), [group, order])

  const toggle = (id: string): void => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }
  const move = (by: number): void => {
    const next = Math.max(0, Math.min(lines.length - 1, cursor + by))
    setCursor(next)
    virtual.scrollToIndex(next)
  }
  const atCursor = (): Line | undefined => lines[cursor]
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const line = atCursor()
      if (line !== undefined && 'run' in line) toggle(line.run.id)
    },
    Enter: () => {
      const line = atCursor()
      if (line !== undefined && 'run' in line) void navigate({ to: '/runs/$run', params: { run: line.run.id } })
    },
    c: props.onCompare,
    Escape: () => onSelect(new Set()),
  })

  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const width = headings.reduce((sum, heading) => sum + heading.width, 0)
  const nowMs = Date.now()
  return (
    <div className="table-scroll" ref={scroller} style={{ flex: 1, opacity: props.isOld ? 0.6 : 1 }} tabIndex={-1}>
      <table className="table fixed" aria-rowcount={props.total} style={{ width: `max(100%, ${width}px)` }}>
        <caption className="visually-hidden">Runs</caption>
        <colgroup>
          {headings.map((heading) => (
            <col key={heading.id} style={{ width: heading.width }} />
          ))}
        </colgroup>
        <RunsTableHead
          headings={headings}
          order={order}
          onOrder={props.onOrder}
          isAll={selected.size > 0 && selected.size >= Math.min(runs.length, 200)}
          onAll={(all) => onSelect(new Set(all ? runs.slice(0, 200).map(({ id }) => id) : []))}
        />
        <tbody>
          {before > 0 ? <Spacer height={before} span={headings.length} /> : null}
          {items.map(({ index }) => {
            const line = lines[index]
            if (line === undefined) return <SkeletonRow key={`row ${index}`} headings={headings} />
            if ('group' in line)
              return (
                <GroupRow
                  key={`group ${line.group.name}`}
                  group={line.group}
                  headings={headings}
                  isOpen={opened.has(line.group.name)}
                  onToggle={() => setOpened(toggled(opened, line.group.name))}
                />
              )
            const { run } = line
            return (
              <RunRow
                key={run.id}
                run={run}
                index={index}
                headings={headings}
                isSelected={selected.has(run.id)}
                isCursor={index === cursor}
                experiment={props.experiments.get(run.experimentId) ?? ''}
                nowMs={nowMs}
                onToggle={() => toggle(run.id)}
              />
            )
          })}
          {after > 0 ? <Spacer height={after} span={headings.length} /> : null}
        </tbody>
      </table>
    </div>
  )
}

function Spacer({ height, span }: { readonly height: number; readonly span: number }) {
  return (
    <tr aria-hidden="true" style={{ background: 'none' }}>
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
}

function toggled(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(name)) next.add(name)
  return next
}
