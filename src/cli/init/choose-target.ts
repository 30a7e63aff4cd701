import { InternalError } from '../../kernel/errors.ts'
import { nearest } from '../../kernel/nearest.ts'
import type { InferredColumn, InferredTable } from '../../modules/datasets/index.ts'
import { MulticlassTargetError, UnknownTargetError, UnsuitableTargetError } from './errors.ts'

/** What is predicted, and how that was decided, in words for a comment. */
export type TargetChoice = { readonly column: InferredColumn; readonly because: string } & (
  | { readonly task: 'binary'; readonly positive: string; readonly positiveRows: number }
  | { readonly task: 'regression' }
)

/** The column that `--target` means: a name, a position counted from 1 (`#31`, or `31`), or `last`. */
export function findTarget(table: InferredTable, wanted: string): InferredColumn {
  const { columns } = table
  const byName =
    columns.find((column) => column.name === wanted) ??
    columns.find((column) => column.name.toLowerCase() === wanted.toLowerCase())
  if (byName !== undefined) return byName
  const position = wanted === 'last' ? columns.length : Number(/^#?(\d+)$/.exec(wanted)?.[1] ?? Number.NaN)
  const byPosition = columns[position - 1]
  if (byPosition !== undefined) return byPosition
  const names = columns.map((column) => column.name)
  throw new UnknownTargetError(wanted, { columns: names, near: nearest(wanted, names) })
}

/** Pairs of values of which the second is the one that people call positive. */
const knownPairs = [
  ['0', '1'],
  ['0.0', '1.0'],
  ['false', 'true'],
  ['no', 'yes'],
  ['n', 'y'],
  ['negative', 'positive'],
  ['-1', '1'],
  ['f', 't'],
  ['stay', 'churn'],
] as const

interface ValueCount {
  readonly value: string
  readonly rows: number
}

/** Which of two values is the positive label: the one that names the event, otherwise the rarer one. */
function choosePositive(values: readonly [ValueCount, ValueCount]): ValueCount & { readonly because: string } {
  const lower = values.map(({ value }) => value.toLowerCase())
  for (const [negative, positive] of knownPairs) {
    if (!lower.includes(negative) || !lower.includes(positive)) continue
    return { ...values[lower.indexOf(positive)]!, because: 'as these two values are used' }
  }
  const rarer = values[0].rows <= values[1].rows ? values[0] : values[1]
  return { ...rarer, because: 'the rarer of the two, as the event of interest usually is' }
}

/** A value as it reads once the contract has given the column its type: a decimal becomes a double, `1.00` is `1.0`. */
function asContract(counted: ValueCount, type: InferredColumn['type']): ValueCount {
  if (type !== 'double' && type !== 'decimal') return counted
  const value = Number(counted.value)
  return { ...counted, value: Number.isInteger(value) ? value.toFixed(1) : String(value) }
}

const numericTypes = new Set(['integer', 'bigint', 'double', 'decimal'])

/** Decides the task by the target's values. Two values: binary. Many numbers: regression. Anything else is refused. */
export function chooseTask(column: InferredColumn): TargetChoice {
  const { name, distinct, type, values } = column
  if (distinct < 2) {
    throw new UnsuitableTargetError(
      name,
      distinct === 0 ? 'it is empty' : 'all its values are the same',
      'Name another column with --target.',
    )
  }
  if (distinct === 2) {
    const [first, second] = values ?? []
    if (first === undefined || second === undefined)
      throw new InternalError(`the two values of ${name} were not listed`)
    const positive = choosePositive([asContract(first, type), asContract(second, type)])
    const because = `it has two values; "${positive.value}" counts as positive, ${positive.because}`
    return { task: 'binary', column, positive: positive.value, positiveRows: positive.rows, because }
  }
  if (numericTypes.has(type)) {
    const few =
      distinct <= 10 ? '; if these few numbers are classes, models of more than two classes are not there yet' : ''
    return {
      task: 'regression',
      column,
      because: `it is a number with ${distinct.toLocaleString('en-US')} different values${few}`,
    }
  }
  if (type === 'string') throw new MulticlassTargetError(name, distinct)
  throw new UnsuitableTargetError(
    name,
    `a ${type} is neither a quantity nor one of two classes`,
    'Add a column with a number or with two values, and name it with --target.',
  )
}
