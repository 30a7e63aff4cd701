import { sqlName } from '../checks/index.ts'
import type { ModelContract } from '../contracts/index.ts'
import type { InputRelation } from './context.ts'
import { ColumnTakenError, MissingInputColumnsError, UnknownColumnsError } from './errors.ts'

export const versionColumn = 'model_version'
export const decisionColumn = 'decision'
export const rejectedRowColumn = 'rejected_row'
export const rejectedReasonsColumn = 'rejected_reasons'

/** The name of the score among the output's columns: the contract's word for it. */
export function scoreColumn(contract: ModelContract): string {
  return Object.keys(contract.output)[0]!
}

export interface ColumnChoice {
  readonly contract: ModelContract
  readonly input: InputRelation
  readonly columns: readonly string[] | undefined
  readonly decision: boolean
}

/** The input columns that are kept beside the score; throws when the input does not fit the contract or the choice. */
export function chooseColumns({ contract, input, columns, decision }: ColumnChoice): readonly string[] {
  const names = input.columns.map((column) => column.name)
  const missing = Object.keys(contract.input).filter((name) => !names.includes(name))
  if (missing.length > 0) throw new MissingInputColumnsError(input.label, missing, names)
  const kept = columns ?? names
  for (const column of kept) if (!names.includes(column)) throw new UnknownColumnsError(input.label, column, names)
  const added = [scoreColumn(contract), versionColumn, ...(decision ? [decisionColumn] : [])].map((name) =>
    name.toLowerCase(),
  )
  for (const column of kept) if (added.includes(column.toLowerCase())) throw new ColumnTakenError(input.label, column)
  return kept
}

/** `a, b` with quotes where they are needed. */
export function sqlNames(names: readonly string[]): string {
  return names.map((name) => sqlName(name)).join(', ')
}
