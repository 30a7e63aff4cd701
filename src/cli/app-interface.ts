import type { Json } from '../kernel/json.ts'
import type { Page } from '../kernel/page.ts'
import type { ErrorFacts } from '../kernel/errors.ts'
import type { Config } from '../config/index.ts'
import type { OutputRef } from '../modules/pipelines/declare.ts'

// What the commands need of the rest, as data in and data out. `app.ts` implements it; nothing here knows how.

export type RunState = 'running' | 'finished' | 'failed' | 'stopped'

/** What became of one step. `blocked`: a step that it reads from failed. `left_out`: not asked for (`--only`). */
export type StepState = 'ran' | 'cached' | 'failed' | 'stopped' | 'blocked' | 'left_out'

export interface StepNotice {
  readonly label: string
  readonly text: string
}

/** What happens while a pipeline runs, in order, as the terminal shows it. */
export type RunEvent =
  | { readonly type: 'planned'; readonly steps: readonly string[] }
  | { readonly type: 'started'; readonly step: string; readonly attempt: number }
  | {
      readonly type: 'progress'
      readonly step: string
      readonly done: number
      readonly total?: number
      readonly unit: string
    }
  | { readonly type: 'log'; readonly step: string; readonly line: string }
  | {
      readonly type: 'finished'
      readonly step: string
      readonly state: StepState
      readonly wallMs: number
      readonly summary?: string
    }

export interface RunRequest {
  readonly pipeline: string
  /** As typed: `name=value`; the pipeline's own schema parses the values. */
  readonly params: Readonly<Record<string, string>>
  readonly jobs?: number
  /** `true`: every step; a name: that step. Reads no cache for them. */
  readonly force?: true | readonly string[]
  readonly only?: string
  readonly keepGoing: boolean
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

export interface StepOutcome {
  readonly step: string
  readonly kind: string
  readonly state: StepState
  readonly wallMs: number
  readonly runId?: string
  readonly summary?: string
  readonly metrics?: Readonly<Record<string, number>>
  readonly outputs?: Readonly<Record<string, OutputRef>>
  readonly notices?: readonly StepNotice[]
  readonly error?: ErrorFacts
  /** The last lines that the failing step printed. */
  readonly lastLines?: readonly string[]
  readonly logFile?: string
}

export interface RunOutcome {
  readonly pipeline: string
  readonly runId: string
  readonly state: 'finished' | 'failed' | 'stopped'
  readonly wallMs: number
  readonly steps: readonly StepOutcome[]
}

export interface PlannedStep {
  readonly step: string
  readonly kind: string
  readonly state: 'hit' | 'miss' | 'unknown'
  /** Why, in a few words: `src/train.ts changed`, `no earlier run`, `waits for train`. */
  readonly reason: string
}

export interface PlanOutcome {
  readonly pipeline: string
  readonly steps: readonly PlannedStep[]
}

/** One part of a cache key, then and now. */
export interface KeyDifference {
  readonly part: string
  readonly change: 'same' | 'changed' | 'added' | 'removed' | 'uncacheable'
  readonly before?: string
  readonly after?: string
}

export interface Explanation {
  readonly pipeline: string
  readonly step: string
  readonly state: 'hit' | 'miss' | 'unknown'
  readonly reason: string
  /** The run that the present state is compared with. */
  readonly comparedRun?: string
  readonly parts: readonly KeyDifference[]
}

export interface RunFilter {
  readonly pipeline?: string
  readonly state?: string
  /** `name=value` pairs that must all hold. */
  readonly tags?: Readonly<Record<string, string>>
  readonly since?: string
  /** Step runs too, not only pipeline runs. */
  readonly steps?: boolean
  readonly limit: number
  readonly after?: string
}

export interface RunSummary {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly state: RunState
  readonly startedAt: string
  readonly wallMs?: number
  readonly metrics: Readonly<Record<string, number>>
  readonly commit?: string
  /** The commit does not say all: files were changed and not committed. */
  readonly dirty?: boolean
}

export interface RunDetail extends RunSummary {
  readonly params: Readonly<Record<string, Json>>
  readonly tags: Readonly<Record<string, string>>
  readonly inputs: readonly { readonly name: string; readonly what: string; readonly digest: string }[]
  readonly outputs: readonly { readonly name: string; readonly what: string; readonly digest: string }[]
  readonly host?: string
  readonly versions: Readonly<Record<string, string>>
  readonly notes: readonly { readonly at: string; readonly by: string; readonly text: string }[]
  readonly steps: readonly RunSummary[]
  readonly error?: ErrorFacts
  readonly logFile?: string
}

export interface Reproduction {
  readonly runId: string
  readonly newRunId: string
  readonly commit?: string
  readonly outputs: readonly {
    readonly step: string
    readonly output: string
    readonly verdict: 'identical' | 'within_tolerance' | 'different' | 'missing'
    readonly detail?: string
  }[]
}

export interface Verification {
  readonly checked: Readonly<Record<string, number>>
  readonly problems: readonly { readonly what: string; readonly where: string; readonly hint: string }[]
  readonly cleaned: readonly string[]
}

export interface DatasetSummary {
  readonly name: string
  readonly version: number
  readonly rows: number
  readonly columns: number
  readonly sizeBytes?: number
  readonly createdAt: string
  readonly tags: readonly string[]
}

export interface DatasetDetail extends DatasetSummary {
  readonly digest: string
  readonly schema: readonly { readonly name: string; readonly type: string; readonly nullable?: boolean }[]
  readonly versions: readonly {
    readonly version: number
    readonly rows: number
    readonly createdAt: string
    readonly runId?: string
    readonly tags: readonly string[]
  }[]
  readonly folder?: string
}

export interface DatasetRows {
  readonly dataset: string
  readonly version: number
  readonly rows: number
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly head: readonly (readonly (string | number | boolean | null)[])[]
}

export interface ModelSummary {
  readonly name: string
  readonly version: number
  readonly aliases: readonly string[]
  readonly createdAt: string
  readonly task?: string
  readonly metrics: Readonly<Record<string, number>>
}

export interface ModelDetail extends ModelSummary {
  readonly digest: string
  readonly sizeBytes?: number
  readonly runId?: string
  readonly report?: string
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[]
  readonly gate: readonly { readonly rule: string; readonly holds: boolean; readonly detail: string }[]
  readonly promotions: readonly Promotion[]
}

export interface Promotion {
  readonly model: string
  readonly alias: string
  readonly from?: number
  readonly to: number
  readonly at: string
  readonly by: string
  readonly why: string
}

export interface PredictRequest {
  /** `churn`, `churn@7`, `churn@champion`. */
  readonly model: string
  /** A file or a dataset reference. */
  readonly input: string
  readonly output: string
  readonly signal: AbortSignal
  readonly onProgress: (progress: { readonly done: number; readonly total?: number; readonly unit: string }) => void
}

export interface PredictOutcome {
  readonly model: string
  readonly version: number
  readonly rows: number
  readonly scored: number
  readonly refused: number
  readonly output: string
  /** Where the refused rows are, each with its reasons. */
  readonly quarantine?: string
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[]
  readonly wallMs: number
}

/** The open project, as the commands see it. */
export interface CliApp extends AsyncDisposable {
  listPipelines(): Promise<readonly string[]>
  runPipeline(request: RunRequest): Promise<RunOutcome>
  planPipeline(request: Pick<RunRequest, 'pipeline' | 'params' | 'force' | 'only'>): Promise<PlanOutcome>
  explainStep(request: {
    readonly step: string
    readonly pipeline?: string
    readonly run?: string
    readonly params: Readonly<Record<string, string>>
  }): Promise<Explanation>

  listRuns(filter: RunFilter): Promise<Page<RunSummary>>
  showRun(run: string): Promise<RunDetail>
  /** CSV text, a piece at a time, with the 13 columns of the experiment record. */
  exportRuns(filter: Omit<RunFilter, 'limit' | 'after'>): AsyncIterable<string>
  noteRun(run: string, text: string): Promise<void>
  reproduce(request: {
    readonly run: string
    readonly tolerance?: number
    readonly signal: AbortSignal
    readonly onEvent: (event: RunEvent) => void
  }): Promise<Reproduction>

  listDatasets(): Promise<readonly DatasetSummary[]>
  showDataset(reference: string): Promise<DatasetDetail>
  tagDataset(reference: string, tag: string): Promise<{ readonly dataset: string; readonly version: number }>
  headDataset(reference: string, rows: number): Promise<DatasetRows>

  listModels(): Promise<readonly ModelSummary[]>
  showModel(reference: string): Promise<ModelDetail>
  promoteModel(reference: string, alias: string, why: string): Promise<Promotion>
  rollbackModel(model: string, alias: string, why: string): Promise<Promotion>

  predict(request: PredictRequest): Promise<PredictOutcome>
  verify(request: { readonly clean: boolean; readonly signal: AbortSignal }): Promise<Verification>
}

/** What `baton init` asks about a file before there is a project. */
export interface InferredColumn {
  readonly name: string
  readonly type:
    | 'boolean'
    | 'integer'
    | 'bigint'
    | 'double'
    | 'decimal'
    | 'string'
    | 'date'
    | 'timestamp'
    | 'binary'
    | 'other'
  readonly nulls: number
  /** How many different values, exact up to a few thousand. */
  readonly distinct: number
  readonly min?: string | number
  readonly max?: string | number
  /** Every value with its count, most frequent first, when there are few. */
  readonly values?: readonly { readonly value: string; readonly rows: number }[]
}

export interface InferredTable {
  readonly rows: number
  readonly columns: readonly InferredColumn[]
}

export interface CliTools extends AsyncDisposable {
  /** Reads a whole file once, within the memory limit, and says what its columns hold. */
  inferTable(path: string, options: { readonly header?: boolean; readonly skip?: number }): Promise<InferredTable>
}

/** How the command line reaches the rest: by functions that load it only when a command needs it. */
export interface CliBackend {
  openApp(
    config: Config,
    options: { readonly signal: AbortSignal; readonly warn: (line: string) => void },
  ): Promise<CliApp>
  openTools(): Promise<CliTools>
}
