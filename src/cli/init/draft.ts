import type { InferredColumn, InferredTable } from '../app-interface.ts'
import { chooseSplit, type SplitChoice } from './choose-split.ts'
import { chooseTask, findTarget, type TargetChoice } from './choose-target.ts'
import { type ColumnConstraints, inferConstraints } from './column-constraints.ts'
import { type ColumnRole, chooseRole } from './column-role.ts'
import { NoFeaturesError } from './errors.ts'
import type { CsvLayout } from './sniff-csv.ts'

/** A column with everything that was decided about it. */
export interface DraftColumn {
  readonly name: string
  readonly inferred: InferredColumn
  readonly role: ColumnRole | { readonly role: 'target' }
  /** Absent: no type of a contract fits, and the column is dropped at the ingest. */
  readonly constraints?: ColumnConstraints
}

/** What `baton init` knows of a table before any file is written. */
export interface ProjectDraft {
  /** The project's folder name. */
  readonly project: string
  /** Name of the dataset, the pipeline, the contracts and the model. */
  readonly slug: string
  /** The file in data/raw. */
  readonly file: string
  readonly layout?: CsvLayout
  readonly rows: number
  readonly columns: readonly DraftColumn[]
  readonly target: TargetChoice
  readonly split: SplitChoice
}

/** Decides task, roles, constraints and split from what the columns hold; everything is told in the files that are written. */
export function draftProject(
  table: InferredTable,
  options: Pick<ProjectDraft, 'project' | 'slug' | 'file' | 'layout'> & { readonly target: string },
): ProjectDraft {
  const { target: wanted, ...names } = options
  const column = findTarget(table, wanted)
  const target = chooseTask(column)
  const columns = table.columns.map((inferred): DraftColumn => {
    const constraints = inferConstraints(inferred, table.rows)
    const { name } = inferred
    const known = { name, inferred, ...(constraints === undefined ? {} : { constraints }) }
    if (inferred === column) return { ...known, role: { role: 'target' } }
    if (constraints === undefined)
      return { ...known, role: { role: 'excluded', because: 'of a type that a model does not read' } }
    return { ...known, role: chooseRole(inferred, table.rows) }
  })
  const features = columns.filter((candidate) => candidate.role.role === 'feature')
  if (features.length === 0) throw new NoFeaturesError(column.name, columns.length - 1)
  return { ...names, rows: table.rows, columns, target, split: chooseSplit(table, target) }
}

/** The columns that the model reads. */
export function featureColumns(
  draft: ProjectDraft,
): readonly (DraftColumn & { readonly constraints: ColumnConstraints })[] {
  return draft.columns.flatMap((column) =>
    column.role.role === 'feature' && column.constraints !== undefined
      ? [{ ...column, constraints: column.constraints }]
      : [],
  )
}
