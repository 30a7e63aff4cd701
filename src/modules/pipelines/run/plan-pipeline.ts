import type { Digest } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { Graph, OutputRef, StepNode } from '../graph.ts'
import type { PipelinesContext } from './context.ts'
import { type Decision, type Inputs, openPlanner, type Planner } from './planner.ts'
import { describeReason, type RunReason } from './reason.ts'
import { type Selection, type SelectionOptions, selectSteps, upstream } from './selection.ts'

/** What a run would do with one step now. */
export type StepPlan = { readonly step: string; readonly kind: string } & (
  | { readonly state: 'hit'; readonly key: Digest; readonly sourceRunId: RunId }
  | { readonly state: 'run'; readonly key: Digest; readonly reason: RunReason }
  /** Nobody knows before these steps have run. */
  | { readonly state: 'depends'; readonly on: readonly string[] }
  | { readonly state: 'not_selected' }
)

export interface Plan {
  readonly graph: Graph
  readonly steps: readonly StepPlan[]
}

/** Says for each step whether its result is there, and if not, why it would run. Runs and writes nothing of a step. */
export async function planPipeline(ctx: PipelinesContext, graph: Graph, options: SelectionOptions = {}): Promise<Plan> {
  const planner = await openPlanner(ctx, graph)
  const found = await planSteps(planner, selectSteps(graph, options))
  await planner.save()
  return { graph, steps: found.map(({ plan }) => plan) }
}

export interface PlannedStep {
  readonly node: StepNode
  readonly plan: StepPlan
  readonly inputs?: Inputs
  readonly decision?: Decision
}

/** Plans every step in order, with what it was planned on. */
export async function planSteps(planner: Planner, selection: Selection): Promise<readonly PlannedStep[]> {
  const outputs = new Map<string, Readonly<Record<string, OutputRef>>>()
  const planned: PlannedStep[] = []
  for (const node of planner.graph.steps) {
    const base = { step: node.name, kind: node.kind }
    if (!selection.mayRun.has(node.name) && !selection.needed.has(node.name)) {
      planned.push({ node, plan: { ...base, state: 'not_selected' } })
      continue
    }
    const on = upstream(node).filter((name) => !outputs.has(name))
    if (on.length > 0) {
      planned.push({ node, plan: { ...base, state: 'depends', on } })
      continue
    }
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, handle]) => [name, outputs.get(handle.step)![handle.output]!]),
    )
    const decision = await planner.decide(node, inputs, { force: selection.isForced(node.name) })
    const key = decision.key.key
    if (decision.state === 'hit') {
      outputs.set(node.name, decision.entry.outputs)
      planned.push({ node, inputs, decision, plan: { ...base, state: 'hit', key, sourceRunId: decision.entry.runId } })
    } else planned.push({ node, inputs, decision, plan: { ...base, state: 'run', key, reason: decision.reason } })
  }
  return planned
}

/** One step's plan as half a sentence. */
export function describePlan(plan: StepPlan): string {
  switch (plan.state) {
    case 'hit':
      return 'unchanged'
    case 'run':
      return describeReason(plan.reason)
    case 'depends':
      return `depends on ${plan.on.join(', ')}`
    case 'not_selected':
      return 'not selected'
  }
}
