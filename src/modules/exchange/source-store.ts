import type { FinalStatus, LifecycleStage, Metric, RunDatum, RunStatus } from '../tracking/index.ts'

export type SourceStatus = RunStatus | FinalStatus

export interface SourceExperiment {
  readonly id: string
  readonly name: string
  readonly lifecycleStage: LifecycleStage
  readonly createdMs: number
  readonly updatedMs: number
  readonly tags: Readonly<Record<string, string>>
}

export interface SourceRun {
  readonly id: string
  readonly name: string
  readonly user: string
  readonly status: SourceStatus
  readonly lifecycleStage: LifecycleStage
  readonly startedMs: number
  readonly endedMs: number | undefined
  readonly deletedMs: number | undefined
  readonly artifactUri: string
  /** Folders in which its artifacts may lie, the likeliest first. */
  readonly artifactFolders: readonly string[]
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** The whole history of every metric. */
  readonly metrics: readonly Metric[]
  readonly inputs: readonly RunDatum[]
}

export interface SourceVersion {
  readonly version: number
  readonly source: string
  readonly runId: string
  readonly runLink: string
  readonly description: string
  readonly stage: string
  readonly user: string
  readonly tags: Readonly<Record<string, string>>
}

export interface SourceModel {
  readonly name: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly aliases: Readonly<Record<string, number>>
  /** By number, the lowest first. */
  readonly versions: readonly SourceVersion[]
}

/** Something of the source that is not there afterwards, and why. */
export interface LeftOut {
  /** `run 9f80…`, `experiment churn`, `model churn@3`. */
  readonly what: string
  readonly why: string
}

/** A store of MLflow that is read and never written. What cannot be read is told to `leaveOut` and passed over. */
export interface SourceStore extends AsyncDisposable {
  /** Tells one store from another: its absolute place. */
  readonly place: string
  experiments(): Promise<readonly SourceExperiment[]>
  countRuns(): Promise<number>
  runs(experimentId: string): AsyncIterable<SourceRun>
  models(): Promise<readonly SourceModel[]>
  /** The models that runs of MLflow 3 have logged. */
  countLoggedModels(): Promise<number>
}

export type LeaveOut = (left: LeftOut) => void

const statuses: readonly SourceStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']

/** A status by its name, or by its number in the protocol (1 to 5, in the order of `statuses`). */
export function toStatus(text: string): SourceStatus | undefined {
  return statuses.find((status, index) => text === status || text === String(index + 1))
}

export function toStage(text: string | undefined): LifecycleStage {
  return text === 'deleted' ? 'deleted' : 'active'
}

/** A whole number that the source holds as text; undefined for anything else. */
export function toWhole(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || !/^-?\d{1,16}$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}

/** An entry without its empty texts: a field that the source leaves empty says nothing. */
export function withoutEmpty<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], null | undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  ) as { [Key in keyof T]?: Exclude<T[Key], null | undefined> }
}
