import type { InferredColumn } from '../../modules/datasets/index.ts'

/** Whether a model may read a column, with the reason when not. */
export type ColumnRole = { readonly role: 'feature' } | { readonly role: 'excluded'; readonly because: string }

const count = (value: number) => value.toLocaleString('en-US')

/** True for a name such as id, customer_id, customerId, uuid, row-key. */
export function namesIdentifier(name: string): boolean {
  return /(^|[^a-z])(id|uuid|guid|key|index|rownum)$/i.test(name) || /[a-z](Id|ID|Key|Uuid|UUID)$/.test(name)
}

function isConsecutive(column: InferredColumn, rows: number): boolean {
  const { min, max } = column
  // The count of different values is an estimate in a large table.
  const isEachOnce = column.distinct > rows * 0.9
  return typeof min === 'number' && typeof max === 'number' && isEachOnce && max - min + 1 === rows
}

/** What a column is to the model. A column that tells rows apart, says nothing, or is a moment in time is left out. */
export function chooseRole(column: InferredColumn, rows: number): ColumnRole {
  const excluded = (because: string): ColumnRole => ({ role: 'excluded', because })
  const { name, type, distinct, nulls } = column
  if (nulls === rows) return excluded('empty in every row')
  if (distinct <= 1 && nulls === 0) return excluded('the same value in every row')
  if (type === 'date' || type === 'timestamp') {
    return excluded('a moment in time; make an age, a month or a weekday of it in sql/ where it matters')
  }
  const filled = rows - nulls
  if (namesIdentifier(name) && distinct > 20)
    return excluded(`an identifier: its name says so, and it has ${count(distinct)} values`)
  if (type !== 'double' && type !== 'decimal' && isConsecutive(column, rows) && rows > 20) {
    return excluded('numbers the rows')
  }
  if (type === 'string' && distinct > 50 && distinct > filled / 2) {
    return excluded(`text or an identifier: ${count(distinct)} different values in ${count(filled)} rows`)
  }
  return { role: 'feature' }
}
