import { describe, expect, test } from 'vitest'

import { seededRandom } from './random.ts'
import { createSliceColumn } from './slice-column.ts'
import { sliceReports, upperTail } from './slices.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Rows of several groups; in group `b` the score says less. */
function rowsWithWeakGroup(weakness: number) {
  const random = seededRandom(4)
  const n = 3_000
  const builder = createSliceColumn({ column: 'group' }, n)
  const scores = new Float64Array(n)
  const actual = new Float64Array(n)
  for (let row = 0; row < n; row++) {
    const group = 'abcde'[row % 5]!
    builder.set(row, group)
    const signal = random.normal()
    actual[row] = Number(random.next() < sigmoid(2 * signal))
    scores[row] = sigmoid(group === 'b' ? (1 - weakness) * signal + weakness * random.normal() : signal)
  }
  return { columns: [builder.finish(n)], rows: { task: 'binary' as const, scores, actual, minRows: 50 } }
}

describe('slices', () => {
  test('a slice where the model is blind is first and weak; the others are not', () => {
    const { columns, rows } = rowsWithWeakGroup(1)
    const [report] = sliceReports(columns, rows)
    expect(report!.values.map((value) => value.weak)).toEqual([true, false, false, false, false])
    expect(report!.values[0]!.value).toBe('b')
  })

  test('equal slices: no verdict against any', () => {
    const { columns, rows } = rowsWithWeakGroup(0)
    expect(sliceReports(columns, rows)[0]!.values.some((value) => value.weak)).toBe(false)
  })

  test('bins of the input that ranks are not all called weak', () => {
    const random = seededRandom(9)
    const n = 4_000
    const builder = createSliceColumn({ column: 'x', bins: 4 }, n)
    const scores = new Float64Array(n)
    const actual = new Float64Array(n)
    for (let row = 0; row < n; row++) {
      const x = random.next()
      builder.set(row, x)
      scores[row] = x
      actual[row] = Number(random.next() < x)
    }
    const [report] = sliceReports([builder.finish(n)], { task: 'binary', scores, actual, minRows: 50 })
    expect(report!.values.filter((value) => value.weak).length).toBeLessThanOrEqual(1)
    expect(report!.pooled!).toBeLessThan(0.75)
  })

  test('few rows, or few of a class, get no verdict and no metric', () => {
    const builder = createSliceColumn({ column: 'c' }, 200)
    const actual = new Float64Array(200)
    for (let row = 0; row < 200; row++) {
      builder.set(row, row < 20 ? 'small' : row < 100 ? 'one class' : null)
      actual[row] = row < 100 ? 0 : row % 2
    }
    const scores = actual.map((value) => 0.2 + value / 2)
    const [report] = sliceReports([builder.finish(200)], { task: 'binary', scores, actual, minRows: 50 })
    const states = Object.fromEntries(report!.values.map((value) => [value.value, value.state]))
    expect(states).toEqual({ '(missing)': 'measured', small: 'too few rows', 'one class': 'too few rows' })
    expect(report!.values.at(-1)!.metrics['rocAuc']).toBeUndefined()
  })

  test('numbers with few values are values, others equally filled bins that cover every row', () => {
    const few = createSliceColumn({ column: 'n' }, 4)
    for (const [row, value] of [3, 1, Number.NaN, 1].entries()) few.set(row, value)
    expect(few.finish(4)).toMatchObject({ kind: 'values', values: ['1', '3', '(missing)'] })
    const many = createSliceColumn({ column: 'n', bins: 5 }, 1_000)
    for (let row = 0; row < 1_000; row++) many.set(row, row)
    const { codes, values } = many.finish(1_000)
    const sizes = values.map((_, code) => codes.filter((each) => each === code).length)
    expect(sizes).toEqual([200, 200, 200, 200, 200, 0])
  })

  test('a constant column and more values than are kept do not break it', () => {
    const constant = createSliceColumn({ column: 'k', bins: 4 }, 10)
    for (let row = 0; row < 10; row++) constant.set(row, 7)
    expect(new Set(constant.finish(10).codes).size).toBe(1)
    const ids = createSliceColumn({ column: 'id' }, 2_000)
    for (let row = 0; row < 2_000; row++) ids.set(row, `id-${row}`)
    expect(ids.finish(2_000).values.length).toBeLessThanOrEqual(500)
  })
})

test('the normal tail has the known quantiles', () => {
  expect(upperTail(0)).toBeCloseTo(0.5, 6)
  expect(upperTail(1.6448536)).toBeCloseTo(0.05, 6)
  expect(upperTail(-1.959964)).toBeCloseTo(0.975, 6)
})
