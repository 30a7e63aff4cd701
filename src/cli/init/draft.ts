import type { InferredColumn, InferredTable } from '../../modules/datasets/index.ts'
import { chooseSplit, type SplitChoice } from './choose-split.ts'
import { chooseTask, findTarget, type TargetChoice } from './choose-target.ts'
import { type ColumnConstraints, inferConstraints } from './column-constraints.ts'
import { type ColumnRole, chooseRole } from './column-role.ts'
import { NoFeaturesError } from './errors.ts'

/** A column with everything that was decided about it. */
export interface DraftColumn {
  readonly name: string
  readonly inferred: InferredColumn
  readonly role: ColumnRole | { readonly role: 'target' }
  readonly constraints: ColumnConstraints
}

/** What `baton init` knows of a table before any file is written. */
export interface ProjectDraft {
  /** The project's folder name. */
  readonly project: string
  /** Name of the dataset, the pipeline, the contracts and the model. */
  readonly slug: string
  /** The file in data/raw. */
  readonly file: string
  /** How a CSV file is read, as far as that differs from the usual. */
  readonly csv: NonNullable<InferredTable['csv']>
  /** What was assumed of the file, in words. */
  readonly assumptions: readonly string[]
  readonly rows: number
  readonly columns: readonly DraftColumn[]
  readonly target: TargetChoice
  readonly split: SplitChoice
}

/** Decides task, roles, constraints and split from what the columns hold; everything is told in the files that are written. */
export function draftProject(
  table: InferredTable,
  options: Pick<ProjectDraft, 'project' | 'slug' | 'file'> & { readonly target: string },
): ProjectDraft {
  const { target: wanted, ...names } = options
  const column = findTarget(table, wanted)
  const target = chooseTask(column)
  const columns = table.columns.map(
    (inferred): DraftColumn => ({
      name: inferred.name,
      inferred,
      constraints: inferConstraints(inferred, table.rows),
      role: inferred === column ? { role: 'target' } : chooseRole(inferred, table.rows),
    }),
  )
  const { rows, csv = {}, assumptions } = table
  const draft = { ...names, rows, columns, target, split: chooseSplit(table, target), csv, assumptions }
  if (featureColumns(draft).length === 0) throw new NoFeaturesError(column.name, columns.length - 1)
  return draft
}

/** The columns that the model reads. */
export function featureColumns(draft: ProjectDraft): readonly DraftColumn[] {
  return draft.columns.filter((column) => column.role.role === 'feature')
}
