import type { InferredColumn } from '../../modules/datasets/index.ts'

/** What a column promises, in the words that both contracts use. */
export interface ColumnConstraints {
  readonly type: 'integer' | 'bigint' | 'double' | 'boolean' | 'string' | 'date' | 'timestamp'
  readonly nullable?: true
  readonly min?: number
  readonly max?: number
  readonly oneOf?: readonly string[]
}

/** Rounds away from the middle, to the leading digit of half of `scale`. */
export function roundOut(value: number, scale: number, direction: 'down' | 'up'): number {
  if (value === 0 || scale === 0) return value
  const unit = 10 ** Math.floor(Math.log10(Math.abs(scale) / 2))
  const rounded = (direction === 'down' ? Math.floor(value / unit) : Math.ceil(value / unit)) * unit
  return Number(rounded.toPrecision(12))
}

/**
 * Limits with half a span of slack on both sides, so that next month's data fits and a broken unit does not.
 * What was never negative stays so; shares stay between 0 and 1.
 */
export function slackLimits(min: number, max: number, whole: boolean): { min: number; max: number } {
  if (!whole && min >= 0 && max <= 1) return { min: 0, max: 1 }
  const span = max - min || Math.abs(max) || 1
  const low = min - span / 2
  const high = max + span / 2
  const limits = {
    min: min >= 0 && low < 0 ? 0 : roundOut(low, span, 'down'),
    max: max <= 0 && high > 0 ? 0 : roundOut(high, span, 'up'),
  }
  return whole ? { min: Math.floor(limits.min), max: Math.ceil(limits.max) } : limits
}

const smallSet = 20

/** A text column with few values that come back often is a category: other values are refused. */
function categories(column: InferredColumn, rows: number): readonly string[] | undefined {
  if (column.type !== 'string' || column.values === undefined) return undefined
  if (column.distinct === 0 || column.distinct > smallSet || column.distinct * 10 > rows) return undefined
  if (column.values.length !== column.distinct) return undefined
  return column.values.map(({ value }) => value).toSorted()
}

/** The constraints that the data of a column supports. */
export function inferConstraints(column: InferredColumn, rows: number): ColumnConstraints {
  const { type, min, max } = column
  const nullable = column.nulls > 0 ? { nullable: true as const } : {}
  const whole = type === 'integer' || type === 'bigint'
  if ((whole || type === 'double' || type === 'decimal') && typeof min === 'number' && typeof max === 'number') {
    const limits = slackLimits(min, max, whole)
    const fitsInteger = Math.abs(limits.min) < 2 ** 31 && Math.abs(limits.max) < 2 ** 31
    return { type: whole ? (fitsInteger ? 'integer' : 'bigint') : 'double', ...nullable, ...limits }
  }
  const oneOf = categories(column, rows)
  return { type: type === 'decimal' ? 'double' : type, ...nullable, ...(oneOf === undefined ? {} : { oneOf }) }
}
