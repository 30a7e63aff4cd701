import type { Digest } from '../../../kernel/hash.ts'
import { nearest } from '../../../kernel/nearest.ts'
import { StepNotInRunError, UnknownStepError } from '../errors.ts'
import type { Graph } from '../graph.ts'
import type { KeyPart } from '../step-kind.ts'
import type { PipelinesContext } from './context.ts'
import { openPlanner } from './planner.ts'
import { planSteps, type StepPlan } from './plan-pipeline.ts'
import { diffParts, type PartChange } from './reason.ts'
import { selectSteps } from './selection.ts'
import { findKeyOfRun, findKeyParts } from './step-cache.ts'

/** Why a step would run, or would not: its key now beside an earlier one. */
export interface Explanation {
  readonly step: string
  readonly plan: StepPlan
  /** Steps before it that would run, with their own plan: while they do, this step's key is not known. */
  readonly waitsFor: readonly StepPlan[]
  /** The key it is compared with: that of the run that was asked for, or of its last good run. */
  readonly against?: { readonly key: Digest; readonly runId?: string }
  /** Every part that differs, by name; empty when the two are the same. */
  readonly changes: readonly PartChange[]
  /** The whole key as it is now; absent while its inputs are not known. */
  readonly parts?: readonly KeyPart[]
}

/** Compares the key of a step now with that of its last good run, or of the run that `against` names, part by part. */
export async function explainStep(
  ctx: PipelinesContext,
  graph: Graph,
  step: string,
  options: { readonly against?: string } = {},
): Promise<Explanation> {
  if (!graph.steps.some((node) => node.name === step)) {
    const names = graph.steps.map((node) => node.name)
    throw new UnknownStepError(graph.pipeline, step, nearest(step, names))
  }
  const planner = await openPlanner(ctx, graph)
  const planned = await planSteps(planner, selectSteps(graph, { only: step }))
  await planner.save()
  const own = planned.find(({ node }) => node.name === step)!
  const waitsFor = planned.flatMap(({ plan }) => (plan.step !== step && plan.state === 'run' ? [plan] : []))
  const against = await findAgainst(ctx, { step, runId: options.against, latest: planner.latestKey(step) })
  const parts = own.decision?.key.parts
  const before = against && (await findKeyParts(ctx, against.key))
  return {
    step,
    plan: own.plan,
    waitsFor,
    changes: before && parts ? diffParts(before, parts) : [],
    ...(against ? { against } : {}),
    ...(parts ? { parts } : {}),
  }
}

async function findAgainst(
  ctx: PipelinesContext,
  wanted: { readonly step: string; readonly runId: string | undefined; readonly latest: Digest | undefined },
): Promise<Explanation['against']> {
  const { step, runId, latest } = wanted
  if (runId === undefined) return latest === undefined ? undefined : { key: latest }
  const key = await findKeyOfRun(ctx, runId, step)
  if (key === undefined) throw new StepNotInRunError(step, runId)
  return { key, runId }
}
