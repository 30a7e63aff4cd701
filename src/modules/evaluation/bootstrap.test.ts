import { describe, expect, test } from 'vitest'

import { InterruptedError } from '../../kernel/errors.ts'
import { binaryEvaluator, binaryMetricNames } from './binary-metrics.ts'
import { bootstrapIntervals, bootstrapPlan, quantile } from './bootstrap.ts'
import { aucInterval, deLong } from './delong.ts'
import { seededRandom } from './random.ts'
import type { BinaryRows } from './ranking.ts'

/** Two normal scores whose means differ by `distance`: the true AUC is Φ(distance / √2). */
function normalRows(n: number, distance: number, seed: number): BinaryRows {
  const random = seededRandom(seed)
  const labels = Uint8Array.from({ length: n }, (_, i) => i % 2)
  const scores = Float64Array.from(labels, (label) => 1 / (1 + Math.exp(-random.normal() - distance * label)))
  return { scores, labels }
}

const run = (rows: BinaryRows, options: { seed: number; replicates?: number; signal?: AbortSignal }) =>
  bootstrapIntervals(
    binaryEvaluator(rows),
    { rows: rows.labels.length, strata: rows.labels, numbers: binaryMetricNames.length },
    options,
  )

describe('bootstrap', () => {
  test('the same seed gives the same interval, another seed nearly the same', async () => {
    const rows = normalRows(400, 1, 1)
    const [first, again, other] = await Promise.all([
      run(rows, { seed: 7 }),
      run(rows, { seed: 7 }),
      run(rows, { seed: 8 }),
    ])
    expect(again).toEqual(first)
    expect(other.intervals[0]).not.toEqual(first.intervals[0])
    expect(other.intervals[0]!.lower).toBeCloseTo(first.intervals[0]!.lower, 1)
    expect(first.method).toEqual({ replicates: 1_000, drawnRows: 400, seed: 7 })
  })

  test('the AUC interval agrees with DeLong', async () => {
    const rows = normalRows(2_000, 1, 2)
    const { intervals } = await run(rows, { seed: 7 })
    const closed = aucInterval(deLong(rows))
    expect(Math.abs(intervals[0]!.lower - closed.lower)).toBeLessThan(0.004)
    expect(Math.abs(intervals[0]!.upper - closed.upper)).toBeLessThan(0.004)
  })

  test('95 % intervals hold the true AUC in about 95 % of simulated test sets', async () => {
    const truth = 0.7602499389065233 // Φ(1 / √2)
    let held = 0
    const simulations = 200
    for (let i = 0; i < simulations; i++) {
      const { intervals } = await run(normalRows(120, 1, 1_000 + i), { seed: i, replicates: 200 })
      if (intervals[0]!.lower <= truth && truth <= intervals[0]!.upper) held++
    }
    expect(held / simulations).toBeGreaterThan(0.9)
    expect(held / simulations).toBeLessThan(0.99)
  })

  test('one class only: no interval for AUC, one for the rest', async () => {
    const rows = { scores: Float64Array.of(0.2, 0.4, 0.9), labels: Uint8Array.of(1, 1, 1) }
    const { intervals } = await run(rows, { seed: 1, replicates: 50 })
    expect(intervals[0]!.lower).toBeNaN()
    expect(intervals[3]!.lower).toBeGreaterThan(0)
  })

  test('a signal stops it', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 30)
    await expect(run(normalRows(200_000, 1, 3), { seed: 1, signal: stop.signal })).rejects.toThrow(InterruptedError)
  })

  test('huge data gets fewer replicates of fewer rows, never less than 200', () => {
    expect(bootstrapPlan(4_000)).toEqual({ replicates: 1_000, drawnRows: 4_000 })
    expect(bootstrapPlan(1_000_000)).toEqual({ replicates: 200, drawnRows: 500_000 })
    expect(bootstrapPlan(10_000_000)).toEqual({ replicates: 200, drawnRows: 500_000 })
  })
})

test('quantiles are those of NumPy', () => {
  expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75)
  expect(quantile([5], 0.9)).toBe(5)
  expect(quantile([], 0.5)).toBeNaN()
})
