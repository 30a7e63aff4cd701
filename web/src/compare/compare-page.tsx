import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo } from 'react'

import { Curves } from '../charts/curves.tsx'
import { styleRuns } from '../charts/palette.ts'
import { runQuery } from '../run/requests.ts'
import { useUrlState } from '../router.tsx'
import { PageHead, Section } from '../ui/page.tsx'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'
import { DifferenceTable } from './difference-table.tsx'
import { type Comparison, useComparison } from './requests.ts'

const most = 200
const Relations = lazy(async () => ({ default: (await import('./relations.tsx')).Relations }))

/** Runs side by side: what differs in what they were given, and in what came out. */
export function ComparePage() {
  const [url, setUrl] = useUrlState()
  const all = useMemo(() => (url['runs'] ?? '').split(',').filter((id) => id !== ''), [url['runs']])
  const ids = useMemo(() => all.slice(0, most), [all])
  styleRuns(ids)
  const { data, error, refetch } = useComparison(ids)
  const remove = (id: string): void => setUrl({ runs: all.filter((each) => each !== id).join(',') })
  return (
    <div className="page scrolls">
      <PageHead
        crumbs={
          <>
            <Link to="/runs">Runs</Link> / Compare
          </>
        }
        question="What makes these runs differ?"
        actions={
          <span className="muted">{ids.length === 0 ? '' : `${ids.length} run${ids.length === 1 ? '' : 's'}`}</span>
        }
      />
      <div className="page-body">
        {all.length > most ? (
          <p className="notice warn">
            The first {most} of {all.length} runs are compared.
          </p>
        ) : null}
        {ids.length === 0 ? (
          <Empty title="No runs are chosen">
            Select runs in <Link to="/runs">the table</Link> with <kbd>x</kbd>, then press <kbd>c</kbd>.
          </Empty>
        ) : error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <LoadingRows rows={14} columns={4} />
        ) : data.runs.length === 0 ? (
          <Empty title="None of these runs is in this store">
            Its server keeps other runs, or they were removed. <Link to="/runs">All runs</Link>
          </Empty>
        ) : (
          <Compared comparison={data} onRemove={remove} />
        )}
      </div>
    </div>
  )
}

function Compared({
  comparison,
  onRemove,
}: {
  readonly comparison: Comparison
  readonly onRemove: (id: string) => void
}) {
  const ids = useMemo(() => comparison.runs.map(({ id }) => id), [comparison])
  const names = useMemo(
    () => new Map(comparison.runs.map(({ id, name, shortId }) => [id, `${name} ${shortId}`])),
    [comparison],
  )
  const nameOf = useCallback((id: string) => names.get(id) ?? id, [names])
  const first = useQuery(runQuery(ids[0]!))
  const keys = useMemo(
    () =>
      (first.data?.metrics ?? [])
        .filter(({ step }) => step > 0)
        .map(({ key }) => key)
        .slice(0, 8),
    [first.data],
  )
  return (
    <>
      <DifferenceTable comparison={comparison} onRemove={onRemove} />
      {keys.length === 0 ? null : (
        <Section title="Curves">
          <Curves runs={ids} keys={keys} nameOf={nameOf} />
        </Section>
      )}
      {ids.length < 2 ? null : (
        <Suspense fallback={<div className="skeleton" style={{ height: 420, width: '100%', marginTop: 20 }} />}>
          <Relations comparison={comparison} />
        </Suspense>
      )}
    </>
  )
}
