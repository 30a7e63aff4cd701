import type { RunId } from '../../../kernel/ids.ts'
import type { StepNode } from '../graph.ts'
import { paramsOf } from '../key/step-key.ts'
import type { StepRunEnd } from '../recorder.ts'
import type { StepResult } from '../step-kind.ts'
import type { PipelinesContext } from './context.ts'
import type { RunEvent, StepOutcome } from './events.ts'
import { keepResult } from './keep-result.ts'
import type { Decision, Inputs, Planner } from './planner.ts'
import { describeReason } from './reason.ts'
import { runStep, type StepAttempts } from './run-step.ts'
import type { WorkFolder } from './work-folder.ts'

export interface StepExecution {
  readonly node: StepNode
  readonly inputs: Inputs
  readonly decision: Extract<Decision, { state: 'run' }>
  readonly pipelineRunId: RunId
  readonly work: WorkFolder
  readonly signal: AbortSignal
  readonly retryDelayMs: number
  readonly onEvent: (event: RunEvent) => void
}

/** Runs one step as a child run, records how it ended, and keeps its result. Rejects only when recording fails. */
export async function executeStep(
  ctx: PipelinesContext,
  planner: Planner,
  execution: StepExecution,
): Promise<StepOutcome> {
  const { node, inputs, decision, pipelineRunId } = execution
  const { graph } = planner
  const started = performance.now()
  const reason = describeReason(decision.reason)
  const runId = await ctx.recorder.startStepRun({
    pipelineRunId,
    pipeline: graph.pipeline,
    step: node.name,
    kind: node.kind,
    key: decision.key.key,
    params: paramsOf(node, graph.params),
    inputs,
    reason,
  })
  const kind = planner.kindOf(node)
  const ended = await runStep(ctx, { ...execution, graph, kind, reason, runId })
  await ctx.recorder.finishStepRun(runId, toRunEnd(ended, execution.signal))
  const wallMs = performance.now() - started
  const base = { name: node.name, kind: node.kind, reason, wallMs, runId }
  if (ended.state === 'failed') {
    const { error, logTail, logFile } = ended
    const failure = { error, logTail, logFile, rerun: `baton run ${graph.pipeline} --only ${node.name}` }
    return { ...base, state: 'failed', outputs: {}, metrics: {}, notices: [], failure }
  }
  const { result } = ended
  const warnings = await keepResult(ctx, planner, { node, inputs, decision, runId, pipelineRunId, result })
  return { ...base, state: 'ran', ...toOutcome(result), notices: [...(result.notices ?? []), ...warnings] }
}

function toOutcome(result: StepResult): Pick<StepOutcome, 'outputs' | 'metrics' | 'summary'> {
  const { outputs, metrics = {}, summary } = result
  return { outputs, metrics, ...(summary === undefined ? {} : { summary }) }
}

function toRunEnd(ended: StepAttempts, signal: AbortSignal): StepRunEnd {
  if (ended.state === 'failed') {
    const { code, message } = ended.error
    const state = signal.aborted ? 'killed' : 'failed'
    return { state, outputs: {}, metrics: {}, points: [], tags: {}, logFile: ended.logFile, error: { code, message } }
  }
  const { outputs, metrics = {}, points = [], tags = {}, summary } = ended.result
  const base = { state: 'finished' as const, outputs, metrics, points, tags, logFile: ended.logFile }
  return summary === undefined ? base : { ...base, summary }
}
