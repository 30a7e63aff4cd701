import type { Digest } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { Environment } from './capture-environment.ts'

/** MLflow's names. Only the first two can still change. */
export const openStatuses = ['SCHEDULED', 'RUNNING'] as const
export const finalStatuses = ['FINISHED', 'FAILED', 'KILLED'] as const
export type FinalStatus = (typeof finalStatuses)[number]
export type RunStatus = (typeof openStatuses)[number] | FinalStatus

/** A pipeline run is the parent of its steps' runs; `run` is one that a person or an MLflow client has started. */
export type RunKind = 'pipeline' | 'step' | 'run'
export type LifecycleStage = 'active' | 'deleted'

/** What a run read or wrote, by content. Every `OutputRef` of a pipeline is one. */
export interface DataRef {
  /** `table`, `model`, `report`, `files`, `value`, or `dataset` for one that an MLflow client has logged. */
  readonly kind: string
  readonly digest: string
  readonly dataset?: string
  readonly version?: number
  readonly rows?: number
  readonly sizeBytes?: number
  readonly files?: number
  readonly value?: Json
}

/** A datum with the name of its edge, and what MLflow's clients add to a dataset. */
export interface RunDatum extends DataRef {
  readonly name: string
  readonly sourceType?: string
  readonly source?: string
  readonly schema?: string
  readonly profile?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface Metric {
  readonly key: string
  /** Any double: NaN and infinities are kept. */
  readonly value: number
  readonly timestampMs: number
  readonly step: number
  readonly modelId?: string
  readonly datasetName?: string
  readonly datasetDigest?: string
}

/** The state of the code that a run used. */
export interface CodeState {
  /** Absent outside git and before the first commit. */
  readonly commit?: string
  readonly branch?: string
  /** True when the working tree differed from the commit. */
  readonly dirty: boolean
  /** The blob with the uncommitted difference; see capture-code.ts. */
  readonly diffDigest?: Digest
}

export interface RunError {
  readonly code: string
  readonly message: string
}

/** One execution as it is recorded. */
export interface RunInfo {
  readonly id: RunId
  readonly experimentId: string
  readonly parentId?: RunId
  readonly name: string
  readonly kind: RunKind
  readonly pipeline?: string
  readonly pipelineFile?: string
  readonly step?: string
  /** True for a step whose outputs came from the cache. */
  readonly cached: boolean
  readonly cacheKey?: string
  /** The pipeline's parameters, exactly; `params` of a run are their text. */
  readonly parameters?: Readonly<Record<string, Json>>
  readonly status: RunStatus
  readonly lifecycleStage: LifecycleStage
  readonly startedMs: number
  readonly endedMs?: number
  readonly user?: string
  readonly host?: string
  readonly pid?: number
  readonly environment?: Environment
  readonly batonVersion?: string
  readonly nodeVersion?: string
  readonly code?: CodeState
  readonly command?: readonly string[]
  readonly exitCode?: number
  readonly error?: RunError
  readonly logPath?: string
  readonly artifactUri?: string
  readonly note?: string
}

/** A run with what it logged; of each metric the latest value (highest step, then timestamp, then value). */
export interface Run extends RunInfo {
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly metrics: readonly Metric[]
  readonly inputs: readonly RunDatum[]
  readonly outputs: readonly RunDatum[]
}
