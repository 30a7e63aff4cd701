import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { describe, expect, it } from 'vitest'

import type { FeatureColumn, TrainingTable } from '../data/training-table.ts'
import { gradientBoosting, logisticRegression, ridgeRegression } from '../declare.ts'
import { fitLearner } from '../fit.ts'
import type { LinearModel } from '../fitted-model.ts'
import { predictFitted } from '../predict.ts'
import { takeRows } from '../rows.fixture.ts'
import { rocAuc } from '../roc-auc.fixture.ts'
import { type LearnerOptions, learnerSpec } from '../spec.ts'
import { goldenTable } from './golden-data.fixture.ts'

interface Golden {
  readonly versions: Readonly<Record<string, string>>
  readonly logistic: Readonly<Record<string, number>>
  readonly ridge: Readonly<Record<string, number>>
  readonly auc: { readonly generated: number; readonly breastCancer: number; readonly coil2000: number }
}

const golden = JSON.parse(readFileSync(new URL('./scikit-learn.json', import.meta.url), 'utf8')) as Golden
const shared = new URL('../../../../../shared/data/tabular/', import.meta.url)
const noData = existsSync(shared) ? '' : ' (skipped: ../shared/data is not here)'

function fit(options: LearnerOptions, train: TrainingTable, task: 'binary' | 'regression' = 'binary') {
  return fitLearner({ spec: learnerSpec.parse(options), task, train, refit: false, seed: 0 }, () => undefined).model
}

function coefficients(model: LinearModel): Record<string, number> {
  const found: Record<string, number> = { intercept: model.intercept }
  for (const term of model.numeric) {
    found[term.name] = term.weight
    if (term.missingWeight !== 0) found[`${term.name} missing`] = term.missingWeight
  }
  for (const term of model.categorical) {
    term.categories.forEach((category, index) => (found[`${term.name} ${category}`] = term.weights[index]!))
    found[term.name] = term.missingWeight
  }
  return found
}

describe(`coefficients equal scikit-learn ${golden.versions['scikit-learn']}`, () => {
  it.each([
    ['logistic regression', logisticRegression({ transform: 'none' }), 'binary', golden.logistic],
    ['ridge regression', ridgeRegression({ transform: 'none' }), 'regression', golden.ridge],
  ] as const)('%s', (_, options, task, expected) => {
    const found = coefficients(fit(options, goldenTable(500, task), task) as LinearModel)
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 4)
  })
})

/** AUC of the pooled predictions of 5 folds: row i is in fold i % 5. */
function foldsAuc(table: TrainingTable, options: LearnerOptions): number {
  const scores = new Float64Array(table.rows)
  for (let fold = 0; fold < 5; fold++) {
    const inFold = (row: number): boolean => row % 5 === fold
    const model = fit(
      options,
      takeRows(table, (row) => !inFold(row)),
    )
    const held = predictFitted(model, takeRows(table, inFold))
    held.forEach((score, index) => (scores[fold + 5 * index] = score))
  }
  return rocAuc(scores, table.target)
}

const boosting = gradientBoosting({ learningRate: 0.1, roundsWithoutValidation: 100, l2: 1 })

describe('AUC is within 0.005 of HistGradientBoosting, or better', () => {
  it('on generated data', () => {
    const table = goldenTable(4000, 'binary')
    const numeric = { ...table, features: table.features.filter(({ kind }) => kind === 'numeric') }
    expect(foldsAuc(numeric, boosting)).toBeGreaterThan(golden.auc.generated - 0.005)
  })

  it.skipIf(noData !== '')(`on breast cancer${noData}`, () => {
    const lines = readFileSync(new URL('breast_cancer_sklearn.csv', shared), 'utf8').trim().split('\n').slice(1)
    const table = tableOf(
      lines.map((line) => line.split(',')),
      (text) => Number(text),
    )
    expect(foldsAuc(table, boosting)).toBeGreaterThan(golden.auc.breastCancer - 0.005)
  })

  it.skipIf(noData !== '')(`on CoIL 2000, text columns as categories${noData}`, () => {
    const text = gunzipSync(readFileSync(new URL('ticdata_coil2000.csv.gz', shared))).toString('utf8')
    const rows = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Array.from(line.matchAll(/"([^"]*)"|([^,]+)/g), (m) => m[1] ?? m[2]!))
    const table = tableOf(rows, (label) => (label === 'insurance' ? 1 : 0))
    const test = takeRows(table, (row) => row >= 5822)
    const auc = rocAuc(
      predictFitted(
        fit(
          boosting,
          takeRows(table, (row) => row < 5822),
        ),
        test,
      ),
      test.target,
    )
    expect(auc).toBeGreaterThan(golden.auc.coil2000 - 0.005)
  })
})

/** Rows of texts as a table; the last column is the target. */
function tableOf(rows: readonly (readonly string[])[], label: (text: string) => number): TrainingTable {
  const width = rows[0]!.length - 1
  const features = Array.from({ length: width }, (_, index): FeatureColumn => {
    const texts = rows.map((row) => row[index]!)
    const name = `x${index}`
    if (texts.every((text) => !Number.isNaN(Number(text)))) {
      return { name, kind: 'numeric', type: 'number', values: Float32Array.from(texts, Number) }
    }
    const categories = [...new Set(texts)].toSorted()
    const codes = Int32Array.from(texts, (text) => categories.indexOf(text))
    return { name, kind: 'categorical', type: 'string', codes, categories }
  })
  return { rows: rows.length, features, target: Float32Array.from(rows, (row) => label(row.at(-1)!)) }
}
