import { describe, expect, it } from 'vitest'

import { churnContract } from './churn-contract.fixture.ts'
import type { QualityFacts } from './facts.ts'
import { brokenPromises, judge } from './judge.ts'

const good: QualityFacts = {
  signature: {
    task: 'binary',
    inputs: [
      { name: 'recency_days', type: 'number', nullable: false },
      { name: 'country', type: 'string', nullable: true },
    ],
    output: { name: 'score', positive: 'true' },
  },
  metrics: { rocAuc: { value: 0.743, lower: 0.727, upper: 0.759 }, logLoss: { value: 0.55, lower: 0.54, upper: 0.57 } },
  gains: [{ over: 'heuristic', metric: 'rocAuc', gain: { value: 0.03, lower: 0.012, upper: 0.05 } }],
  absentBaselines: ['champion'],
  slices: [
    { column: 'country', value: 'UK', rows: 3000, metrics: { rocAuc: { value: 0.74 } } },
    { column: 'country', value: 'FR', rows: 20, metrics: { rocAuc: { value: 0.3 } } },
    { column: 'orders', value: '1 to 2', rows: 900, metrics: { rocAuc: { value: 0.68 } } },
  ],
  behaviour: [
    { kind: 'monotone', column: 'recency_days', brokenShare: 0.004, worst: 0.02, rows: 500 },
    { kind: 'invariant', column: 'customer_id', brokenShare: 0, rows: 500 },
  ],
  latency: { p95Ms: 0.4 },
  sizeBytes: 120_000,
  format: 'onnx',
  scores: { min: 0.01, max: 0.97 },
}

const taking = (type: 'string' | 'number' | 'date', nullable = false): QualityFacts => ({
  ...good,
  signature: { ...good.signature!, inputs: [{ name: 'recency_days', type, nullable }] },
})

const broken = (facts: QualityFacts) => brokenPromises(judge(churnContract, facts))

describe('judge', () => {
  it('holds when every fact is within its promise', () => {
    expect(broken(good)).toEqual([])
    expect(judge(churnContract, good).holds).toBe(true)
  })

  it('says by how much the lower end of the interval misses, and whose side it is', () => {
    const [promise, ...others] = broken({
      ...good,
      metrics: { ...good.metrics, rocAuc: { value: 0.71, lower: 0.6839, upper: 0.74 } },
    })
    expect(others).toEqual([])
    expect(promise).toMatchObject({
      promise: 'quality.rocAuc',
      promised: '≥ 0.7 (lower end of 95 %)',
      side: 'data science',
      owner: 'ana@shop.example',
    })
    expect(promise?.by).toBeCloseTo(0.0161, 10)
    expect(promise?.explain).toBe('rocAuc is 0.6839, 0.0161 below the promised ≥ 0.7 (lower end of 95 %).')
    expect(promise?.measured).toContain('estimate 0.71')
  })

  it('gives latency, size and format to engineering', () => {
    const found = broken({ ...good, latency: { p95Ms: 31.5 }, sizeBytes: 75e6, format: 'mlflow' })
    expect(found.map((each) => [each.promise, each.side, each.owner, each.by])).toEqual([
      ['latency.p95Ms', 'engineering', 'ben@shop.example', 11.5],
      ['size.maxMb', 'engineering', 'ben@shop.example', 25],
      ['environment.formats', 'engineering', 'ben@shop.example', null],
    ])
  })

  it('never passes a promise whose fact is missing', () => {
    const all = judge(churnContract, { metrics: {} })
    expect(all.promises.length).toBeGreaterThanOrEqual(12)
    expect(all.promises.filter((promise) => promise.holds)).toEqual([])
    expect(all.promises.every((promise) => promise.measured === 'not measured' && promise.by === null)).toBe(true)
  })

  it('does not take a point estimate where the interval is promised', () => {
    const [promise] = broken({ ...good, metrics: { ...good.metrics, rocAuc: { value: 0.9 } } })
    expect(promise?.explain).toContain('The 95 % interval of rocAuc was not measured')
  })

  it('does not pass a metric that is not a number', () => {
    const [promise] = broken({ ...good, metrics: { ...good.metrics, logLoss: { value: Number.NaN } } })
    expect(promise).toMatchObject({ promise: 'quality.logLoss', holds: false, measured: 'not a number' })
  })

  it('asks for a champion only once there is one', () => {
    const worse = { over: 'champion', metric: 'logLoss', gain: { value: -0.02 } } as const
    const [promise] = broken({ ...good, absentBaselines: [], gains: [...good.gains!, worse] })
    expect(promise).toMatchObject({ promise: 'quality.gainOverBaseline.champion.logLoss', by: 0.02 })
    expect(broken({ ...good, absentBaselines: [] })).toHaveLength(1)
  })

  it('judges slices by the worst one, but not tiny ones', () => {
    const slices = [...good.slices!, { column: 'country', value: 'DE', rows: 51, metrics: { rocAuc: { value: 0.52 } } }]
    const found = broken({ ...good, slices })
    expect(found).toHaveLength(1)
    expect(found[0]?.explain).toContain('rocAuc where country is DE (51 rows) is 0.52, 0.08 below')
  })

  it('says when no slice was large enough to judge', () => {
    const slices = good.slices!.map((slice) => ({ ...slice, rows: 10 }))
    expect(broken({ ...good, slices }).map((each) => each.measured)).toEqual([
      'largest slice has 10 rows',
      'largest slice has 10 rows',
    ])
  })

  it('counts how far behaviour is from its promise', () => {
    const [promise] = broken({
      ...good,
      behaviour: [{ ...good.behaviour![0]!, brokenShare: 0.031 }, good.behaviour![1]!],
    })
    expect(promise?.promise).toBe('behaviour[0].monotone.recency_days')
    expect(promise?.by).toBeCloseTo(0.021, 10)
    expect(promise?.measured).toBe('broken in 3.1 % of 500 rows, at worst by 0.02')
  })

  describe('interface', () => {
    it('blames the model when the data agrees with the contract', () => {
      const [promise] = broken({ ...taking('string'), dataTypes: { recency_days: 'integer' } })
      expect(promise).toMatchObject({
        promise: 'input.recency_days',
        side: 'data science',
        promised: 'integer',
        measured: 'string',
      })
    })

    it('blames the contract when the data agrees with the model', () => {
      const [promise] = broken({ ...taking('date'), dataTypes: { recency_days: 'date' } })
      expect(promise).toMatchObject({ side: 'engineering', owner: 'ben@shop.example' })
      expect(promise?.explain).toContain('so the contract differs')
    })

    it('refuses a model that needs more than the contract gives', () => {
      const inputs = [...good.signature!.inputs, { name: 'age', type: 'integer', nullable: true } as const]
      const [promise] = broken({ ...good, signature: { ...good.signature!, inputs } })
      expect(promise).toMatchObject({ promise: 'input.age', side: 'data science' })
    })

    it('refuses a model that cannot take the missing values that the contract allows', () => {
      const inputs = [{ name: 'revenue', type: 'number', nullable: false } as const]
      expect(broken({ ...good, signature: { ...good.signature!, inputs } })[0]?.promise).toBe('input.revenue')
    })

    it('refuses the other class, the other task, and scores out of range', () => {
      const signature = { ...good.signature!, output: { name: 'score', positive: 'false' } }
      expect(broken({ ...good, signature })[0]?.promise).toBe('positive')
      expect(broken({ ...good, signature: { ...good.signature!, task: 'regression' } })[0]?.promise).toBe('task')
      const [promise] = broken({ ...good, scores: { min: -0.2, max: 0.9 } })
      expect(promise).toMatchObject({ promise: 'output.churn_probability', by: 0.2, measured: '-0.2 to 0.9' })
    })
  })
})
