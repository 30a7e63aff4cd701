import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import type { RunDetail } from '../../../src/http/native/contract/run.ts'
import { useUrlState } from '../router.tsx'
import { PageHead } from '../ui/page.tsx'
import { Duration, Time } from '../ui/quantity.tsx'
import { Failure, LoadingLines } from '../ui/states.tsx'
import { RunState } from '../ui/status.tsx'
import { Artifacts } from './artifacts.tsx'
import { CodeView } from './code-view.tsx'
import { LogView } from './log-view.tsx'
import { Overview } from './overview.tsx'
import { useRun } from './requests.ts'
import { RunCurves } from './run-curves.tsx'
import { StepsView } from './steps-view.tsx'

interface Tab {
  readonly id: string
  readonly name: string
  readonly view: (run: RunDetail) => ReactNode
  readonly isShown?: (run: RunDetail) => boolean
}

const tabs: readonly Tab[] = [
  { id: 'overview', name: 'Overview', view: (run) => <Overview run={run} /> },
  { id: 'steps', name: 'Steps', view: (run) => <StepsView run={run} />, isShown: (run) => run.kind === 'pipeline' },
  { id: 'curves', name: 'Curves', view: (run) => <RunCurves run={run} /> },
  { id: 'artifacts', name: 'Artifacts', view: (run) => <Artifacts run={run} /> },
  { id: 'code', name: 'Code and machine', view: (run) => <CodeView run={run} /> },
  { id: 'log', name: 'Log', view: (run) => <LogView run={run} /> },
]

/** One run: what it did and how well. */
export function RunPage() {
  const { run: id } = useParams({ strict: false }) as { run: string }
  const [url] = useUrlState()
  const { data: run, error, refetch } = useRun(id)
  if (error !== null && run === undefined)
    return (
      <div className="page scrolls">
        <PageHead crumbs={<Link to="/runs">Runs</Link>} question="What did this run do, and how well?" />
        <Failure error={error} retry={() => void refetch()} />
      </div>
    )
  if (run === undefined)
    return (
      <div className="page scrolls">
        <PageHead crumbs={<Link to="/runs">Runs</Link>} question="What did this run do, and how well?" />
        <div className="page-body">
          <LoadingLines lines={10} />
        </div>
      </div>
    )
  const shown = tabs.filter((tab) => tab.isShown?.(run) ?? true)
  const first = run.kind === 'pipeline' ? 'steps' : 'overview'
  const tab = shown.find(({ id }) => id === (url['tab'] ?? first)) ?? shown[0]!
  return (
    <div className="page scrolls">
      <PageHead
        crumbs={
          <>
            <Link to="/runs">Runs</Link> /
            <Link to="/runs" search={{ experiment: run.experimentId }}>
              {run.experiment}
            </Link>
            /
            {run.parent === undefined ? null : (
              <>
                <Link to="/runs/$run" params={{ run: run.parent.id }}>
                  {run.parent.name}
                </Link>
                /
              </>
            )}
            <span className="mono" title={run.id}>
              {run.shortId}
            </span>
          </>
        }
        title={run.name}
        question="What did it do, and how well?"
        actions={
          <>
            <Link className="button" to="/lineage" search={{ run: run.id }}>
              Lineage
            </Link>
            <Link className="button" to="/compare" search={{ runs: run.id }}>
              Compare
            </Link>
          </>
        }
      >
        <div className="facts-line">
          <RunState status={run.status} />
          {run.cached ? <span className="tag">from the cache</span> : null}
          <span>
            started <Time at={run.startedMs} />
          </span>
          {run.cached ? null : (
            <span>
              took <Duration ms={(run.endedMs ?? Date.now()) - run.startedMs} />
            </span>
          )}
          {run.user === undefined ? null : <span>by {run.user}</span>}
          {run.modelVersions.map(({ model, version }) => (
            <Link
              key={`${model}@${version}`}
              to="/models/$model"
              params={{ model }}
              search={{ version: String(version) }}
            >
              {model}@{version}
            </Link>
          ))}
          <SummaryLine run={run} />
        </div>
      </PageHead>
      <nav className="tabs" aria-label="Parts of the run">
        {shown.map(({ id, name }) => (
          <Link
            key={id}
            to="."
            search={{ tab: id }}
            aria-current={id === tab.id ? 'page' : undefined}
            resetScroll={false}
            activeProps={{}}
          >
            {name}
          </Link>
        ))}
      </nav>
      <div className="page-body">
        {run.error === undefined ? null : (
          <div className="notice bad" style={{ marginTop: 14 }} role="alert">
            <p>{run.error.message}</p>
            <p className="muted mono">{run.error.code}</p>
          </div>
        )}
        {tab.view(run)}
      </div>
    </div>
  )
}

function SummaryLine({ run }: { readonly run: RunDetail }) {
  const summary = run.tags['baton.summary']
  return summary === undefined ? null : <b>{summary}</b>
}
