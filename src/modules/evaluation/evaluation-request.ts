import type { TableAddress } from '../../ports/dataset-reader.ts'
import type { LoadedModel } from '../../ports/model-runtime.ts'
import type { BehaviourSpec, BinaryCosts, RegressionCosts, SliceSpec } from '../contracts/index.ts'
import type { Heuristic, TrainFacts } from './baselines.ts'
import type { QualityReport } from './contract.ts'
import type { ScoredTable } from './score-table.ts'

export type TableInput = TableAddress & { readonly rows: number }

/** The model in production, loaded, or why there is none to compare with. */
export type ChampionToMeet =
  | { readonly state: 'present'; readonly version: string; readonly model: LoadedModel }
  | { readonly state: 'absent'; readonly why: string }

/** One model, its test data and what is to be asked of it. */
export interface EvaluationRequest {
  readonly model: LoadedModel
  readonly about: QualityReport['model']
  readonly data: TableInput
  readonly train?: TableInput | undefined
  readonly validation?: TableInput | undefined
  readonly target: string
  readonly positive?: string | undefined
  readonly weight?: string | undefined
  readonly threshold?: number | undefined
  readonly slices?: readonly SliceSpec[] | undefined
  readonly sliceMinRows?: number | undefined
  readonly heuristic?: { readonly name: string; readonly sql: string } | undefined
  readonly behaviour?: readonly BehaviourSpec[] | undefined
  readonly costs?: BinaryCosts | RegressionCosts | undefined
  readonly champion: ChampionToMeet
  readonly seed: number
  readonly signal: AbortSignal
  readonly log?: (line: string) => void
  readonly progress?: (done: number, total: number) => void
}

/** The facts of a report, before a contract has judged them and a verdict has been written. */
export type QualityFindings = Omit<QualityReport, 'verdict' | 'contract' | 'provenance'>

/** Everything that was read, for the task's own part of an evaluation. */
export interface EvaluationFacts {
  readonly request: EvaluationRequest
  readonly scored: ScoredTable
  readonly validation: ScoredTable | undefined
  readonly train: TrainFacts | undefined
  readonly heuristic: Heuristic | undefined
  /** The champion's scores on the same rows, or why there are none. */
  readonly champion: { readonly version: string; readonly scores: Float64Array } | { readonly why: string }
}
