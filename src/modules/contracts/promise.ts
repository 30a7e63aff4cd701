import type { ModelContract } from './model-contract.ts'

/** Who answers for a promise. */
export type Side = 'data science' | 'engineering'

/** One promise of a contract held against the facts. */
export interface JudgedPromise {
  /** Its place in the contract: `quality.rocAuc`. */
  readonly promise: string
  /** `≥ 0.7 (lower end of 95 %)`. */
  readonly promised: string
  readonly measured: string
  /** How far the measurement is from the promise, in the unit of the promise; 0 when it holds, null when it cannot be counted. */
  readonly by: number | null
  readonly holds: boolean
  readonly side: Side
  readonly owner: string
  /** One sentence for a person. */
  readonly explain: string
}

export type Verdict = Pick<JudgedPromise, 'promise' | 'promised' | 'measured' | 'by' | 'holds' | 'explain'>

/** Adds whose promise it is. */
export function answeredBy(contract: ModelContract, side: Side, verdict: Verdict): JudgedPromise {
  const owner = side === 'data science' ? contract.owners.dataScience : contract.owners.engineering
  return { ...verdict, side, owner }
}

/** Four significant digits, without trailing zeros; integers as they are. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}

export function notMeasured(promise: string, promised: string, what: string): Verdict {
  return {
    promise,
    promised,
    measured: 'not measured',
    by: null,
    holds: false,
    explain: `${what} was not measured, so nobody knows.`,
  }
}

interface Limit {
  readonly promise: string
  readonly what: string
  readonly min?: number | undefined
  readonly max?: number | undefined
  readonly unit?: string
  /** Which end of the interval is held against the limit: ` (lower end of 95 %)`. */
  readonly end?: string
}

/** Holds a number against its limits. A value that is not a number never holds. */
export function holdLimit(limit: Limit, value: number): Verdict {
  const unit = limit.unit ?? ''
  const end = limit.end ?? ''
  const say = (number: number) => `${formatNumber(number)}${unit}`
  const promised = [
    ...(limit.min === undefined ? [] : [`≥ ${say(limit.min)}`]),
    ...(limit.max === undefined ? [] : [`≤ ${say(limit.max)}`]),
  ].join(' and ')
  const missing = Math.max((limit.min ?? -Infinity) - value, value - (limit.max ?? Infinity))
  const measured = Number.isFinite(value) ? say(value) : 'not a number'
  const common = { promise: limit.promise, promised: promised + end, measured: measured + end }
  if (missing <= 0)
    return { ...common, by: 0, holds: true, explain: `${limit.what} is ${measured}, within ${promised}.` }
  if (!Number.isFinite(value))
    return { ...common, by: null, holds: false, explain: `${limit.what} could not be computed on this data.` }
  const wrong = limit.min !== undefined && value < limit.min ? 'below' : 'above'
  return {
    ...common,
    by: missing,
    holds: false,
    explain: `${limit.what} is ${measured}, ${say(missing)} ${wrong} the promised ${promised}${end}.`,
  }
}
