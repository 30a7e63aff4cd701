import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'

import type { Lineage, LineageNode } from '../../../src/http/native/contract/lineage.ts'
import { withoutSteps } from './compact.ts'
import { getJson } from '../api/fetch-json.ts'
import { Graph, type GraphNode } from '../graph/graph.tsx'
import { type UrlState, useUrlState } from '../router.tsx'
import { PageHead, Section } from '../ui/page.tsx'
import { Empty, Failure, LoadingRows } from '../ui/states.tsx'

const kinds: Readonly<Record<LineageNode['kind'], string>> = {
  source: 'raw data',
  dataset: 'dataset',
  step: 'step',
  run: 'run',
  artifact: 'files',
  model: 'model version',
}

/** A dataset is known by its shape; the others say what they are. */
function subOf({ kind, detail }: LineageNode): string {
  if (detail === undefined) return kinds[kind]
  return kind === 'step' || kind === 'run' ? `${kinds[kind]} · ${detail}` : detail
}

/** From raw data over dataset versions and runs to model versions. */
export function LineagePage() {
  const [url, setUrl] = useUrlState()
  const navigate = useNavigate()
  const { run, dataset, model } = url
  const {
    data: whole,
    error,
    refetch,
  } = useQuery({
    queryKey: ['lineage', run, dataset, model],
    queryFn: ({ signal }) => getJson<Lineage>('/lineage', { run, dataset, model }, signal),
    placeholderData: keepPreviousData,
  })
  const hasSteps = url['steps'] === '1' || run !== undefined
  const data = useMemo(() => (whole === undefined || hasSteps ? whole : withoutSteps(whole)), [whole, hasSteps])
  const chosen = data?.nodes.find(({ id }) => id === url['node'])
  const nodes = useMemo(
    (): readonly GraphNode[] =>
      (data?.nodes ?? []).map((node) => ({
        id: node.id,
        label: node.label,
        className: `${node.kind === 'model' ? 'model' : node.kind === 'step' || node.kind === 'run' ? '' : node.kind === 'source' ? 'source' : 'data'}${node.focus ? ' focus' : ''}`,
        sub: subOf(node),
        isChosen: url['node'] === node.id,
        onChoose: () => setUrl({ node: url['node'] === node.id ? undefined : node.id }),
      })),
    [data, url, setUrl],
  )
  const subject = run === undefined ? (dataset ?? model) : `run ${run.slice(-8)}`
  return (
    <div className="page scrolls">
      <PageHead
        {...(subject === undefined ? {} : { title: subject })}
        question={
          subject === undefined ? 'What was made from what?' : 'What was it made from, and what was made from it?'
        }
        actions={
          <>
            {run === undefined ? (
              <button
                type="button"
                className="button"
                aria-pressed={hasSteps}
                onClick={() => setUrl({ steps: hasSteps ? undefined : '1' })}
              >
                Steps
              </button>
            ) : null}
            {subject === undefined ? null : (
              <Link className="button" to="/lineage" search={{}}>
                The whole project
              </Link>
            )}
          </>
        }
      />
      <div className="page-body">
        {error !== null ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <LoadingRows rows={8} />
        ) : data.nodes.length === 0 ? (
          <Empty title="Nothing is connected yet" command="baton run churn">
            A pipeline run records what each step has read and made, and so does mlflow.log_input.
          </Empty>
        ) : (
          <>
            {data.truncated ? (
              <p className="notice warn">
                The graph is larger than what is shown. Choose a dataset or a model to see its own.
              </p>
            ) : null}
            <Graph label="Lineage" nodes={nodes} edges={data.edges} />
            {chosen === undefined ? (
              <p className="faint" style={{ padding: '8px 0' }}>
                Press a node to see where it leads.
              </p>
            ) : (
              <Chosen node={chosen} onFocus={(search) => void navigate({ to: '/lineage', search: search })} />
            )}
            <LineageTable lineage={data} />
          </>
        )}
      </div>
    </div>
  )
}

function NodeLink({ node }: { readonly node: LineageNode }) {
  if (node.model !== undefined)
    return (
      <Link to="/models/$model" params={{ model: node.model.name }} search={{ version: String(node.model.version) }}>
        {node.label}
      </Link>
    )
  if (node.dataset !== undefined)
    return (
      <Link
        to="/datasets/$dataset"
        params={{ dataset: node.dataset.name }}
        search={{ version: String(node.dataset.version) }}
      >
        {node.label}
      </Link>
    )
  if (node.runId !== undefined)
    return (
      <Link to="/runs/$run" params={{ run: node.runId }} search={{}}>
        {node.label}
      </Link>
    )
  return <span title={node.detail}>{node.label}</span>
}

function Chosen({ node, onFocus }: { readonly node: LineageNode; readonly onFocus: (search: UrlState) => void }) {
  const search =
    node.model !== undefined
      ? { model: `${node.model.name}@${node.model.version}` }
      : node.dataset !== undefined
        ? { dataset: `${node.dataset.name}@${node.dataset.version}` }
        : node.runId !== undefined
          ? { run: node.runId }
          : undefined
  return (
    <div className="notice row wrap" style={{ margin: '12px 0' }} role="status">
      <span className="muted">{kinds[node.kind]}</span>
      <b>
        <NodeLink node={node} />
      </b>
      <span className="muted mono">{node.detail}</span>
      {search === undefined ? null : (
        <button type="button" className="button" onClick={() => onFocus(search)}>
          Only what belongs to it
        </button>
      )}
    </div>
  )
}

/** The same graph as rows, for readers and for finding a word in it. */
function LineageTable({ lineage }: { readonly lineage: Lineage }) {
  const names = new Map(lineage.nodes.map((node) => [node.id, node]))
  const list = (ids: readonly string[]) => ids.map((id) => names.get(id)?.label ?? id).join(', ')
  return (
    <Section title="As a table">
      <div className="table-scroll">
        <table className="table relaxed">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Kind</th>
              <th scope="col">Made from</th>
              <th scope="col">Leads to</th>
            </tr>
          </thead>
          <tbody>
            {lineage.nodes.map((node) => (
              <tr key={node.id}>
                <th scope="row">
                  <NodeLink node={node} />
                </th>
                <td className="muted">{kinds[node.kind]}</td>
                <td>{list(lineage.edges.filter(({ to }) => to === node.id).map(({ from }) => from))}</td>
                <td>{list(lineage.edges.filter(({ from }) => from === node.id).map(({ to }) => to))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
