import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { binaryMetrics, type BinaryMetricName, confusionAt, valuePerThousand } from './binary-metrics.ts'
import { calibrationNoise, expectedCalibrationError, reliabilityCurve } from './calibration.ts'
import { gainTable, thresholdCurve } from './curves.ts'
import { bestThreshold, chooseThreshold, theoreticalThreshold } from './decision.ts'
import { deLong } from './delong.ts'
import { seededRandom } from './random.ts'
import { type BinaryRows, rankByScore, rocAuc } from './ranking.ts'
import { type RegressionMetricName, regressionMetrics } from './regression-metrics.ts'

interface Golden {
  readonly binary: readonly {
    name: string
    scores: number[]
    labels: number[]
    weights?: number[]
    metrics: Partial<Record<BinaryMetricName, number>>
  }[]
  readonly regression: readonly {
    name: string
    predicted: number[]
    actual: number[]
    weights?: number[]
    metrics: Partial<Record<RegressionMetricName, number>>
  }[]
}
const golden = JSON.parse(readFileSync(new URL('golden/scikit-learn.json', import.meta.url), 'utf8')) as Golden

const toRows = (scores: readonly number[], labels: readonly number[], weights?: readonly number[]): BinaryRows => ({
  scores: Float64Array.from(scores),
  labels: Uint8Array.from(labels),
  ...(weights === undefined ? {} : { weights: Float64Array.from(weights) }),
})

describe('agrees with scikit-learn', () => {
  test.each(golden.binary)('binary, $name', ({ scores, labels, weights, metrics }) => {
    const ours = binaryMetrics(toRows(scores, labels, weights))
    for (const [name, value] of Object.entries(metrics)) {
      expect(ours[name as BinaryMetricName], name).toBeCloseTo(value, 12)
    }
    expect(rocAuc(toRows(scores, labels, weights))).toBeCloseTo(metrics.rocAuc!, 12)
  })

  test.each(golden.regression)('regression, $name', ({ predicted, actual, weights, metrics }) => {
    const rows = {
      predicted: Float64Array.from(predicted),
      actual: Float64Array.from(actual),
      ...(weights === undefined ? {} : { weights: Float64Array.from(weights) }),
    }
    const ours = regressionMetrics(rows)
    for (const [name, value] of Object.entries(metrics)) {
      expect(ours[name as RegressionMetricName], name).toBeCloseTo(value, 10)
    }
  })

  test('calibration error of the torchmetrics documentation: 0.29 with two bins', () => {
    const rows = toRows([0.25, 0.25, 0.55, 0.75, 0.75], [0, 0, 1, 1, 1])
    expect(expectedCalibrationError(rows, 2)).toBeCloseTo(0.29, 10)
  })
})

const someRows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { minLength: 1, maxLength: 60 })
  .map((pairs) =>
    toRows(
      pairs.map(([score]) => score / 40),
      pairs.map(([, positive]) => Number(positive)),
    ),
  )

function pairwiseAuc({ scores, labels }: BinaryRows): number {
  let wins = 0
  let pairs = 0
  for (let i = 0; i < scores.length; i++) {
    for (let j = 0; j < scores.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue
      pairs++
      wins += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0
    }
  }
  return wins / pairs
}

describe('ROC AUC', () => {
  test('is the share of pairs in the right order, for any rows with any ties', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const expected = pairwiseAuc(rows)
        const auc = rocAuc(rows)
        if (Number.isNaN(expected)) expect(auc).toBeNaN()
        else expect(auc).toBeCloseTo(expected, 12)
        const estimate = deLong(rows)
        if (!Number.isNaN(estimate.auc)) expect(estimate.auc).toBeCloseTo(expected, 12)
      }),
    )
  })

  test('does not change when scores grow monotonically, and turns round when classes or scores do', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const auc = rocAuc(rows)
        if (Number.isNaN(auc)) return
        const grown = { ...rows, scores: rows.scores.map((score) => Math.exp(3 * score) - 7) }
        const flipped = { ...rows, scores: rows.scores.map((score) => -score) }
        const swapped = { ...rows, labels: rows.labels.map((label) => 1 - label) }
        expect(rocAuc(grown)).toBe(auc)
        expect(rocAuc(flipped)).toBeCloseTo(1 - auc, 12)
        expect(rocAuc(swapped)).toBeCloseTo(1 - auc, 12)
      }),
    )
  })

  test('a weight of two is the same as a row twice', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const scores = [...rows.scores]
        const labels = [...rows.labels]
        const doubled = binaryMetrics(toRows([...scores, scores[0]!], [...labels, labels[0]!]))
        const weighted = binaryMetrics(
          toRows(
            scores,
            labels,
            scores.map((_, i) => (i === 0 ? 2 : 1)),
          ),
        )
        for (const name of ['rocAuc', 'prAuc', 'logLoss', 'brier', 'ece', 'f1', 'mcc'] as const) {
          if (Number.isNaN(doubled[name])) expect(weighted[name]).toBeNaN()
          else expect(weighted[name]).toBeCloseTo(doubled[name], 10)
        }
      }),
    )
  })
})

test('the radix order of many rows is the order of a plain sort, with negatives, zeros and infinities', () => {
  const random = seededRandom(3)
  const scores = Float64Array.from({ length: 30_000 }, () => Math.round(random.normal() * 1e3) / 7)
  scores.set([0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -5e-324, 1e300])
  const { order, groupEnds } = rankByScore(scores)
  const expected = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b)
  expect([...order].every((row, k) => scores[row] === scores[expected[k]!])).toBe(true)
  expect(new Set(order).size).toBe(scores.length)
  expect(groupEnds.at(-1)).toBe(scores.length)
  expect(groupEnds.length).toBe(new Set([...scores].map((score) => score + 0)).size)
})

describe('degenerate rows give NaN, never a wrong number', () => {
  test('one class only', () => {
    const ours = binaryMetrics(toRows([0.2, 0.9], [1, 1]))
    expect(ours.rocAuc).toBeNaN()
    expect(ours.specificity).toBeNaN()
    expect(ours.recall).toBe(0.5)
    expect(thresholdCurve(toRows([0.2, 0.9], [1, 1]))).toEqual([])
    expect(gainTable(toRows([0.2, 0.9], [0, 0]))).toEqual([])
  })
  test('constant scores are as good as chance', () => {
    expect(binaryMetrics(toRows([0.5, 0.5, 0.5], [1, 0, 0])).rocAuc).toBe(0.5)
  })
  test('nobody predicted positive has no precision; a constant target has no R²; a zero has no MAPE', () => {
    expect(binaryMetrics(toRows([0.1, 0.2], [1, 0])).precision).toBeNaN()
    const constant = regressionMetrics({ predicted: Float64Array.of(1, 2), actual: Float64Array.of(0, 0) })
    expect(constant.r2).toBeNaN()
    expect(constant.mape).toBeNaN()
    expect(constant.mae).toBe(1.5)
  })
})

describe('decisions', () => {
  const costs = { currency: 'EUR', falsePositive: 1, falseNegative: 5, truePositive: 0, trueNegative: 0 }
  test('the theoretical threshold for FP 1 and FN 5 is one sixth', () => {
    expect(theoreticalThreshold(costs)).toBeCloseTo(1 / 6, 12)
    expect(theoreticalThreshold({ ...costs, falsePositive: 0, falseNegative: 0 })).toBeUndefined()
  })
  test('no threshold has more value than the best one', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const value = (threshold: number): number => valuePerThousand(confusionAt(rows, threshold), costs)
        const best = chooseThreshold({ costs, validation: rows }).threshold
        for (const threshold of [...rows.scores, 2]) expect(value(best)).toBeGreaterThanOrEqual(value(threshold) - 1e-9)
      }),
    )
  })
  test('selecting nobody wins when every alarm costs more than it saves', () => {
    const threshold = bestThreshold(toRows([0.9, 0.1], [0, 0]), (tp, fp) => tp - fp)
    expect(threshold).toBeGreaterThan(0.9)
  })
  test('the choice says where it comes from', () => {
    expect(chooseThreshold({}).chosenBy).toBe('default')
    expect(chooseThreshold({ costs }).chosenBy).toBe('costs in theory')
    expect(chooseThreshold({ validation: toRows([0.2, 0.8], [0, 1]) })).toMatchObject({ chosenBy: 'F1 on validation' })
    expect(chooseThreshold({ option: 0.3, costs }).threshold).toBe(0.3)
  })
})

test('gain of a perfect ranking: the best tenth holds a third of the positives when 30 % are positive', () => {
  const scores = Array.from({ length: 100 }, (_, i) => 1 - i / 100)
  const rows = toRows(
    scores,
    scores.map((_, i) => Number(i < 30)),
  )
  const tenth = gainTable(rows).find((row) => row.share === 0.1)!
  expect(tenth.gain).toBeCloseTo(1 / 3, 12)
  expect(tenth.lift).toBeCloseTo(10 / 3, 12)
  expect(gainTable(rows).at(-1)).toEqual({ share: 1, gain: 1, lift: 1 })
})

test('a calibrated model stays below its noise floor, an overconfident one does not', () => {
  const random = seededRandom(11)
  const truth = Float64Array.from({ length: 3_000 }, () => random.next())
  const labels = Uint8Array.from(truth, (p) => Number(random.next() < p))
  const noise = calibrationNoise(truth, { seed: 5 })
  expect(noise.mean).toBeGreaterThan(0)
  expect(expectedCalibrationError({ scores: truth, labels })).toBeLessThan(noise.q95 * 1.2)
  const bold = truth.map((p) => (p > 0.5 ? 0.97 : 0.03))
  expect(expectedCalibrationError({ scores: bold, labels })).toBeGreaterThan(
    3 * calibrationNoise(bold, { seed: 5 }).q95,
  )
  const rows = reliabilityCurve({ scores: truth, labels }).reduce((sum, bin) => sum + bin.rows, 0)
  expect(rows).toBe(3_000)
})

test('a probability on a bin edge belongs to the bin above it, 1 to the last', () => {
  const bins = reliabilityCurve(toRows([0, 1 / 3, 1], [0, 0, 1]), 3)
  expect(bins.map((bin) => bin.rows)).toEqual([1, 1, 1])
})
