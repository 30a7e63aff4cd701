import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { TrainingTable } from '../data/training-table.ts'
import type { BoostedModel } from '../fitted-model.ts'
import { predictFitted } from '../predict.ts'
import { randomTable } from '../random-table.fixture.ts'
import { seededRandom } from '../random.ts'
import { rocAuc } from '../roc-auc.fixture.ts'
import { takeRows } from '../rows.fixture.ts'
import { type GradientBoostingSpec, gradientBoostingSpec } from '../spec.ts'
import { Arena } from './arena.ts'
import { binLimits, MISSING_BIN, writeNumericBins } from './bins.ts'
import { fitBoosting } from './boost.ts'
import { createKernel } from './kernel.ts'
import { sigmoid } from './sigmoid.ts'

const spec = (options: Partial<GradientBoostingSpec> = {}): GradientBoostingSpec =>
  gradientBoostingSpec.parse({ kind: 'gradientBoosting', roundsWithoutValidation: 30, ...options })

const table = (options: Partial<Parameters<typeof randomTable>[0]> = {}): TrainingTable =>
  randomTable({ rows: 3000, numeric: 5, categorical: 1, seed: 1, task: 'binary', ...options })

/** One numeric column `x` and a target. */
const column = (values: readonly number[], target: readonly number[]): TrainingTable => ({
  rows: values.length,
  features: [{ name: 'x', kind: 'numeric', type: 'number', values: Float32Array.from(values) }],
  target: Float32Array.from(target),
})

describe('bins', () => {
  const float = fc.oneof(fc.float(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1e-45, 3.4e38))

  it('put every value into the bin that its comparisons with the limits name', () => {
    fc.assert(
      fc.property(
        fc.array(float, { minLength: 1, maxLength: 600 }),
        fc.integer({ min: 2, max: 255 }),
        (list, maxBins) => {
          const values = Float32Array.from(list)
          const limits = binLimits(values, maxBins, seededRandom(1))
          expect(limits.length).toBeLessThan(maxBins)
          const bins = new Uint8Array(4 * values.length)
          writeNumericBins(values, limits, bins, 2)
          values.forEach((value, row) => {
            const expected = Number.isNaN(value) ? MISSING_BIN : limits.filter((limit) => value > limit).length
            expect(bins[4 * row + 2]).toBe(expected)
          })
        },
      ),
    )
  })

  it('separate values that are neighbours in float32, and infinite ones', () => {
    const next = (value: number): number =>
      new Float32Array(Int32Array.of(new Int32Array(Float32Array.of(value).buffer)[0]! + 1).buffer)[0]!
    const pairs = [1, 1.1, 3, 16_777_216, 1e-45, next(1), next(3)].map((value) => [Math.fround(value), next(value)])
    for (const [low, high] of [...pairs, [-Infinity, Infinity], [5, Infinity], [-Infinity, 5]]) {
      const [limit] = binLimits(Float32Array.of(low!, high!), 255, seededRandom(1))
      expect(low! <= limit! && limit! < high!, `${low} ≤ ${limit} < ${high}`).toBe(true)
    }
  })

  it('keep few distinct values apart and make many about equally full', () => {
    expect(binLimits(Float32Array.of(1, 2, 2, 4), 255, seededRandom(1))).toEqual(Float32Array.of(1.5, 3))
    const values = Float32Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? 0 : i))
    const limits = binLimits(values, 11, seededRandom(1))
    // Zero fills a bin alone; ten bins share the other half.
    expect(limits[0]).toBeLessThan(1)
    expect(limits.length).toBeGreaterThanOrEqual(9)
  })
})

describe('kernel', () => {
  it('sums histograms and parts rows as plain loops do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 300 }),
        fc.nat(),
        (words, seed) => {
          const arena = new Arena()
          const rows = words.length
          const at = {
            words: arena.allocate(4 * rows),
            rows: arena.allocate(4 * rows),
            pairs: arena.allocate(8 * rows),
            spare: arena.allocate(4 * rows),
            flags: arena.allocate(256),
            histogram: arena.allocate(16_384),
          }
          const { buffer } = arena.memory
          new Uint32Array(buffer, at.words, rows).set(words)
          const order = new Int32Array(buffer, at.rows, rows)
          order.set(Int32Array.from({ length: rows }, (_, row) => row))
          const random = seededRandom(seed)
          const pairs = new Float32Array(buffer, at.pairs, 2 * rows)
          pairs.set(pairs.map(() => random() - 0.5))
          const flags = new Uint8Array(buffer, at.flags, 256)
          flags.set(flags.map(() => (random() < 0.5 ? 1 : 0)))
          const kernel = createKernel(arena.memory)
          const start = rows >> 2
          kernel.accumulate(at.histogram, at.words, at.rows, start, rows, at.pairs)
          const expected = new Float64Array(2048)
          for (let row = start; row < rows; row++) {
            for (let slot = 0; slot < 4; slot++) {
              const bin = slot * 512 + 2 * ((words[row]! >>> (8 * slot)) & 255)
              expected[bin]! += pairs[2 * row]!
              expected[bin + 1]! += pairs[2 * row + 1]!
            }
          }
          expect(new Float64Array(buffer, at.histogram, 2048)).toEqual(expected)
          const bin = (row: number): number => (words[row]! >>> 8) & 255
          const middle = kernel.partition(at.rows, at.spare, start, rows, at.words + 1, at.flags)
          const range = Array.from({ length: rows - start }, (_, i) => start + i)
          const left = range.filter((row) => flags[bin(row)] === 1)
          const right = range.filter((row) => flags[bin(row)] === 0)
          expect(middle).toBe(start + left.length)
          expect(Array.from(order.subarray(start))).toEqual([...left, ...right])
        },
      ),
      { numRuns: 30 },
    )
  })

  it('has a sigmoid that agrees with Math.exp', () => {
    for (let score = -39; score < 39; score += 0.0137) {
      const exact = 1 / (1 + Math.exp(-score))
      expect(Math.abs(sigmoid(score) - exact) / exact).toBeLessThan(1e-11)
    }
    expect([sigmoid(1e9), sigmoid(0)]).toEqual([1, 0.5])
  })
})

describe('gradient boosting', () => {
  it('gives the same model with and without a helping thread', () => {
    const data = table({ rows: 70_000, numeric: 15, categorical: 1 })
    const alone = fitBoosting(spec({ roundsWithoutValidation: 4 }), { train: data }, { task: 'binary', seed: 1 })
    const helped = fitBoosting(
      spec({ roundsWithoutValidation: 4 }),
      { train: data },
      { task: 'binary', seed: 1, helpers: 1 },
    )
    expect(helped).toEqual(alone)
  })

  it('learns from categories and from what is missing', () => {
    const random = seededRandom(3)
    const rows = 4000
    const codes = Int32Array.from({ length: rows }, () => Math.floor(6 * random()))
    const values = Float32Array.from({ length: rows }, () => (random() < 0.3 ? Number.NaN : random()))
    // Odd categories, or a missing value, mean 1: neither is an order that one threshold could find.
    const target = Float32Array.from(codes, (code, row) => (code % 2 === 1 || Number.isNaN(values[row]) ? 1 : 0))
    const data: TrainingTable = {
      rows,
      target,
      features: [
        { name: 'c', kind: 'categorical', type: 'string', codes, categories: ['a', 'b', 'c', 'd', 'e', 'f'] },
        { name: 'x', kind: 'numeric', type: 'number', values },
      ],
    }
    const { model } = fitBoosting(
      spec({ roundsWithoutValidation: 60, learningRate: 0.3 }),
      { train: data },
      { task: 'binary', seed: 1 },
    )
    predictFitted(model, data).forEach((score, row) => expect(Math.abs(score - target[row]!)).toBeLessThan(0.05))
  })

  it('stops on validation rows, keeps the best round, and never looks at them otherwise', () => {
    const data = table({ rows: 2000, seed: 5 })
    const train = takeRows(data, (row) => row % 2 === 0)
    const validation = takeRows(data, (row) => row % 2 === 1)
    const options = { task: 'binary', seed: 1 } as const
    const stopped = fitBoosting(spec({ learningRate: 0.3, patience: 10 }), { train, validation }, options)
    const losses = stopped.history.map((point) => point.validation!)
    expect(stopped.rounds).toBe(losses.indexOf(Math.min(...losses)) + 1)
    expect(losses).toHaveLength(stopped.rounds! + 10)
    const fixed = fitBoosting(spec({ learningRate: 0.3, roundsWithoutValidation: stopped.rounds! }), { train }, options)
    expect(fixed.model).toEqual(stopped.model)
  })

  it('treats a weight of three like three equal rows', () => {
    const data = takeRows(table({ rows: 600, task: 'regression', seed: 9 }), () => true)
    const weight = Float32Array.from({ length: data.rows }, (_, row) => (row % 3 === 0 ? 3 : 1))
    const repeats = Array.from({ length: data.rows }, (_, row) =>
      Array.from({ length: weight[row]! }, () => row),
    ).flat()
    const repeated: TrainingTable = {
      rows: repeats.length,
      target: Float32Array.from(repeats, (row) => data.target[row]!),
      features: data.features.map((feature) =>
        feature.kind === 'numeric'
          ? { ...feature, values: Float32Array.from(repeats, (row) => feature.values[row]!) }
          : { ...feature, codes: Int32Array.from(repeats, (row) => feature.codes[row]!) },
      ),
    }
    // Without a least number of rows a weighted and a repeated row cannot be told apart, as bins hold every value.
    const options = spec({ minSamplesLeaf: 1, minHessianLeaf: 30, roundsWithoutValidation: 5 })
    const few = (t: TrainingTable): TrainingTable => ({
      ...t,
      features: t.features.filter(({ name }) => name === 'n1' || name === 'n4'),
    })
    const weighted = fitBoosting(options, { train: { ...few(data), weight } }, { task: 'regression', seed: 1 }).model
    const plain = fitBoosting(options, { train: few(repeated) }, { task: 'regression', seed: 1 }).model
    const expected = predictFitted(plain, data)
    predictFitted(weighted, data).forEach((score, row) => expect(score).toBeCloseTo(expected[row]!, 4))
  })

  it('keeps a monotone promise where the data break it', () => {
    const random = seededRandom(4)
    const values = Array.from({ length: 3000 }, () => random() * 10)
    const data = column(
      values,
      values.map((x) => Math.sin(x) + 0.3 * x + random()),
    )
    const grid = column(
      Array.from({ length: 400 }, (_, i) => i / 40),
      Array.from({ length: 400 }, () => 0),
    )
    const falls = (model: BoostedModel | ReturnType<typeof fitBoosting>['model']): number => {
      const scores = predictFitted(model, grid)
      return scores.filter((score, i) => i > 0 && score < scores[i - 1]! - 1e-6).length
    }
    const free = fitBoosting(spec(), { train: data }, { task: 'regression', seed: 1 }).model
    const rising = fitBoosting(spec(), { train: data }, { task: 'regression', seed: 1, monotone: { x: 1 } }).model
    expect(falls(free)).toBeGreaterThan(0)
    expect(falls(rising)).toBe(0)
  })

  it('draws rows and columns by its seed', () => {
    const data = table()
    const options = spec({ rowSample: 0.5, columnSample: 0.5 })
    const first = fitBoosting(options, { train: data }, { task: 'binary', seed: 1 })
    expect(fitBoosting(options, { train: data }, { task: 'binary', seed: 1 })).toEqual(first)
    expect(fitBoosting(options, { train: data }, { task: 'binary', seed: 2 }).model).not.toEqual(first.model)
    const test = table({ seed: 77 })
    expect(rocAuc(predictFitted(first.model, test), test.target)).toBeGreaterThan(0.7)
  })

  it('honours the limits of a tree', () => {
    const train = table({ task: 'regression' })
    const { model } = fitBoosting(
      spec({ maxLeaves: 6, maxDepth: 3, minSamplesLeaf: 100 }),
      { train },
      { task: 'regression', seed: 1 },
    )
    for (const tree of (model as BoostedModel).trees) {
      const leaves = tree.feature.filter((feature) => feature < 0).length
      const depth = (node: number): number =>
        tree.feature[node]! < 0 ? 0 : 1 + Math.max(depth(tree.left[node]!), depth(tree.right[node]!))
      expect(leaves).toBeLessThanOrEqual(6)
      expect(depth(0)).toBeLessThanOrEqual(3)
    }
  })
})
