import { writeFileSync } from 'node:fs'

import type { FeatureColumn, TrainingTable } from '../../src/modules/learners/index.ts'

/** What both sides read: float32 column by column, the label last; a categorical column holds codes, NaN for missing. */
export interface BenchData {
  readonly rows: number
  readonly categorical: readonly boolean[]
  readonly columns: readonly Float32Array[]
  readonly labels: Float32Array
}

const CATEGORIES = 30
const MISSING = 0.05

/** 20 columns, 4 of them categorical: normal, few-valued and heavy-tailed numbers, with gaps; seven columns matter. */
export function generate(rows: number): BenchData {
  let state = 12_345
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const effects = Array.from({ length: CATEGORIES }, normal)
  const scores = new Float64Array(rows)
  const categorical = Array.from({ length: 20 }, (_, index) => index >= 16)
  const columns = categorical.map((isCategory, index) => {
    const values = new Float32Array(rows)
    for (let row = 0; row < rows; row++) {
      if (isCategory) values[row] = Math.floor(CATEGORIES * uniform() * uniform())
      else values[row] = index % 3 === 0 ? normal() : index % 3 === 1 ? Math.floor(12 * uniform()) : Math.exp(normal())
      const value = values[row]!
      if (index === 16) scores[row]! += effects[value]!
      else if (index < 6) scores[row]! += index % 2 === 0 ? Math.sin(value) : -0.4 * Math.min(2, value)
      if (uniform() < MISSING) values[row] = Number.NaN
    }
    return values
  })
  const labels = Float32Array.from(scores, (score) => (uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0))
  return { rows, categorical, columns, labels }
}

export function writeData(data: BenchData, file: string): void {
  writeFileSync(file, Buffer.concat([...data.columns, data.labels].map((column) => new Uint8Array(column.buffer))))
}

/** Rows first … last − 1 as a table for our learners. */
export function toTable(data: BenchData, first: number, last: number): TrainingTable {
  const rows = last - first
  const shared = (values: Float32Array): Float32Array => {
    const copy = new Float32Array(new SharedArrayBuffer(rows * 4))
    copy.set(values.subarray(first, last))
    return copy
  }
  const features = data.columns.map((values, index): FeatureColumn => {
    const name = `x${index}`
    if (!data.categorical[index]) return { name, kind: 'numeric', type: 'number', values: shared(values) }
    const codes = new Int32Array(new SharedArrayBuffer(rows * 4))
    codes.set(Int32Array.from(values.subarray(first, last), (value) => (Number.isNaN(value) ? -1 : value)))
    const categories = Array.from({ length: CATEGORIES }, (_, code) => `c${code}`)
    return { name, kind: 'categorical', type: 'string', codes, categories }
  })
  return { rows, features, target: shared(data.labels) }
}
