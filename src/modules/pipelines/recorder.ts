import type { Digest } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { OutputRef } from './graph.ts'
import type { MetricPoint } from './step-kind.ts'

/** How a run that was started ended. */
export type RunEnd = 'finished' | 'failed' | 'killed'

export interface PipelineRunStart {
  readonly pipeline: string
  readonly file: string
  readonly params: Readonly<Record<string, Json>>
  /** What was asked for beside the pipeline: `{ only: 'train' }`. */
  readonly selection: Readonly<Record<string, Json>>
}

export interface StepRunStart {
  readonly pipelineRunId: RunId
  readonly pipeline: string
  readonly step: string
  readonly kind: string
  readonly key: Digest
  readonly params: Readonly<Record<string, Json>>
  readonly inputs: Readonly<Record<string, OutputRef>>
  /** Why it runs: `first run`, `changed: code src/train.ts`. */
  readonly reason: string
}

export interface StepRunEnd {
  readonly state: RunEnd
  readonly outputs: Readonly<Record<string, OutputRef>>
  readonly metrics: Readonly<Record<string, number>>
  /** Metric values in the order they were logged, for curves. */
  readonly points: readonly MetricPoint[]
  readonly tags: Readonly<Record<string, string>>
  readonly summary?: string
  readonly logFile?: string
  readonly error?: { readonly code: string; readonly message: string }
}

/** A step whose result was taken from an earlier run. */
export interface CachedStep {
  readonly step: string
  readonly kind: string
  readonly key: Digest
  /** The step run that made the result. */
  readonly sourceRunId: RunId
  readonly inputs: Readonly<Record<string, OutputRef>>
  readonly outputs: Readonly<Record<string, OutputRef>>
  readonly metrics: Readonly<Record<string, number>>
  readonly summary?: string
}

export interface PipelineRunEnd {
  readonly state: RunEnd
  readonly steps: { readonly ran: number; readonly cached: number; readonly failed: number; readonly skipped: number }
  readonly error?: { readonly code: string; readonly message: string }
}

/** What pipelines need of tracking. Each call is durable when it resolves. */
export interface RunRecorder {
  startPipelineRun(start: PipelineRunStart): Promise<RunId>
  startStepRun(start: StepRunStart): Promise<RunId>
  finishStepRun(runId: RunId, end: StepRunEnd): Promise<void>
  /** Records all cached steps of a pipeline run in one transaction; gives the id of each child run, in order. */
  recordCached(pipelineRunId: RunId, steps: readonly CachedStep[]): Promise<readonly RunId[]>
  finishPipelineRun(runId: RunId, end: PipelineRunEnd): Promise<void>
  /** Marks a pipeline run and its children that still count as running as killed: their process is gone. */
  abandonPipelineRun(runId: RunId): Promise<void>
}
