import type { TrainingTable } from '../data/training-table.ts'

const CITIES = ['Oslo', 'Rome', 'Lima', 'Bern']
const EFFECTS = [0.5, -0.5, 1, 0]

/** The data of make_golden.py, number for number (a linear congruential generator, Numerical Recipes). */
export function goldenTable(rows: number, task: 'binary' | 'regression'): TrainingTable {
  let state = 42
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const normal = (): number => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, 0) - 6
  const columns = [new Float32Array(rows), new Float32Array(rows), new Float32Array(rows)] as const
  const codes = new Int32Array(rows)
  const target = new Float32Array(rows)
  for (let row = 0; row < rows; row++) {
    columns[0][row] = normal()
    columns[1][row] = 3 + 10 * normal()
    columns[2][row] = Math.floor(5 * uniform())
    const which = Math.floor(4 * uniform())
    const score = columns[0][row]! - 0.1 * columns[1][row]! + 0.3 * columns[2][row]! + EFFECTS[which]!
    if (uniform() < 0.1) columns[1][row] = Number.NaN
    codes[row] = uniform() < 0.05 ? -1 : which
    const label = uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0
    const number = score + normal()
    target[row] = task === 'binary' ? label : number
  }
  return {
    rows,
    target,
    features: [
      ...columns.map((values, index) => ({
        name: `n${index}`,
        kind: 'numeric' as const,
        type: 'number' as const,
        values,
      })),
      { name: 'city', kind: 'categorical', type: 'string', codes, categories: CITIES },
    ],
  }
}
