import { availableParallelism } from 'node:os'

import { BatonError, InterruptedError } from '../../../kernel/errors.ts'
import { digestValue } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import { DiskFullError, isDiskFull, StepFailedError, UpstreamNotReadyError } from '../errors.ts'
import type { Graph, OutputRef, StepNode } from '../graph.ts'
import type { CachedStep } from '../recorder.ts'
import type { PipelinesContext } from './context.ts'
import type { RunEvent, RunResult, StepOutcome } from './events.ts'
import { executeStep } from './execute-step.ts'
import { type Decision, type Inputs, openPlanner, type Planner } from './planner.ts'
import { describeReason } from './reason.ts'
import { type Selection, type SelectionOptions, selectSteps } from './selection.ts'
import { createScheduler, nothing, type Scheduler } from './scheduler.ts'
import { recordUses } from './step-cache.ts'
import { openWorkFolder, removeAbandonedFolders } from './work-folder.ts'

export interface RunOptions extends SelectionOptions {
  /** How many steps may run at once; the number of cores by default. */
  readonly jobs?: number
  /** After a failure go on with the steps that do not depend on it; by default what runs is finished, nothing is started. */
  readonly keepGoing?: boolean
  readonly signal?: AbortSignal
  /** Outputs that are given instead of made, by step: such a step is neither planned nor run. For reproducing a run. */
  readonly pinned?: Readonly<Record<string, Readonly<Record<string, OutputRef>>>>
  /** Wait before the first retry; it doubles each time, up to 30 s. */
  readonly retryDelayMs?: number
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Runs a pipeline: each step is planned when its inputs are known, taken from the cache when its key has a result, and
 * run otherwise. Resolves also when steps fail; rejects when the run could not be recorded or was asked for wrongly.
 */
export async function runPipeline(ctx: PipelinesContext, graph: Graph, options: RunOptions = {}): Promise<RunResult> {
  const started = performance.now()
  const selection = selectSteps(graph, options)
  await removeAbandonedFolders(ctx.stateFolder, ctx.recorder)
  const planner = await openPlanner(ctx, graph)
  const { pipeline, file, params } = graph
  const { only, from, force } = options
  const runId = await ctx.recorder.startPipelineRun({
    pipeline,
    file,
    params,
    selection: { ...(only ? { only } : {}), ...(from ? { from } : {}), ...(force ? { force } : {}) },
  })
  const work = openWorkFolder(ctx.stateFolder, runId)
  const onEvent = options.onEvent ?? (() => undefined)
  const fatal = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, fatal.signal]) : fatal.signal
  try {
    onEvent({ type: 'run_started', runId, pipeline, steps: graph.steps.map((step) => step.name) })
    const scheduler = createScheduler(graph, selection)
    await schedule({ ctx, planner, scheduler, selection, options, runId, work, signal, fatal, onEvent })
    const result = toResult({ scheduler, graph, runId, wallMs: performance.now() - started, isStopped: signal.aborted })
    await recordCachedSteps(ctx, planner, result, scheduler)
    await ctx.recorder.finishPipelineRun(runId, toEnd(result))
    await planner.save()
    onEvent({ type: 'run_finished', result })
    return result
  } catch (cause) {
    const error = isDiskFull(cause) ? new DiskFullError(`Pipeline ${pipeline}`, cause) : cause
    const facts = error instanceof BatonError ? { code: error.code, message: error.message } : undefined
    const steps = { ran: 0, cached: 0, failed: 0, skipped: graph.steps.length }
    await ctx.recorder
      .finishPipelineRun(runId, { state: 'failed', steps, ...(facts ? { error: facts } : {}) })
      .catch(() => undefined)
    throw error
  } finally {
    work.remove()
  }
}

interface Schedule {
  readonly ctx: PipelinesContext
  readonly planner: Planner
  readonly scheduler: Scheduler
  readonly selection: Selection
  readonly options: RunOptions
  readonly runId: RunId
  readonly work: ReturnType<typeof openWorkFolder>
  readonly signal: AbortSignal
  readonly fatal: AbortController
  readonly onEvent: (event: RunEvent) => void
}

/** Plans and runs until nothing is left. What runs is always awaited, also after a failure or an abort. */
async function schedule(run: Schedule): Promise<void> {
  const { scheduler, selection, planner, signal, options } = run
  const jobs = Math.max(1, options.jobs ?? availableParallelism())
  const waiting: { node: StepNode; inputs: Inputs; decision: Extract<Decision, { state: 'run' }> }[] = []
  const running = new Map<string, Promise<void>>()
  let failed: string | undefined
  const finish = (node: StepNode, outcome: StepOutcome): void => {
    scheduler.finish(node, outcome)
    if (outcome.state === 'failed') failed ??= node.name
    run.onEvent({ type: 'step_finished', step: node.name, outcome })
  }
  const isStopped = (): boolean => signal.aborted || (failed !== undefined && options.keepGoing !== true)

  function take(node: StepNode, inputs: Inputs, decision: Decision | BatonError): void {
    if (decision instanceof BatonError) {
      finish(node, failureBeforeStart(planner.graph, node, decision))
      return
    }
    const reason = decision.state === 'hit' ? 'unchanged' : describeReason(decision.reason)
    run.onEvent({ type: 'step_planned', step: node.name, decision: decision.state, reason })
    if (decision.state === 'hit') {
      scheduler.cached.push(toCachedStep(node, inputs, decision))
      finish(node, toCachedOutcome(node, decision))
    } else if (selection.mayRun.has(node.name)) waiting.push({ node, inputs, decision })
    else {
      const error = new UpstreamNotReadyError(planner.graph.pipeline, node.name, reason)
      finish(node, failureBeforeStart(planner.graph, node, error))
    }
  }

  function start(next: (typeof waiting)[number]): void {
    const work = executeStep(run.ctx, planner, {
      ...next,
      pipelineRunId: run.runId,
      work: run.work,
      signal,
      retryDelayMs: options.retryDelayMs ?? 1000,
      onEvent: run.onEvent,
    })
    const settled = work
      .then((outcome) => finish(next.node, outcome))
      .catch((error: unknown) => run.fatal.abort(error))
      .finally(() => running.delete(next.node.name))
    running.set(next.node.name, settled)
  }

  for (;;) {
    for (let wave = scheduler.takeReady(); wave.length > 0 && !isStopped(); wave = scheduler.takeReady()) {
      const decisions = await Promise.all(
        wave.map(async (node) => pin(run, node) ?? decideSafely(run, node, scheduler.inputsOf(node))),
      )
      for (const [index, node] of wave.entries()) take(node, scheduler.inputsOf(node), decisions[index]!)
    }
    while (waiting.length > 0 && running.size < jobs && !isStopped()) start(waiting.shift()!)
    if (running.size === 0) break
    await Promise.race(running.values())
  }
  if (run.fatal.signal.aborted) throw run.fatal.signal.reason
  const skipped = scheduler.skipRest((node) => skipReason(node, { selection, failed, isAborted: signal.aborted }))
  for (const outcome of skipped) run.onEvent({ type: 'step_finished', step: outcome.name, outcome })
}

/** A step with pinned outputs counts as cached, under a key that stands for just these outputs. */
function pin({ options, runId }: Schedule, node: StepNode): Decision | undefined {
  const outputs = options.pinned?.[node.name]
  if (outputs === undefined) return undefined
  const key = digestValue('pinned-step/1', outputs)
  const entry = { key, runId, outputs, metrics: {}, summary: undefined, notices: [] }
  return { state: 'hit', key: { key, parts: [], uncacheable: [] }, entry }
}

async function decideSafely(run: Schedule, node: StepNode, inputs: Inputs): Promise<Decision | BatonError> {
  try {
    return await run.planner.decide(node, inputs, { force: run.selection.isForced(node.name) })
  } catch (cause) {
    if (cause instanceof BatonError) return cause
    return new StepFailedError(node.name, `it could not be planned: ${(cause as Error).message}`, { cause })
  }
}

function failureBeforeStart(graph: Graph, node: StepNode, error: BatonError): StepOutcome {
  const failure = { error, logTail: [], rerun: `baton run ${graph.pipeline} --only ${node.name}` }
  return { ...nothing(node), state: 'failed', reason: error.message, failure }
}

function toCachedStep(node: StepNode, inputs: Inputs, { key, entry }: Extract<Decision, { state: 'hit' }>): CachedStep {
  const { outputs, metrics, runId, summary } = entry
  const step = { step: node.name, kind: node.kind, key: key.key, sourceRunId: runId, inputs, outputs, metrics }
  return summary === undefined ? step : { ...step, summary }
}

function toCachedOutcome(node: StepNode, { entry }: Extract<Decision, { state: 'hit' }>): StepOutcome {
  return {
    ...nothing(node),
    state: 'cached',
    reason: 'unchanged',
    outputs: entry.outputs,
    metrics: entry.metrics,
    notices: entry.notices,
    sourceRunId: entry.runId,
    ...(entry.summary === undefined ? {} : { summary: entry.summary }),
  }
}

function skipReason(
  node: StepNode,
  state: { readonly selection: Selection; readonly failed: string | undefined; readonly isAborted: boolean },
): string {
  const { selection } = state
  if (!selection.mayRun.has(node.name) && !selection.needed.has(node.name)) return 'not selected'
  if (state.isAborted) return 'stopped'
  return `${state.failed} failed`
}

interface Ended {
  readonly scheduler: Scheduler
  readonly graph: Graph
  readonly runId: RunId
  readonly wallMs: number
  readonly isStopped: boolean
}

function toResult({ scheduler, graph, runId, wallMs, isStopped }: Ended): RunResult {
  const steps = graph.steps.map((node) => scheduler.outcomes.get(node.name)!)
  const isInterrupted = isStopped && steps.some((step) => step.state === 'failed' || step.reason === 'stopped')
  const error = isInterrupted ? new InterruptedError() : steps.find((step) => step.failure)?.failure?.error
  const state = isInterrupted ? 'interrupted' : error ? 'failed' : 'done'
  return { runId, pipeline: graph.pipeline, state, steps, wallMs, ...(error ? { error } : {}) }
}

function toEnd(result: RunResult): Parameters<PipelinesContext['recorder']['finishPipelineRun']>[1] {
  const count = (state: StepOutcome['state']): number => result.steps.filter((step) => step.state === state).length
  const { error } = result
  return {
    state: result.state === 'done' ? 'finished' : result.state === 'interrupted' ? 'killed' : 'failed',
    steps: { ran: count('ran'), cached: count('cached'), failed: count('failed'), skipped: count('skipped') },
    ...(error ? { error: { code: error.code, message: error.message } } : {}),
  }
}

async function recordCachedSteps(
  ctx: PipelinesContext,
  planner: Planner,
  result: RunResult,
  { cached }: Scheduler,
): Promise<void> {
  if (cached.length === 0) return
  const runIds = await ctx.recorder.recordCached(result.runId, cached)
  const uses = cached.map(({ step, key }, index) => ({
    step,
    key,
    runId: runIds[index]!,
    isNewKey: planner.latestKey(step) !== key,
  }))
  await recordUses(ctx, { pipeline: planner.graph.pipeline, pipelineRunId: result.runId }, uses)
}
