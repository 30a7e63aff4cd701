import type { Run, RunDatum } from '../../../modules/tracking/index.ts'
import type { RunGraph, StepState } from '../contract/run.ts'
import { present, toWireDatum } from './present-run.ts'

type Node = RunGraph['nodes'][number]
type Edge = RunGraph['edges'][number]

function stateOf(run: Run): StepState {
  if (run.cached) return 'cached'
  switch (run.status) {
    case 'FINISHED':
      return 'ran'
    case 'FAILED':
      return 'failed'
    case 'KILLED':
      return 'stopped'
    case 'RUNNING':
    case 'SCHEDULED':
      return 'running'
  }
}

function toNode(run: Run): Node {
  return {
    id: run.id,
    step: run.step ?? run.name,
    kind: run.tags['baton.step_kind'] ?? 'step',
    state: stateOf(run),
    reason: run.cached ? 'unchanged' : (run.tags['baton.reason'] ?? ''),
    outputs: run.outputs.map(toWireDatum),
    ...present({
      summary: run.tags['baton.summary'],
      error: run.error?.message,
      sourceRunId: run.tags['baton.source_run'],
      startedMs: run.startedMs,
      endedMs: run.endedMs,
    }),
  }
}

const isSame = (a: RunDatum, b: RunDatum): boolean => a.digest === b.digest && (a.dataset ?? '') === (b.dataset ?? '')

/** An input came from the step that has made this very content. */
function edgesOf(steps: readonly Run[], nameOf: (run: Run) => string): Edge[] {
  const edges: Edge[] = []
  for (const reader of steps) {
    for (const input of reader.inputs) {
      const maker = steps.find((step) => step !== reader && step.outputs.some((output) => isSame(output, input)))
      if (maker !== undefined) edges.push({ from: nameOf(maker), to: nameOf(reader), label: input.name })
    }
  }
  return edges
}

/**
 * The steps of a pipeline run as a graph, from what they have recorded. While it runs, the steps that have not begun
 * are those of an earlier run of the pipeline, shown as waiting.
 */
export function toRunGraph(
  steps: readonly Run[],
  earlier?: { readonly run: Run; readonly steps: readonly Run[] },
): RunGraph {
  const begun = new Set(steps.map((run) => run.step))
  const waiting = (earlier?.steps ?? []).filter((run) => !begun.has(run.step))
  const idOf = new Map(steps.map((run) => [run.step, run.id as string]))
  const assumed = edgesOf(earlier?.steps ?? [], (run) => idOf.get(run.step) ?? run.step ?? run.id)
  const edges = [...edgesOf(steps, (run) => run.id), ...assumed]
  const unique = new Map(edges.map((edge) => [`${edge.from}\n${edge.to}\n${edge.label}`, edge]))
  return {
    nodes: [...steps.map(toNode), ...waiting.map((run): Node => ({ ...toWaiting(run), id: run.step ?? run.id }))],
    edges: [...unique.values()],
    ...(earlier === undefined || waiting.length === 0 ? {} : { assumed: earlier.run.id }),
  }
}

function toWaiting(run: Run): Node {
  const { step, kind } = toNode(run)
  return { id: step, step, kind, state: 'waiting', reason: 'waits for the steps before it', outputs: [] }
}
