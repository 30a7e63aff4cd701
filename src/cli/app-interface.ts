import type { Config } from '../config/index.ts'
import type { Page } from '../kernel/page.ts'
import type { Token, User } from '../modules/access/index.ts'
import type { CsvWishes, InferredTable } from '../modules/datasets/index.ts'
import type { QualityReport } from '../modules/evaluation/index.ts'
import type { ImportOptions, ImportSummary } from '../modules/exchange/index.ts'
import type { AliasMoved, ModelDetails, ModelVersion, RegisteredModel } from '../modules/models/index.ts'
import type { Explanation, Plan, RunEvent, RunResult } from '../modules/pipelines/index.ts'
import type { Delivery, Predicted } from '../modules/serving/index.ts'
import type { EnvironmentChange, OutputComparison, Run, RunQuery } from '../modules/tracking/index.ts'

// What the commands need of the rest, as data in and data out. `app.ts` implements it; nothing here knows how.

export interface PipelineRequest {
  readonly pipeline: string
  /** As typed: `name=value`; the pipeline's own schema parses the values. */
  readonly params: Readonly<Record<string, string>>
}

export interface Selection {
  /** This step and all that depend on it. */
  readonly from?: string
  /** `true`: every step; a name: that step. They run even when they are cached. */
  readonly force?: true | string
  readonly only?: string
}

export interface RunRequest extends PipelineRequest, Selection {
  readonly keepGoing: boolean
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

export interface Measurement {
  readonly result: RunResult
  /** The facts of the quality report; absent when no evaluation was reached. */
  readonly report?: QualityReport
}

export interface RunDetail {
  readonly run: Run
  /** The runs of its steps, oldest first. */
  readonly steps: readonly Run[]
}

/** Which runs `list` and `export` take. */
export type RunFilter = Pick<RunQuery, 'pipeline' | 'statuses' | 'sinceMs' | 'filter' | 'kinds' | 'limit' | 'pageToken'>

export interface Reproduction {
  readonly runId: string
  readonly commit?: string
  readonly outputs: readonly (OutputComparison & { readonly step: string })[]
  /** What of the machine and the software is not as it was; may explain a difference. */
  readonly environment: readonly EnvironmentChange[]
  /** Files that the record of the code did not hold. */
  readonly omitted: readonly string[]
}

export interface Verification {
  /** How many of each kind of thing were read and checked: `blobs`, `dataset versions`, `model versions`. */
  readonly checked: Readonly<Record<string, number>>
  readonly problems: readonly { readonly what: string; readonly where: string; readonly hint: string }[]
  /** What writers that died have left behind; it does no harm. */
  readonly leftovers: readonly string[]
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
  /** Newest first. */
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

/** Which deliveries `list` takes. */
export interface DeliveryFilter {
  readonly state?: Delivery['state']
  readonly pipeline?: string
  readonly step?: string
  readonly limit: number
  /** The token of the page before. */
  readonly after?: string
}

export interface PredictRequest {
  /** `churn`, `churn@7`, `churn@champion`. */
  readonly model: string
  /** An absolute path of a file, or a dataset reference. */
  readonly input: string
  readonly output: string
  /** The input columns to keep beside the score; absent: all. */
  readonly columns?: readonly string[]
  /** Adds a decision: true where the score is at least this. */
  readonly threshold?: number
  readonly signal: AbortSignal
  readonly onProgress: (progress: { readonly done: number; readonly total?: number; readonly unit: string }) => void
}

/** The open project, as the commands see it. */
export interface CliApp extends AsyncDisposable {
  /** The names of the project's pipelines, in order. */
  listPipelines(): readonly string[]
  runPipeline(request: RunRequest): Promise<RunResult>
  planPipeline(request: PipelineRequest & Selection): Promise<Plan>
  /** Runs all of a pipeline but the registering: a model is made and measured, and nothing is promised. */
  measurePipeline(request: Omit<RunRequest, keyof Selection | 'keepGoing'>): Promise<Measurement>
  /** Without a pipeline: the one of the project that has such a step. */
  explainStep(
    request: Omit<PipelineRequest, 'pipeline'> & {
      readonly step: string
      readonly pipeline?: string
      readonly run?: string
    },
  ): Promise<Explanation>

  listRuns(filter: RunFilter): Promise<Page<Run>>
  /** By its id, or 6 or more characters that it begins or ends with. */
  showRun(run: string): Promise<RunDetail>
  /** CSV text, a piece at a time, with the 13 columns of the experiment record. */
  exportRuns(filter: RunFilter): AsyncIterable<string>
  noteRun(run: string, text: string): Promise<void>
  reproduce(request: {
    readonly run: string
    readonly tolerance?: number
    readonly signal: AbortSignal
    readonly onEvent: (event: RunEvent) => void
  }): Promise<Reproduction>

  listDatasets(): Promise<readonly DatasetSummary[]>
  showDataset(reference: string): Promise<DatasetDetail>
  tagDataset(
    reference: string,
    tag: string,
    options: { readonly move: boolean },
  ): Promise<{ readonly dataset: string; readonly version: number }>
  headDataset(reference: string, rows: number): Promise<DatasetRows>

  listModels(): Promise<readonly RegisteredModel[]>
  /** A reference with a version or alias shows that version, a bare name the latest. */
  showModel(
    reference: string,
  ): Promise<{ readonly model: ModelDetails; readonly version: ModelVersion; readonly report?: string }>
  promoteModel(
    reference: string,
    alias: string,
    options: { readonly why: string; readonly force: boolean; readonly who?: string },
  ): Promise<AliasMoved>
  rollbackModel(
    model: string,
    alias: string,
    options: { readonly why: string; readonly who?: string },
  ): Promise<AliasMoved>

  /** Batches that p.notify sent or tried to send, newest first. */
  listDeliveries(filter: DeliveryFilter): Promise<Page<Delivery>>

  predict(request: PredictRequest): Promise<Predicted>
  addUser(
    name: string,
    options: { readonly role: string; readonly project?: string; readonly password?: string },
  ): Promise<User>
  /** Another role; in one project, or in every one with `*`. */
  grantRole(name: string, options: { readonly role: string; readonly project?: string }): Promise<User>
  setPassword(name: string, password: string): Promise<void>
  removeUser(name: string): Promise<void>
  listUsers(): Promise<readonly User[]>
  /** The secret is in the answer and nowhere else. */
  createToken(
    user: string,
    options: { readonly label: string; readonly life: string },
  ): Promise<{ readonly token: Token; readonly secret: string }>
  listTokens(user?: string): Promise<readonly Token[]>
  revokeToken(id: string): Promise<Token>

  /** Brings experiments, runs, artifacts and registered models of an MLflow store. */
  importMlflow(options: ImportOptions): Promise<ImportSummary>
  verify(request: { readonly clean: boolean; readonly signal: AbortSignal }): Promise<Verification>
}

/** What works without a project. */
export interface CliTools extends AsyncDisposable {
  /** Reads a file, within the memory limit, and says what its columns hold and what was assumed to read it. */
  inferTable(path: string, wishes: CsvWishes): Promise<InferredTable>
}

export interface ServeOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly logLevel: string
  /** Takes the lines of the log. */
  readonly log: (line: string) => void
}

/** A server that takes requests. Disposing it answers those that are under way, then stops. */
export interface RunningServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

/** How the command line reaches the rest: by functions that load it only when a command needs it. */
export interface CliBackend {
  openApp(
    config: Config,
    options: { readonly signal: AbortSignal; readonly warn: (line: string) => void },
  ): Promise<CliApp>
  openTools(): Promise<CliTools>
  openServer(config: Config, options: ServeOptions): Promise<RunningServer>
}
