import { nearest } from '../../../kernel/nearest.ts'
import { UnknownStepError } from '../errors.ts'
import type { Graph, StepNode } from '../graph.ts'

export interface SelectionOptions {
  /** This step alone; the steps before it are taken from the cache. */
  readonly only?: string
  /** This step and all that depend on it; the steps before them are taken from the cache. */
  readonly from?: string
  /** True: every selected step runs. Names: these steps run. */
  readonly force?: boolean | readonly string[]
}

/** Which steps may run, and which are only looked up. */
export interface Selection {
  readonly mayRun: ReadonlySet<string>
  /** Steps that the selected ones need and that must be hits. */
  readonly needed: ReadonlySet<string>
  isForced(step: string): boolean
}

export function selectSteps(graph: Graph, options: SelectionOptions): Selection {
  const names = new Set(graph.steps.map((step) => step.name))
  const forced = typeof options.force === 'object' ? options.force : []
  for (const name of [options.only, options.from, ...forced]) {
    if (name !== undefined && !names.has(name)) {
      throw new UnknownStepError(graph.pipeline, name, nearest(name, names))
    }
  }
  const mayRun = selectRunning(graph, options)
  const needed = new Set<string>()
  for (const node of graph.steps.toReversed()) {
    if (!mayRun.has(node.name) && !needed.has(node.name)) continue
    for (const name of upstream(node)) if (!mayRun.has(name)) needed.add(name)
  }
  return {
    mayRun,
    needed,
    isForced: (step) => mayRun.has(step) && (options.force === true || forced.includes(step)),
  }
}

function selectRunning(graph: Graph, { only, from }: SelectionOptions): Set<string> {
  if (only !== undefined) return new Set([only])
  if (from === undefined) return new Set(graph.steps.map((step) => step.name))
  const selected = new Set([from])
  for (const node of graph.steps) if (upstream(node).some((name) => selected.has(name))) selected.add(node.name)
  return selected
}

/** The steps that a step reads from. */
export function upstream(node: StepNode): readonly string[] {
  return [...new Set(Object.values(node.inputs).map((handle) => handle.step))]
}
