import type { FeatureColumn, TrainingTable } from './data/training-table.ts'
import { seededRandom } from './random.ts'

export interface RandomTableOptions {
  readonly rows: number
  readonly numeric: number
  readonly categorical: number
  readonly seed: number
  readonly task: 'binary' | 'regression'
  readonly missing?: number
}

const CITIES = ['Köln', 'Paris', 'Łódź', '東京', 'New York', "L'Aquila", 'a,b', 'x"y', 'Rome', 'Oslo']

/** A table with a known relation: the target depends on the first columns and on the category, with noise. */
export function randomTable(options: RandomTableOptions): TrainingTable {
  const { rows } = options
  const random = seededRandom(options.seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const features: FeatureColumn[] = []
  const signal = new Float64Array(rows)
  for (let index = 0; index < options.numeric; index++) {
    const values = new Float32Array(rows)
    // Columns of different kinds: normal, few distinct values, heavy-tailed.
    const draw = [normal, () => Math.floor(4 * random()), () => Math.exp(2 * normal())][index % 3]!
    for (let row = 0; row < rows; row++) {
      values[row] = draw()
      signal[row]! += index < 4 ? (index % 2 === 0 ? 1 : -0.5) * Math.min(3, values[row]!) : 0
      if (random() < (options.missing ?? 0.05)) values[row] = Number.NaN
    }
    features.push({ name: `n${index}`, kind: 'numeric', type: 'number', values })
  }
  for (let index = 0; index < options.categorical; index++) {
    const codes = new Int32Array(rows)
    for (let row = 0; row < rows; row++) {
      codes[row] = Math.floor(CITIES.length * random() * random())
      signal[row]! += index === 0 ? [1, -1, 0.5, -2, 0, 2, 0, 0, 1, -1][codes[row]!]! : 0
      if (random() < (options.missing ?? 0.05)) codes[row] = -1
    }
    features.push({ name: `c${index}`, kind: 'categorical', type: 'string', codes, categories: CITIES })
  }
  const target = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    target[row] =
      options.task === 'binary' ? (random() < 1 / (1 + Math.exp(-signal[row]!)) ? 1 : 0) : signal[row]! + normal() / 2
  }
  return { rows, features, target }
}
