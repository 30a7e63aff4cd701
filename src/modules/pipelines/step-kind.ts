import type { Digest } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { Graph, OutputRef, StepNode } from './graph.ts'

/** One named part of a cache key. `explain` compares two keys part by part. */
export type KeyPart =
  | {
      readonly name: string
      readonly digest: Digest /** For a person: a version, a size, a value. */
      readonly detail?: string
    }
  /** This part cannot be hashed, so the step always runs; the reason is shown. */
  | { readonly name: string; readonly uncacheable: string }

/** What planning a step may look at. */
export interface PlanContext {
  readonly graph: Graph
  readonly projectRoot: string
  readonly env: (name: string) => string | undefined
  /** The digest of a file, from the stat cache when size, mtime and inode are those of the last look. */
  readonly digestFile: (path: string) => Promise<Digest>
  /** A `code` part for each first-party file that this module reaches by imports (TypeScript or Python). */
  readonly codeParts: (file: string) => Promise<readonly KeyPart[]>
}

export interface StepProgress {
  readonly done: number
  /** Absent when nobody knows yet. */
  readonly total?: number
  readonly unit: 'rows' | 'bytes' | 'rounds' | 'items'
}

/** What a running step may use. */
export interface StepContext {
  readonly node: StepNode
  readonly graph: Graph
  /** The run of this step, and of the pipeline above it. */
  readonly runId: RunId
  readonly pipelineRunId: RunId
  readonly params: Readonly<Record<string, Json>>
  readonly inputs: Readonly<Record<string, OutputRef>>
  readonly projectRoot: string
  /** An empty folder of the step's own on the store's file system; removed afterwards. */
  readonly workFolder: string
  readonly env: (name: string) => string | undefined
  readonly signal: AbortSignal
  /** One or more lines for the step's log; the log keeps the first and the last of them when it grows too long. */
  log(text: string): void
  progress(progress: StepProgress): void
}

/** One value of a metric, for a curve. */
export interface MetricPoint {
  readonly name: string
  readonly value: number
  readonly step: number
  readonly timestampMs: number
}

export interface StepResult {
  readonly outputs: Readonly<Record<string, OutputRef>>
  readonly metrics?: Readonly<Record<string, number>>
  /** Every logged value, when there are curves; `metrics` holds the last of each. */
  readonly points?: readonly MetricPoint[]
  readonly tags?: Readonly<Record<string, string>>
  /** One line for the end of the terminal's step line: `397,884 rows`, `ROC AUC 0.743`. */
  readonly summary?: string
  /** What the user should see after the run: a path, a next command. */
  readonly notices?: readonly StepNotice[]
}

export interface StepNotice {
  /** `report`, `model`, `quarantine`, `next`, … */
  readonly label: string
  readonly text: string
}

/** How one kind of step is planned and run. */
export interface StepKind {
  readonly kind: string
  /** Raised whenever the same inputs would give other outputs; part of every key. */
  readonly version: number
  /** What the key needs beyond kind, version, options, params and inputs: sources, code, environment. */
  keyParts(node: StepNode, ctx: PlanContext): Promise<readonly KeyPart[]>
  run(ctx: StepContext): Promise<StepResult>
}
