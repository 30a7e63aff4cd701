import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { BatonError, InterruptedError } from '../../../kernel/errors.ts'
import type { RunId } from '../../../kernel/ids.ts'
import { DiskFullError, isDiskFull, OutputMismatchError, StepFailedError, StepTimedOutError } from '../errors.ts'
import type { Graph, StepNode } from '../graph.ts'
import { paramsOf } from '../key/step-key.ts'
import type { StepContext, StepKind, StepResult } from '../step-kind.ts'
import type { PipelinesContext } from './context.ts'
import type { RunEvent } from './events.ts'
import type { Inputs } from './planner.ts'
import { openStepLog } from './step-log.ts'
import type { WorkFolder } from './work-folder.ts'

/** A kind that does not heed its signal is given up after this long. */
const graceMs = 15_000
const longestBackoffMs = 30_000

export interface StepRun {
  readonly graph: Graph
  readonly node: StepNode
  readonly kind: StepKind
  readonly inputs: Inputs
  readonly reason: string
  readonly runId: RunId
  readonly pipelineRunId: RunId
  readonly work: WorkFolder
  readonly signal: AbortSignal
  readonly retryDelayMs: number
  readonly onEvent: (event: RunEvent) => void
}

export type StepAttempts =
  | { readonly state: 'done'; readonly result: StepResult; readonly logFile: string }
  | {
      readonly state: 'failed'
      readonly error: BatonError
      readonly logTail: readonly string[]
      readonly logFile: string
    }

/** Runs a step until it succeeds or its retries are used up. Never rejects. */
export async function runStep(ctx: PipelinesContext, run: StepRun): Promise<StepAttempts> {
  const { node, signal } = run
  const log = openStepLog(join(ctx.stateFolder, 'logs', `${run.runId}.log`))
  const write = (text: string): void => {
    log.write(text)
    run.onEvent({ type: 'step_log', step: node.name, text })
  }
  try {
    for (let attempt = 1; ; attempt++) {
      run.onEvent({ type: 'step_started', step: node.name, runId: run.runId, attempt, reason: run.reason })
      try {
        return { state: 'done', result: await tryOnce(ctx, run, write), logFile: log.path }
      } catch (cause) {
        const error = signal.aborted
          ? new InterruptedError(`Step ${node.name} was stopped.`)
          : toBatonError(node, cause)
        if (signal.aborted || attempt > node.retries) {
          return { state: 'failed', error, logTail: log.lastLines(20), logFile: log.path }
        }
        const delayMs = Math.min(run.retryDelayMs * 2 ** (attempt - 1), longestBackoffMs)
        write(`[attempt ${attempt} failed: ${error.message} Trying again in ${delayMs / 1000} s.]`)
        run.onEvent({ type: 'step_retry', step: node.name, attempt, delayMs, error })
        await sleep(delayMs, undefined, { signal }).catch(() => undefined)
      }
    }
  } finally {
    log.close()
  }
}

function toBatonError(node: StepNode, cause: unknown): BatonError {
  if (cause instanceof BatonError) return cause
  if (isDiskFull(cause)) return new DiskFullError(`Step ${node.name}`, cause)
  const message = cause instanceof Error ? cause.message : String(cause)
  return new StepFailedError(node.name, message, { cause })
}

async function tryOnce(ctx: PipelinesContext, run: StepRun, write: (text: string) => void): Promise<StepResult> {
  const { node, kind, graph } = run
  if (run.signal.aborted) throw new InterruptedError()
  const timeout = new AbortController()
  const signal = AbortSignal.any([run.signal, timeout.signal])
  const timer =
    node.timeoutMs === undefined
      ? undefined
      : setTimeout(() => timeout.abort(new StepTimedOutError(node.name, node.timeoutMs!)), node.timeoutMs)
  const workFolder = run.work.open(node.name)
  const context: StepContext = {
    node,
    graph,
    runId: run.runId,
    pipelineRunId: run.pipelineRunId,
    params: paramsOf(node, graph.params),
    inputs: run.inputs,
    projectRoot: ctx.projectRoot,
    workFolder,
    env: ctx.env,
    signal,
    log: write,
    progress: (progress) => run.onEvent({ type: 'step_progress', step: node.name, progress }),
  }
  try {
    const result = await untilGrace(kind.run(context), signal)
    if (timeout.signal.aborted) throw timeout.signal.reason
    checkOutputs(node, result)
    return result
  } catch (error) {
    throw timeout.signal.aborted ? timeout.signal.reason : error
  } finally {
    clearTimeout(timer)
    run.work.close(workFolder)
  }
}

/** Waits for work that was told to stop, but not for ever. */
async function untilGrace<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController()
  const grace = new Promise<never>((_, reject) => {
    const start = (): void => {
      const timer = setTimeout(() => reject(signal.reason as Error), graceMs)
      settled.signal.addEventListener('abort', () => clearTimeout(timer))
    }
    if (signal.aborted) start()
    else signal.addEventListener('abort', start, { once: true, signal: settled.signal })
  })
  try {
    return await Promise.race([work, grace])
  } finally {
    settled.abort()
  }
}

function checkOutputs(node: StepNode, result: StepResult): void {
  for (const [name, kind] of Object.entries(node.outputs)) {
    const output = result.outputs[name]
    if (output === undefined) throw new OutputMismatchError(node.name, `did not give its output "${name}"`)
    if (output.kind !== kind) {
      throw new OutputMismatchError(node.name, `gave a ${output.kind} as output "${name}", which is a ${kind}`)
    }
  }
  for (const name of Object.keys(result.outputs)) {
    if (!(name in node.outputs))
      throw new OutputMismatchError(node.name, `gave an output "${name}" that it does not declare`)
  }
}
