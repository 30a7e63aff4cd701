import { Link } from '@tanstack/react-router'

import type { RunDetail, RunGraph } from '../../../src/http/native/contract/run.ts'
import { Graph, type GraphNode } from '../graph/graph.tsx'
import { useUrlState } from '../router.tsx'
import { Section } from '../ui/page.tsx'
import { Duration } from '../ui/quantity.tsx'
import { formatDuration } from '../ui/quantities.ts'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'
import { StepStateMark } from '../ui/status.tsx'
import { useRunSteps } from './requests.ts'

type Step = RunGraph['nodes'][number]

/** The steps of a pipeline run: as a graph, and as a table that says the same. */
export function StepsView({ run }: { readonly run: RunDetail }) {
  const [url, setUrl] = useUrlState()
  const { data, error, refetch } = useRunSteps(run.id, { enabled: true })
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <LoadingRows rows={6} />
  if (data.nodes.length === 0) return <Empty title="No step has begun" command={`baton run ${run.pipeline ?? ''}`} />
  const nodes = data.nodes.map(
    (step): GraphNode => ({
      id: step.id,
      label: step.step,
      className: step.state === 'waiting' ? 'waiting' : '',
      top: <StepStateMark state={step.state} />,
      sub: subOf(step),
      isChosen: url['step'] === step.step,
      onChoose: () => setUrl({ step: url['step'] === step.step ? undefined : step.step }),
    }),
  )
  const chosen = data.nodes.find(({ step }) => step === url['step'])
  return (
    <>
      <Section
        title="Graph"
        aside={
          data.assumed === undefined ? null : <span className="faint">Waiting steps are those of an earlier run.</span>
        }
      >
        <Graph label="Steps of the pipeline run" nodes={nodes} edges={data.edges} />
      </Section>
      {chosen === undefined ? null : <StepCard step={chosen} />}
      <Section title="Steps">
        <div className="table-scroll">
          <table className="table relaxed">
            <thead>
              <tr>
                <th scope="col">Step</th>
                <th scope="col">State</th>
                <th scope="col">Why</th>
                <th scope="col">Result</th>
                <th scope="col" className="num">
                  Took
                </th>
                <th scope="col">Log</th>
              </tr>
            </thead>
            <tbody>
              {data.nodes.map((step) => (
                <tr key={step.id}>
                  <th scope="row">
                    {step.state === 'waiting' ? (
                      step.step
                    ) : (
                      <Link to="/runs/$run" params={{ run: step.id }} search={{}}>
                        {step.step}
                      </Link>
                    )}{' '}
                    <span className="faint">{step.kind}</span>
                  </th>
                  <td>
                    <StepStateMark state={step.state} />
                  </td>
                  <td className="muted">{step.reason}</td>
                  <td>{step.error ?? step.summary ?? ''}</td>
                  <td className="num">
                    {tookMs(step) === undefined || step.state === 'cached' ? '' : <Duration ms={tookMs(step)!} />}
                  </td>
                  <td>
                    {step.state === 'waiting' ? null : (
                      <Link to="." search={{ tab: 'log', step: step.step }} activeProps={{}}>
                        log
                      </Link>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
    </>
  )
}

function tookMs(step: Step): number | undefined {
  if (step.startedMs === undefined) return undefined
  return (step.endedMs ?? Date.now()) - step.startedMs
}

function subOf(step: Step): string {
  if (step.state === 'failed') return step.error ?? 'failed'
  const took = tookMs(step)
  const time = step.state === 'cached' || took === undefined ? '' : `${formatDuration(took)} · `
  return `${time}${step.summary ?? step.reason}`
}

function StepCard({ step }: { readonly step: Step }) {
  return (
    <div className="notice" style={{ marginTop: 12 }} role="status">
      <p>
        <b>{step.step}</b> <StepStateMark state={step.state} /> <span className="muted">{step.reason}</span>
      </p>
      {step.error === undefined ? null : <p className="minus">{step.error}</p>}
      {step.summary === undefined ? null : <p>{step.summary}</p>}
      <p className="row wrap">
        {step.state === 'waiting' ? null : (
          <Link to="/runs/$run" params={{ run: step.id }} search={{}}>
            The step's own run
          </Link>
        )}
        {step.sourceRunId === undefined ? null : (
          <Link to="/runs/$run" params={{ run: step.sourceRunId }} search={{}}>
            The run that made the result
          </Link>
        )}
        <code>baton explain {step.step}</code>
      </p>
    </div>
  )
}
