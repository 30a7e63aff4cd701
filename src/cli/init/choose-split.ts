import type { InferredColumn, InferredTable } from '../../modules/datasets/index.ts'
import { namesIdentifier } from './column-role.ts'
import type { TargetChoice } from './choose-target.ts'

/** How rows are divided into train, validation and test, and why. */
export interface SplitChoice {
  readonly by: 'time' | 'group' | 'stratified' | 'random'
  /** The column that decides; absent for `random`. */
  readonly column?: string
  readonly because: string
}

const count = (value: number) => value.toLocaleString('en-US')

/** A column that says when a row came about, with enough moments to cut between; a birthday is none. */
function isEventTime(column: InferredColumn): boolean {
  const isTime = column.type === 'date' || column.type === 'timestamp'
  return isTime && column.distinct >= 20 && column.nulls === 0 && !/birth|dob|born/i.test(column.name)
}

/** A column that names the thing a row is about, when things come back: their rows must stay together. */
function isRepeatingIdentifier(column: InferredColumn, rows: number): boolean {
  return namesIdentifier(column.name) && column.nulls === 0 && column.distinct >= 20 && column.distinct < rows * 0.9
}

/** Time first, because a model is used on what comes later; then groups; then classes in equal shares; else by chance. */
export function chooseSplit(table: InferredTable, target: TargetChoice): SplitChoice {
  const others = table.columns.filter((column) => column !== target.column)
  const time = others.find((column) => isEventTime(column))
  if (time !== undefined) {
    return {
      by: 'time',
      column: time.name,
      because: `the model is used on what comes later, so it is tested on the latest rows; ${time.name} has ${count(time.distinct)} different times`,
    }
  }
  const group = others.find((column) => isRepeatingIdentifier(column, table.rows))
  if (group !== undefined) {
    return {
      by: 'group',
      column: group.name,
      because: `${group.name} comes back (${count(group.distinct)} values in ${count(table.rows)} rows); the rows of one must not stand on both sides`,
    }
  }
  if (target.task === 'binary') {
    return {
      by: 'stratified',
      column: target.column.name,
      because: `no column says when a row came about, so chance decides, with the same share of "${target.positive}" in every part`,
    }
  }
  return { by: 'random', because: 'no column says when a row came about, so chance decides, by a hash of the row' }
}
