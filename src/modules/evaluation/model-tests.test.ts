import { describe, expect, test } from 'vitest'

import { InterruptedError } from '../../kernel/errors.ts'
import type { LoadedModel } from '../../ports/model-runtime.ts'
import type { ColumnBatch } from '../../ports/table-engine.ts'
import { testBehaviour } from './behaviour.ts'
import { importanceRows, permutationImportance } from './importance.ts'
import { measureLatency } from './latency.ts'
import { seededRandom } from './random.ts'
import { createSampler } from './sample.ts'

const rows = 600
const random = seededRandom(1)
const x = Float64Array.from({ length: rows }, () => random.normal())
const noise = Float64Array.from({ length: rows }, () => random.normal())
const colour = Array.from({ length: rows }, (_, row) => ['red', 'green', null][row % 3]!)
const batch: ColumnBatch = { rows, columns: { x, noise, colour } }
const actual = Float64Array.from(x, (value) => Number(value + random.normal() > 0))

function modelOf(score: (x: number, colour: string | null) => number): LoadedModel {
  return {
    signature: {
      task: 'binary',
      inputs: [
        { name: 'x', type: 'number', nullable: false },
        { name: 'noise', type: 'number', nullable: false },
        { name: 'colour', type: 'string', nullable: true },
      ],
      output: { name: 'p' },
    },
    async predict(given) {
      const values = given.columns['x'] as Float64Array
      const names = given.columns['colour'] as readonly (string | null)[]
      return values.map((value, row) => 1 / (1 + Math.exp(-score(value, names[row]!))))
    },
    async [Symbol.asyncDispose]() {},
  }
}

const { signal } = new AbortController()

describe('behaviour', () => {
  const run = async (model: LoadedModel, spec: Parameters<typeof testBehaviour>[2]['specs'][number]) =>
    (await testBehaviour(model, batch, { specs: [spec], signal }))[0]!

  test('a rising score is increasing and not decreasing', async () => {
    const model = modelOf((value) => value)
    expect((await run(model, { monotone: 'x', direction: 'increasing' })).brokenShare).toBe(0)
    const wrong = await run(model, { monotone: 'x', direction: 'decreasing' })
    expect(wrong.brokenShare).toBeGreaterThan(0.95)
    expect(wrong.worst).toBeGreaterThan(0.2)
  })
  test('a dip is found where it is, and a tolerance forgives a small one', async () => {
    const model = modelOf((value) => (value > 1 ? value - 1.5 : value))
    const found = await run(model, { monotone: 'x', direction: 'increasing' })
    expect(found.brokenShare).toBeGreaterThan(0.1)
    expect(found.brokenShare).toBeLessThan(0.9)
    const forgiven = await run(model, { monotone: 'x', direction: 'increasing', tolerance: 0.5 })
    expect(forgiven.brokenShare).toBe(0)
  })
  test('an input that the score ignores is invariant, one that it uses is not', async () => {
    const model = modelOf((value, name) => value + (name === 'red' ? 1 : 0))
    expect((await run(model, { invariant: 'noise' })).brokenShare).toBe(0)
    expect((await run(model, { invariant: 'colour' })).brokenShare).toBe(1)
    expect(await run(model, { invariant: 'customer_id' })).toMatchObject({ brokenShare: 0, moves: 0 })
  })
})

describe('permutation importance', () => {
  const model = modelOf((value) => value)
  test('is the fall of ROC AUC for the input that matters, and nothing for the others', async () => {
    const importance = await permutationImportance(model, { batch, actual }, { seed: 5, signal })
    expect(importance!.features[0]!.feature).toBe('x')
    expect(importance!.features[0]!.importance).toBeGreaterThan(0.2)
    expect(importance!.features.slice(1).map((feature) => feature.importance)).toEqual([0, 0])
    expect(await permutationImportance(model, { batch, actual }, { seed: 5, signal })).toEqual(importance)
  })
  test('has no meaning with one class, and stops when asked', async () => {
    expect(
      await permutationImportance(model, { batch, actual: new Float64Array(rows) }, { seed: 5, signal }),
    ).toBeUndefined()
    const stopped = AbortSignal.abort(new InterruptedError())
    await expect(permutationImportance(model, { batch, actual }, { seed: 5, signal: stopped })).rejects.toThrow(
      InterruptedError,
    )
  })
  test('uses fewer rows for more inputs', () => {
    expect(importanceRows(10)).toBe(5_000)
    expect(importanceRows(86)).toBe(1_395)
    expect(importanceRows(5_000)).toBe(500)
  })
})

test('latency has ordered quantiles, and none without rows', async () => {
  const latency = (await measureLatency(
    modelOf((value) => value),
    batch,
  ))!
  expect(latency.p50Ms).toBeGreaterThan(0)
  expect(latency.p95Ms).toBeGreaterThanOrEqual(latency.p50Ms)
  expect(
    await measureLatency(
      modelOf((value) => value),
      { rows: 0, columns: {} },
    ),
  ).toBeUndefined()
})

describe('sample', () => {
  test('keeps a rare class, drops rows without a target, and is the same for the same seed', () => {
    const take = (seed: number) => {
      const sampler = createSampler(['x', 'colour'], { rows: 100, seed, byClass: true })
      for (let part = 0; part < 50; part++)
        sampler.add(
          batch,
          Float64Array.from({ length: rows }, (_, row) => (row === 0 ? 1 : row === 1 ? Number.NaN : 0)),
        )
      return sampler.take()
    }
    const sample = take(3)
    expect(sample.batch.rows).toBe(100)
    expect(sample.actual.reduce((sum, value) => sum + value, 0)).toBe(50)
    expect(sample.batch.columns['x']).not.toContain(x[1])
    expect(take(3)).toEqual(sample)
    expect(take(4)).not.toEqual(sample)
  })
  test('every row has the same chance', () => {
    const hits = new Float64Array(20)
    for (let seed = 0; seed < 2_000; seed++) {
      const sampler = createSampler(['i'], { rows: 5, seed, byClass: false })
      sampler.add({ rows: 20, columns: { i: Float64Array.from({ length: 20 }, (_, i) => i) } }, new Float64Array(20))
      for (const i of sampler.take().batch.columns['i'] as Float64Array) hits[i]!++
    }
    for (const hit of hits) expect(Math.abs(hit - 500)).toBeLessThan(100)
  })
})
