import type { ModelVersion } from '../../../modules/models/index.ts'
import type { DataUse, RunDatum, RunInfo } from '../../../modules/tracking/index.ts'
import type { Lineage, LineageNode } from '../contract/lineage.ts'
import type { Trace } from './trace.ts'

/** What is known about the runs, versions and sources of a trace. */
export interface LineageFacts {
  readonly runs: readonly RunInfo[]
  readonly models: readonly ModelVersion[]
  /** Where a dataset version was read from; undefined when it was made from others. */
  sourceOf(datum: RunDatum): string | undefined
  /** True for the node that was asked about. */
  isFocus(node: LineageNode): boolean
}

const dataId = ({ digest, dataset }: RunDatum): string => `data:${dataset ?? ''}:${digest}`

function dataNode(datum: RunDatum): Omit<LineageNode, 'focus'> {
  const { kind, dataset, version, rows, name } = datum
  const id = dataId(datum)
  if (dataset === undefined) return { id, kind: 'artifact', label: name, detail: kind }
  const detail = rows === undefined ? kind : `${rows.toLocaleString('en-US')} rows`
  if (version === undefined) return { id, kind: 'dataset', label: dataset, detail }
  return { id, kind: 'dataset', label: `${dataset}@${version}`, detail, dataset: { name: dataset, version } }
}

function runNode(run: RunInfo): Omit<LineageNode, 'focus'> {
  const detail = run.kind === 'step' ? (run.pipeline ?? 'step') : run.kind
  return {
    id: `run:${run.id}`,
    kind: run.kind === 'step' ? 'step' : 'run',
    label: run.step ?? run.name,
    detail,
    status: run.status,
    runId: run.id,
  }
}

/** A trace as nodes and edges: sources, dataset versions, what runs made of them, and model versions. */
export function toLineage(trace: Trace, facts: LineageFacts): Lineage {
  const nodes = new Map<string, LineageNode>()
  const edges = new Map<string, Lineage['edges'][number]>()
  const addNode = (node: Omit<LineageNode, 'focus'>): void => {
    if (!nodes.has(node.id)) nodes.set(node.id, { ...node, focus: facts.isFocus({ ...node, focus: false }) })
  }
  const addEdge = (from: string, to: string, label?: string): void => {
    edges.set(`${from}\n${to}`, label === undefined ? { from, to } : { from, to, label })
  }
  const runs = new Map(facts.runs.map((run) => [run.id, run]))
  for (const { runId, side, datum } of trace.uses) {
    const run = runs.get(runId)
    if (run === undefined) continue
    addNode(runNode(run))
    addNode(dataNode(datum))
    if (side === 'input') addEdge(dataId(datum), `run:${runId}`, datum.name)
    else addEdge(`run:${runId}`, dataId(datum), datum.name)
  }
  addSources(trace.uses, facts, { addNode, addEdge })
  for (const version of facts.models) {
    const id = `model:${version.model}@${version.version}`
    const maker = `run:${version.runId ?? ''}`
    const digest = version.origin === 'gate' ? version.modelDigest : undefined
    const bytes = digest && [...nodes.keys()].find((node) => node.startsWith('data:') && node.endsWith(digest))
    const from = nodes.has(maker) ? maker : bytes
    if (from === undefined) continue
    const name = { name: version.model, version: version.version }
    addNode({ id, kind: 'model', label: `${version.model}@${version.version}`, detail: 'model version', model: name })
    addEdge(from, id)
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated: trace.truncated }
}

function addSources(
  uses: readonly DataUse[],
  facts: LineageFacts,
  graph: { addNode(node: Omit<LineageNode, 'focus'>): void; addEdge(from: string, to: string): void },
): void {
  const withInputs = new Set(uses.filter(({ side }) => side === 'input').map(({ runId }) => runId))
  for (const { runId, side, datum } of uses) {
    if (side === 'input' || withInputs.has(runId)) continue
    const source = facts.sourceOf(datum)
    if (source === undefined) continue
    graph.addNode({
      id: `source:${source}`,
      kind: 'source',
      label: source.slice(source.lastIndexOf('/') + 1),
      detail: source,
    })
    graph.addEdge(`source:${source}`, `run:${runId}`)
  }
}
