import { shortDigest } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { StepNode } from '../graph.ts'
import type { StepKey } from '../key/step-key.ts'
import type { StepNotice, StepResult } from '../step-kind.ts'
import type { PipelinesContext } from './context.ts'
import { diffParts } from './reason.ts'
import type { Decision, Inputs, Planner } from './planner.ts'
import { type CacheEntry, recordResult } from './step-cache.ts'

export interface FreshResult {
  readonly node: StepNode
  readonly inputs: Inputs
  readonly decision: Extract<Decision, { state: 'run' }>
  readonly runId: RunId
  readonly pipelineRunId: RunId
  readonly result: StepResult
}

/**
 * Records a result and keeps it under its key, unless something that belongs to the key changed while the step ran. When
 * the key had a result before, that one stays, and a difference is reported; only a result whose outputs are gone is
 * replaced. Gives what the user should know.
 */
export async function keepResult(
  ctx: PipelinesContext,
  planner: Planner,
  fresh: FreshResult,
): Promise<readonly StepNotice[]> {
  const { node, decision, runId } = fresh
  const { key } = decision
  const changed = key.uncacheable.length > 0 ? [] : await findChanges(planner, fresh, key)
  const entry = key.uncacheable.length > 0 || changed.length > 0 ? undefined : toEntry(fresh)
  const replaces = decision.entry !== undefined && decision.reason.why === 'output_missing'
  const kept = await recordResult(ctx, {
    pipeline: planner.graph.pipeline,
    pipelineRunId: fresh.pipelineRunId,
    use: { step: node.name, key: key.key, runId, isNewKey: planner.latestKey(node.name) !== key.key },
    parts: key.parts,
    ...(entry ? { entry } : {}),
    replaces,
    nowMs: ctx.clock.now().getTime(),
  })
  if (changed.length > 0) {
    const text = `${changed.join(', ')} changed while ${node.name} ran; its result is not kept and the next run makes it again`
    return [{ label: 'changed while running', text }]
  }
  if (entry === undefined || kept === undefined) return []
  return replaces
    ? compare(decision.entry, entry, 'its first result is gone, the new one takes its place')
    : compare(kept, entry, 'the cache keeps the first result')
}

function toEntry({ decision, runId, result }: FreshResult): CacheEntry {
  const { outputs, metrics = {}, summary, notices = [] } = result
  return { key: decision.key.key, runId, outputs, metrics, summary, notices }
}

async function findChanges(planner: Planner, { node, inputs }: FreshResult, key: StepKey): Promise<readonly string[]> {
  planner.forget()
  try {
    const now = await planner.key(node, inputs)
    return diffParts(key.parts, now.parts).map((change) => change.name)
  } catch (error) {
    return [(error as Error).message]
  }
}

/** A notice for each output whose bytes differ although the key is the same. */
function compare(first: CacheEntry, fresh: CacheEntry, consequence: string): readonly StepNotice[] {
  return Object.entries(fresh.outputs).flatMap(([name, output]) => {
    const before = first.outputs[name]
    if (before === undefined || before.digest === output.digest) return []
    const text = `output ${name} is ${shortDigest(output.digest)}, run ${first.runId} gave ${shortDigest(before.digest)} for the same key; ${consequence}`
    return [{ label: 'non-deterministic', text }]
  })
}
