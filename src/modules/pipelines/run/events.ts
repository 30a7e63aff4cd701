import type { BatonError } from '../../../kernel/errors.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { OutputRef } from '../graph.ts'
import type { StepNotice, StepProgress } from '../step-kind.ts'

/** What a failed step shows. */
export interface StepFailure {
  readonly error: BatonError
  /** The last lines that the step printed. */
  readonly logTail: readonly string[]
  /** Absent when the step failed before it started. */
  readonly logFile?: string
  /** The command that runs this step alone. */
  readonly rerun: string
}

export type StepState = 'ran' | 'cached' | 'failed' | 'skipped'

/** What became of one step. */
export interface StepOutcome {
  readonly name: string
  readonly kind: string
  readonly state: StepState
  /** Why it ran, or why it was skipped; for a cached step `unchanged`. */
  readonly reason: string
  readonly wallMs: number
  readonly outputs: Readonly<Record<string, OutputRef>>
  readonly metrics: Readonly<Record<string, number>>
  readonly summary?: string
  readonly notices: readonly StepNotice[]
  /** The step's own run; absent when it was skipped. */
  readonly runId?: RunId
  /** Of a cached step: the run that made the result. */
  readonly sourceRunId?: RunId
  readonly failure?: StepFailure
}

/** What happens while a pipeline runs, in order. */
export type RunEvent =
  | {
      readonly type: 'run_started'
      readonly runId: RunId
      readonly pipeline: string
      readonly steps: readonly string[]
    }
  | { readonly type: 'step_planned'; readonly step: string; readonly decision: 'hit' | 'run'; readonly reason: string }
  | {
      readonly type: 'step_started'
      readonly step: string
      readonly runId: RunId
      readonly attempt: number
      readonly reason: string
    }
  | { readonly type: 'step_progress'; readonly step: string; readonly progress: StepProgress }
  | { readonly type: 'step_log'; readonly step: string; readonly text: string }
  | {
      readonly type: 'step_retry'
      readonly step: string
      readonly attempt: number
      readonly delayMs: number
      readonly error: BatonError
    }
  | { readonly type: 'step_finished'; readonly step: string; readonly outcome: StepOutcome }
  | { readonly type: 'run_finished'; readonly result: RunResult }

/** How a pipeline run ended. */
export interface RunResult {
  readonly runId: RunId
  readonly pipeline: string
  readonly state: 'done' | 'failed' | 'interrupted'
  /** In the order of the graph. */
  readonly steps: readonly StepOutcome[]
  readonly wallMs: number
  /** The first failure, for the exit code. */
  readonly error?: BatonError
}
