import type { ProjectDraft } from './draft.ts'
import { featureColumns } from './draft.ts'

const most = 3
const mostValues = 8
/** So many test rows a value on average: fewer than 50 are shown in a report but not judged. */
const fewestRows = 100
const testShare = 0.2

/** Inputs by whose values quality is worth looking at: a few small categories with enough test rows each. */
export function chooseSlices(draft: ProjectDraft): readonly string[] {
  const small = featureColumns(draft).filter(({ inferred: { type, distinct, nulls } }) => {
    const values = distinct + (nulls > 0 ? 1 : 0)
    const isCategory = type === 'string' || type === 'boolean'
    return isCategory && distinct >= 2 && distinct <= mostValues && draft.rows * testShare >= values * fewestRows
  })
  return small.slice(0, most).map((column) => column.name)
}
