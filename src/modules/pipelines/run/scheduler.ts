import type { Graph, OutputRef, StepNode } from '../graph.ts'
import type { CachedStep } from '../recorder.ts'
import type { StepOutcome } from './events.ts'
import type { Inputs } from './planner.ts'
import { type Selection, upstream } from './selection.ts'

/** Which steps are done, which can be planned, which wait. */
export interface Scheduler {
  readonly outcomes: Map<string, StepOutcome>
  readonly cached: CachedStep[]
  /** Steps whose inputs have just become known. */
  takeReady(): readonly StepNode[]
  finish(node: StepNode, outcome: StepOutcome): void
  inputsOf(node: StepNode): Inputs
  /** Marks every step without an outcome as skipped. */
  skipRest(reason: (node: StepNode) => string): readonly StepOutcome[]
}

/** Opens the order of a graph's selected steps. */
export function createScheduler(graph: Graph, selection: Selection): Scheduler {
  const taken = graph.steps.filter((node) => selection.mayRun.has(node.name) || selection.needed.has(node.name))
  const order = new Map(graph.steps.map((node, index) => [node.name, index]))
  const readers = new Map<string, StepNode[]>()
  const waitsFor = new Map<string, number>()
  const outcomes = new Map<string, StepOutcome>()
  let ready: StepNode[] = []
  for (const node of taken) {
    const counted = upstream(node).filter((name) => selection.mayRun.has(name) || selection.needed.has(name))
    waitsFor.set(node.name, counted.length)
    for (const name of counted) readers.set(name, [...(readers.get(name) ?? []), node])
    if (counted.length === 0) ready.push(node)
  }
  return {
    outcomes,
    cached: [],
    takeReady() {
      const wave = ready.toSorted((a, b) => order.get(a.name)! - order.get(b.name)!)
      ready = []
      return wave
    },
    finish(node, outcome) {
      outcomes.set(node.name, outcome)
      if (outcome.state !== 'ran' && outcome.state !== 'cached') return
      for (const reader of readers.get(node.name) ?? []) {
        const left = waitsFor.get(reader.name)! - 1
        waitsFor.set(reader.name, left)
        if (left === 0) ready.push(reader)
      }
    },
    inputsOf(node) {
      const entries = Object.entries(node.inputs).map(([name, handle]): [string, OutputRef] => {
        const output = outcomes.get(handle.step)?.outputs[handle.output]
        if (output === undefined) throw new TypeError(`step ${handle.step} has no result yet`)
        return [name, output]
      })
      return Object.fromEntries(entries)
    },
    skipRest(reason) {
      const skipped: StepOutcome[] = []
      for (const node of graph.steps) {
        if (outcomes.has(node.name)) continue
        const outcome: StepOutcome = { ...nothing(node), state: 'skipped', reason: reason(node) }
        outcomes.set(node.name, outcome)
        skipped.push(outcome)
      }
      return skipped
    },
  }
}

/** What a step that did not run has. */
export function nothing(
  node: StepNode,
): Pick<StepOutcome, 'name' | 'kind' | 'wallMs' | 'outputs' | 'metrics' | 'notices'> {
  return { name: node.name, kind: node.kind, wallMs: 0, outputs: {}, metrics: {}, notices: [] }
}
