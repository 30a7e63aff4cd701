import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'

import { createOnnxRuntime } from '../../drivers/runtime/onnx/index.ts'
import { toBatch } from './check-export.ts'
import type { FeatureColumn, TrainingTable } from './data/training-table.ts'
import { blend, gradientBoosting, logisticRegression, ridgeRegression, zeroRule } from './declare.ts'
import { fitLearner } from './fit.ts'
import type { FittedModel, FitResult } from './fitted-model.ts'
import { writeModelFolder } from './model-folder.ts'
import { predictFitted } from './predict.ts'
import { randomTable } from './random-table.fixture.ts'
import { type LearnerOptions, learnerSpec } from './spec.ts'

const scratch = mkdtempSync(join(tmpdir(), 'baton-parity-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function fit(options: LearnerOptions, train: TrainingTable, task: 'binary' | 'regression'): FitResult {
  return fitLearner({ spec: learnerSpec.parse(options), task, train, refit: false, seed: 7 }, () => undefined)
}

let folders = 0
function write(result: FitResult, learner: LearnerOptions, table: TrainingTable): string {
  const folder = join(scratch, String(folders++))
  writeModelFolder(folder, {
    signature: {
      task: result.task,
      inputs: table.features.map(({ name, type }) => ({ name, type, nullable: true })),
      output: { name: 'score' },
    },
    learner: learnerSpec.parse(learner),
    result,
    features: table.features.map((column) =>
      column.kind === 'numeric'
        ? { name: column.name, kind: 'numeric', type: column.type }
        : { name: column.name, kind: 'categorical', type: 'string', categories: [] },
    ),
    target: 'y',
    trainRows: table.rows,
    validationRows: 0,
    refitted: false,
    seed: 7,
    versions: {},
  })
  return folder
}

/** Every threshold of the model, its float32 neighbours, and the values that break things. */
function nastyNumbers(model: FittedModel, feature: number): number[] {
  const values = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 3.4e38, -3.4e38, 1e-45, 16_777_217]
  if (model.kind === 'blended') values.push(...model.members.flatMap((member) => nastyNumbers(member, feature)))
  if (model.kind !== 'boosted') return values
  for (const tree of model.trees) {
    tree.feature.forEach((asked, node) => {
      if (asked !== feature) return
      const threshold = tree.threshold[node]!
      const bits = new Int32Array(Float32Array.of(threshold).buffer)[0]!
      const neighbour = (step: number): number => new Float32Array(Int32Array.of(bits + step).buffer)[0]!
      values.push(threshold, neighbour(1), neighbour(-1))
    })
  }
  return values
}

/** Rows drawn from the nasty values of each column and from unseen categories. */
function nastyRows(model: FittedModel, train: TrainingTable, picks: readonly number[]): TrainingTable {
  const rows = picks.length
  const features = train.features.map((column, index): FeatureColumn => {
    if (column.kind === 'numeric') {
      const pool = nastyNumbers(model, index)
      return {
        ...column,
        values: Float32Array.from(picks, (pick, row) => pool[(pick * 31 + row * 7 + index) % pool.length]!),
      }
    }
    const categories = [...column.categories, 'never seen', ' Paris', 'paris']
    const codes = Int32Array.from(picks, (pick, row) => ((pick * 17 + row * 5 + index) % (categories.length + 1)) - 1)
    return { ...column, categories, codes }
  })
  return { rows, features, target: new Float32Array(rows) }
}

const learners: readonly (readonly [string, 'binary' | 'regression', LearnerOptions, number])[] = [
  ['gradient boosting, binary', 'binary', gradientBoosting({ roundsWithoutValidation: 40, maxLeaves: 15 }), 1e-6],
  ['gradient boosting, regression', 'regression', gradientBoosting({ roundsWithoutValidation: 40 }), 1e-6],
  ['logistic regression', 'binary', logisticRegression(), 2e-6],
  ['ridge regression', 'regression', ridgeRegression(), 2e-5],
  ['zero rule', 'binary', zeroRule(), 0],
  ['blend', 'binary', blend([logisticRegression(), gradientBoosting({ roundsWithoutValidation: 20 })]), 2e-6],
]

describe.each(learners)('the exported model scores as the fitted one: %s', (_, task, learner, tolerance) => {
  it('on training rows, nasty values, unseen categories and thresholds', async () => {
    const train = randomTable({ rows: 1500, numeric: 5, categorical: 2, seed: 3, task })
    const result = fit(learner, train, task)
    await using loaded = await createOnnxRuntime().load(write(result, learner, train))
    const near = (table: TrainingTable, actual: Float64Array): void => {
      predictFitted(result.model, table).forEach((expected, row) => {
        const error = Math.abs(actual[row]! - expected)
        expect(error, `row ${row}: ${actual[row]} for ${expected}`).toBeLessThanOrEqual(
          tolerance * Math.max(1, Math.abs(expected)),
        )
      })
    }
    near(train, await loaded.predict(toBatch(train)))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 60 }), async (picks) => {
        const table = nastyRows(result.model, train, picks)
        near(table, await loaded.predict(toBatch(table)))
      }),
      { numRuns: 25 },
    )
  })

  it('gives a row the same bits alone and among others', async () => {
    const train = randomTable({ rows: 400, numeric: 5, categorical: 1, seed: 5, task })
    const result = fit(learner, train, task)
    await using loaded = await createOnnxRuntime().load(write(result, learner, train))
    const batch = toBatch(train)
    const together = await loaded.predict(batch)
    for (const row of [0, 1, 17, 399]) {
      const columns = Object.fromEntries(
        Object.entries(batch.columns).map(([name, values]) => [name, values.slice(row, row + 1)]),
      )
      expect(await loaded.predict({ rows: 1, columns })).toEqual(together.slice(row, row + 1))
    }
  })
})

it('says the same bytes for the same seed', () => {
  const train = randomTable({ rows: 800, numeric: 4, categorical: 1, seed: 9, task: 'binary' })
  const learner = gradientBoosting({ roundsWithoutValidation: 10, rowSample: 0.7, columnSample: 0.6 })
  expect(fit(learner, train, 'binary').model).toEqual(fit(learner, train, 'binary').model)
})
