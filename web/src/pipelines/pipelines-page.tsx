import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import type { PipelineSummary } from '../../../src/http/native/contract/pipeline.ts'
import { getJson } from '../api/fetch-json.ts'
import { PageHead } from '../ui/page.tsx'
import { Duration, Time } from '../ui/quantity.tsx'
import { formatDuration, formatExact } from '../ui/quantities.ts'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'
import { RunState } from '../ui/status.tsx'

type PipelineRun = PipelineSummary['runs'][number]

/** The pipelines that have run, and how they ended. */
export function PipelinesPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['pipelines'],
    queryFn: ({ signal }) => getJson<{ pipelines: PipelineSummary[] }>('/pipelines', {}, signal),
  })
  return (
    <div className="page scrolls">
      <PageHead question="What ran, and what broke?" />
      <div className="page-body">
        {error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <LoadingRows rows={4} columns={6} />
        ) : data.pipelines.length === 0 ? (
          <Empty title="No pipeline has run yet" command="baton run churn">
            A pipeline is a file in pipelines/; “baton init” writes one for your own table.
          </Empty>
        ) : (
          <div className="table-scroll">
            <table className="table relaxed">
              <thead>
                <tr>
                  <th scope="col">Pipeline</th>
                  <th scope="col">Latest run</th>
                  <th scope="col">Started</th>
                  <th scope="col" className="num">
                    Took
                  </th>
                  <th scope="col">Result</th>
                  <th scope="col">Last 20, oldest first</th>
                </tr>
              </thead>
              <tbody>
                {data.pipelines.map((pipeline) => (
                  <PipelineRow key={pipeline.name} pipeline={pipeline} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </div>
  )
}

function PipelineRow({ pipeline: { name, file, runs } }: { readonly pipeline: PipelineSummary }) {
  const latest = runs[0]!
  return (
    <tr>
      <th scope="row">
        <Link to="/runs/$run" params={{ run: latest.id }} search={{}}>
          {name}
        </Link>
        <div className="faint mono">{file}</div>
      </th>
      <td>
        <RunState status={latest.status} />
      </td>
      <td>
        <Time at={latest.startedMs} />
      </td>
      <td className="num">
        <Duration ms={tookMs(latest)} />
      </td>
      <td>{latest.summary ?? ''}</td>
      <td>
        <RunBars runs={runs.toReversed()} />
      </td>
    </tr>
  )
}

function tookMs(run: PipelineRun): number {
  return (run.endedMs ?? Date.now()) - run.startedMs
}

/** A bar for each run, as high as it took long; a failed one is hatched and says so. */
function RunBars({ runs }: { readonly runs: readonly PipelineRun[] }) {
  const longest = Math.max(1, ...runs.map(tookMs))
  return (
    <span className="bars">
      {runs.map((run) => {
        const label = `${run.status.toLowerCase()}, ${formatDuration(tookMs(run))}, ${formatExact(run.startedMs)}`
        const tone = run.status === 'FAILED' || run.status === 'KILLED' ? 'bad' : run.status === 'RUNNING' ? 'live' : ''
        return (
          <Link
            key={run.id}
            to="/runs/$run"
            params={{ run: run.id }}
            search={{}}
            className={tone}
            style={{ height: 4 + 18 * (tookMs(run) / longest) }}
            title={label}
            aria-label={`Run: ${label}`}
          />
        )
      })}
    </span>
  )
}
