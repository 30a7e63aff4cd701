import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, describe, expect, test } from 'vitest'

import { createModelRuntime } from '../../src/drivers/runtime/index.ts'
import {
  fitLearner,
  type LearnerOptions,
  learnerSpec,
  predictFitted,
  type TrainingTable,
  writeModelFolder,
} from '../../src/modules/learners/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const python = `${root}.venv-interop/bin/python`
const ready = existsSync(python) && hasPackages()
const scratch = mkdtempSync(join(tmpdir(), 'baton-interop-'))
const environment = { PATH: '/usr/bin:/bin', HOME: scratch, MLFLOW_TRACKING_URI: `file:${scratch}/runs` }
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function hasPackages(): boolean {
  try {
    execFileSync(python, ['-c', 'import sklearn, mlflow, onnx, onnxruntime'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function ask(args: readonly string[], input = ''): unknown {
  const script = `${root}tests/interop/scikit-learn-models.py`
  const stdio: ['pipe', 'pipe', 'ignore'] = ['pipe', 'pipe', 'ignore']
  return JSON.parse(execFileSync(python, [script, ...args], { input, encoding: 'utf8', env: environment, stdio }))
}

const cities = ['Köln', 'Łódź', 'a,b']
const table: TrainingTable = {
  rows: 300,
  features: [
    {
      name: 'x',
      kind: 'numeric',
      type: 'number',
      values: Float32Array.from({ length: 300 }, (_, i) => (i % 9 === 0 ? Number.NaN : Math.sin(i))),
    },
    {
      name: 'city',
      kind: 'categorical',
      type: 'string',
      codes: Int32Array.from({ length: 300 }, (_, i) => i % 3),
      categories: cities,
    },
  ],
  target: Float32Array.from({ length: 300 }, (_, i) => (Math.sin(i) > 0.2 || i % 3 === 1 ? 1 : 0)),
}

describe.skipIf(!ready)(
  'models and a live scikit-learn and MLflow (skipped without .venv-interop: make test-interop makes it)',
  () => {
    test.each([
      { kind: 'gradientBoosting', roundsWithoutValidation: 10 },
      {
        kind: 'blend',
        members: [{ kind: 'logisticRegression' }, { kind: 'gradientBoosting', roundsWithoutValidation: 5 }],
      },
    ] satisfies LearnerOptions[])('MLflow loads our folder and scores alike: $kind', (options) => {
      const spec = learnerSpec.parse(options)
      const result = fitLearner({ spec, task: 'binary', train: table, refit: false, seed: 1 }, () => undefined)
      const folder = mkdtempSync(join(scratch, 'ours-'))
      writeModelFolder(folder, {
        signature: {
          task: 'binary',
          inputs: table.features.map(({ name, type }) => ({ name, type, nullable: name === 'x' })),
          output: { name: 'score' },
        },
        learner: spec,
        result,
        features: [
          { name: 'x', kind: 'numeric', type: 'number' },
          { name: 'city', kind: 'categorical', type: 'string', categories: cities },
        ],
        target: 'y',
        trainRows: table.rows,
        validationRows: 0,
        refitted: false,
        seed: 1,
        versions: {},
      })
      const [x, city] = table.features
      const rows = {
        x: Array.from(x!.kind === 'numeric' ? x!.values : [], (value) => (Number.isNaN(value) ? null : value)),
        city: Array.from(city!.kind === 'categorical' ? city!.codes : [], (code) => cities[code]!),
      }
      const scores = ask(['score', folder], JSON.stringify(rows)) as number[]
      const expected = predictFitted(result.model, table)
      expect(scores).toHaveLength(table.rows)
      scores.forEach((score, row) => expect(score).toBeCloseTo(expected[row]!, 6))
    })

    test('a Python model is scored in the Python of the user', async () => {
      const folder = join(scratch, 'theirs')
      const saved = ask(['save', folder]) as Saved
      await using model = await createModelRuntime({ python, env: environment }).load(folder)
      expect(model.signature.inputs.map(({ name, type }) => [name, type])).toEqual([
        ['x', 'number'],
        ['whole', 'integer'],
        ['flag', 'boolean'],
        ['city', 'string'],
      ])
      const { city, ...numeric } = saved.data
      const columns = Object.fromEntries(
        Object.entries(numeric).map(([name, values]) => [name, Float64Array.from(values, Number)]),
      )
      const scores = await model.predict({
        rows: saved.scores.length,
        columns: { ...columns, city: city as readonly string[] },
      })
      scores.forEach((score, row) => expect(score).toBeCloseTo(saved.scores[row]!, 12))
    })

    test('the committed golden values are those of this scikit-learn', () => {
      const folder = `${root}src/modules/learners/golden/`
      const fresh = JSON.parse(execFileSync(python, [`${folder}make_golden.py`], { encoding: 'utf8' })) as Golden
      const committed = JSON.parse(readFileSync(`${folder}scikit-learn.json`, 'utf8')) as Golden
      for (const learner of ['logistic', 'ridge'] as const) {
        for (const [name, value] of Object.entries(committed[learner]))
          expect(fresh[learner][name], name).toBeCloseTo(value, 6)
      }
      expect(fresh.auc.generated).toBeCloseTo(committed.auc.generated, 3)
    })
  },
)

interface Saved {
  readonly data: Readonly<Record<string, readonly (number | boolean | string)[]>>
  readonly scores: readonly number[]
}

interface Golden {
  readonly logistic: Readonly<Record<string, number>>
  readonly ridge: Readonly<Record<string, number>>
  readonly auc: { readonly generated: number }
}
