import * as fc from 'fast-check'
import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, it } from 'vitest'

import { contract } from '../../modules/contracts/declare.ts'
import { judge } from '../../modules/contracts/index.ts'
import type { InferredColumn, InferredTable } from '../../modules/datasets/index.ts'
import { qualityFacts, type QualityReport } from '../../modules/evaluation/index.ts'
import { draftProject, type ProjectDraft } from './draft.ts'
import { draftPromises } from './draft-promises.ts'
import { modelContractFile } from './files/contract-files.ts'

type Measured = QualityReport['metrics'][string]

const categories = ['a', 'b'].map((value) => ({ value, rows: 2000 }))
const column = (name: string, rest: Partial<InferredColumn>): InferredColumn => ({
  name,
  type: 'double',
  nullable: false,
  nulls: 0,
  distinct: 900,
  min: 0,
  max: 9,
  ...rest,
})
const table: InferredTable = {
  rows: 4000,
  columns: [
    column('x', {}),
    column('plan', { type: 'string', distinct: 2, values: categories, min: null, max: null }),
    column('left', { type: 'integer', distinct: 2, values: ['0', '1'].map((value) => ({ value, rows: 2000 })) }),
    column('price', {}),
  ],
  assumptions: [],
}
const draftOf = (task: QualityReport['task']): ProjectDraft =>
  draftProject(table, { project: 'x', slug: 'x', file: 'x.csv', target: task === 'binary' ? 'left' : 'price' })

interface Result {
  readonly metrics: Readonly<Record<string, Measured>>
  readonly gain?: Measured
  readonly slices?: readonly Measured[]
  readonly p95Ms?: number
  readonly sizeBytes?: number
}

/** A report with as much in it as a contract looks at. */
function reportOf(task: QualityReport['task'], result: Result): QualityReport {
  const inputs = ['x', 'plan', task === 'binary' ? 'price' : 'left'].map((name) => ({
    name,
    type: name === 'plan' ? 'string' : name === 'left' ? 'integer' : 'number',
    nullable: false,
  }))
  const headline = task === 'binary' ? 'rocAuc' : 'rmse'
  const error = task === 'binary' ? 'logLoss' : 'rmse'
  const p95Ms = result.p95Ms ?? 0.1
  return {
    task,
    metrics: result.metrics,
    notDefined: {},
    model: {
      name: 'x',
      sizeBytes: result.sizeBytes ?? 1e5,
      format: 'onnx',
      inputs,
      output: { name: task === 'binary' ? 'score' : 'prediction', ...(task === 'binary' ? { positive: '1' } : {}) },
    },
    data: {
      dataset: 'split.test',
      version: 1,
      scored: 800,
      scores: { min: 0, max: 1 },
      types: { x: 'number', plan: 'string', left: 'integer', price: 'number' },
    },
    baselines: [{ state: 'measured', name: 'zeroRule', gains: result.gain ? { [error]: result.gain } : {} }],
    slices: [
      {
        column: 'plan',
        values: (result.slices ?? []).map((measured, i) => ({
          value: 'ab'[i],
          rows: 400,
          state: 'measured',
          metrics: { [headline]: measured },
        })),
      },
    ],
    sliceMinRows: 50,
    behaviour: [],
    latency: { p50Ms: p95Ms / 2, p95Ms, p99Ms: p95Ms * 2, predictions: 300, machine: 'M */ 1' },
  } as unknown as QualityReport
}

/** The contract in the file that init writes. */
function written(task: QualityReport['task'], report: QualityReport) {
  const promises = draftPromises(report)
  const text = modelContractFile(draftOf(task), { promises, run: 'c0ffee42', at: new Date('2026-01-12T06:00:00Z') })
  const script = stripTypeScriptTypes(text)
    .replaceAll(/^import .*$/gm, '')
    .replace(/export const \w+ =/, 'return')
  // oxlint-disable-next-line no-implied-eval -- the text is what init writes, and running it is the test
  return { text, promises, contract: new Function('contract', script)(contract) as ReturnType<typeof contract> }
}

const interval = (least: number, most: number) =>
  fc
    .tuple(...([0, 0, 0] as const).map(() => fc.double({ min: least, max: most, noNaN: true })))
    .map((three): Measured => {
      const [lower, value, upper] = three.toSorted((a, b) => a - b) as [number, number, number]
      return { lower, value, upper }
    })

describe('a contract drafted from a first result', () => {
  it('is kept by that result, whatever it is', () => {
    const shares = interval(0, 1)
    const result = fc.record({
      score: shares,
      error: interval(0, 1e6),
      gain: interval(-1, 1),
      slices: fc.array(shares, { maxLength: 2 }),
      p95Ms: fc.double({ min: 0.001, max: 1e4, noNaN: true }),
      sizeBytes: fc.integer({ min: 1, max: 1e10 }),
    })
    fc.assert(
      fc.property(fc.constantFrom('binary' as const, 'regression' as const), result, (task, made) => {
        const { score, error, ...rest } = made
        const metrics = task === 'binary' ? { rocAuc: score, logLoss: error } : { r2: score, rmse: error }
        const report = reportOf(task, { metrics, ...rest })
        const { promises, contract: drafted } = written(task, report)
        const broken = judge(drafted, qualityFacts(report)).promises.filter((promise) => !promise.holds)
        // A result that says nothing is not promised, and does not keep what any model must.
        expect(broken.map(({ promise }) => promise)).toEqual(
          promises.better ? [] : [task === 'binary' ? 'quality.rocAuc' : 'quality.r2'],
        )
      }),
    )
  })

  it('says where each number is from, and leaves the room that it says', () => {
    const report = reportOf('binary', {
      metrics: {
        rocAuc: { value: 0.743, lower: 0.725, upper: 0.76 },
        logLoss: { value: 0.52, lower: 0.5, upper: 0.541 },
      },
      gain: { value: 0.1, lower: 0.08, upper: 0.12 },
      slices: [
        { value: 0.75, lower: 0.72, upper: 0.78 },
        { value: 0.7, lower: 0.66, upper: 0.74 },
      ],
      p95Ms: 3,
      sizeBytes: 3e6,
    })
    const { text, contract: drafted } = written('binary', report)
    expect(drafted).toMatchObject({
      quality: {
        rocAuc: { min: 0.707, interval: 'lower' },
        logLoss: { max: 0.55 },
        gainOverBaseline: [{ over: 'zeroRule', metric: 'logLoss', min: 0, interval: 'lower' }],
      },
      slices: ['plan'],
      sliceQuality: { rocAuc: { min: 0.66 } },
      latency: { p95Ms: 50 },
      size: { maxMb: 20 },
    })
    expect(text).toContain('the first run (baton runs show c0ffee42, 2026-01-12), 800 test rows of split.test@1')
    expect(text).toContain("rocAuc: { min: 0.707, interval: 'lower' }, // measured: 0.743 [0.725, 0.76]")
    expect(text).toContain('The worst value was where plan is b: ROC AUC 0.7 [0.66, 0.74]')
  })

  it('never asks for less than better than nothing, and promises no probabilities that are worth nothing', () => {
    const report = reportOf('binary', {
      metrics: { rocAuc: { value: 0.6, lower: 0.53, upper: 0.67 }, logLoss: { value: 0.7, lower: 0.6, upper: 0.8 } },
      gain: { value: 0.01, lower: -0.02, upper: 0.04 },
    })
    expect(written('binary', report).contract.quality).toEqual({ rocAuc: { min: 0.501, interval: 'lower' } })
  })

  it('says so when the model cannot be told from chance, or could not be measured', () => {
    const noise = reportOf('binary', { metrics: { rocAuc: { value: 0.52, lower: 0.47, upper: 0.58 } } })
    expect(written('binary', noise).text.replaceAll(/\s+\/\/ /g, ' ')).toContain(
      'ROC AUC 0.52 [0.47, 0.58], which cannot be told from chance. So this still asks only',
    )
    const oneClass = {
      ...reportOf('binary', { metrics: {} }),
      notDefined: { rocAuc: 'The test rows have only one class.' },
    }
    expect(written('binary', oneClass).text.replaceAll(/\s+\/\/ /g, ' ')).toContain(
      'ROC AUC could not be measured: the test rows have only one class. So this still',
    )
  })
})
