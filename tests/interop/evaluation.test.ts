import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

import { binaryMetrics, type BinaryMetricName, regressionMetrics } from '../../src/modules/evaluation/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const python = `${root}.venv-interop/bin/python`
const ready = existsSync(python) && hasScikitLearn()

function hasScikitLearn(): boolean {
  try {
    execFileSync(python, ['-c', 'import sklearn'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Rows {
  readonly name: string
  readonly weights?: readonly number[]
  readonly metrics: Readonly<Record<string, number>>
}

interface Cases {
  readonly binary: readonly (Rows & { readonly scores: readonly number[]; readonly labels: readonly number[] })[]
  readonly regression: readonly (Rows & { readonly predicted: readonly number[]; readonly actual: readonly number[] })[]
}

describe.skipIf(!ready)(
  'metrics and a live scikit-learn (skipped without .venv-interop: make test-interop makes it)',
  () => {
    test.each([1, 2, 3])('agree on the rows of seed %i', (seed) => {
      const script = `${root}tests/interop/evaluation-golden.py`
      const cases = JSON.parse(execFileSync(python, [script, String(seed)], { encoding: 'utf8' })) as Cases
      const weighted = (weights: readonly number[] | undefined) =>
        weights === undefined ? {} : { weights: Float64Array.from(weights) }
      for (const { name, scores, labels, weights, metrics } of cases.binary) {
        const rows = { scores: Float64Array.from(scores), labels: Uint8Array.from(labels), ...weighted(weights) }
        const ours = binaryMetrics(rows)
        for (const [metric, value] of Object.entries(metrics))
          expect(ours[metric as BinaryMetricName], `${name}: ${metric}`).toBeCloseTo(value, 12)
      }
      for (const { name, predicted, actual, weights, metrics } of cases.regression) {
        const rows = {
          predicted: Float64Array.from(predicted),
          actual: Float64Array.from(actual),
          ...weighted(weights),
        }
        const ours: Readonly<Record<string, number>> = regressionMetrics(rows)
        for (const [metric, value] of Object.entries(metrics))
          expect(ours[metric], `${name}: ${metric}`).toBeCloseTo(value, 10)
      }
    })
  },
)
