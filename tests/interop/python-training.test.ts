import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { repository, runBaton, smallProject, temporaryFolder } from '../system/project.ts'

const python = join(repository, '.venv-interop/bin/python')

const pipelineSource = `
import { contract, csv, pipeline, python, stratified } from 'baton-ml'

const flowers = contract({
  name: 'flowers',
  task: 'binary',
  target: 'late',
  positive: 'true',
  owners: { dataScience: 'ana@shop.example', engineering: 'ben@shop.example' },
  input: { warmth: { type: 'number' }, rain: { type: 'number' } },
  output: { probability: { type: 'number', min: 0, max: 1 } },
  quality: { rocAuc: { min: 0.8, interval: 'lower' } },
})

export default pipeline('main', {
  steps(p) {
    const days = p.ingest('days', { from: csv('data/days.csv') })
    const split = p.split('split', { input: days, by: stratified('late'), test: 0.25 })
    const model = p.train('train', { run: python('src/train.py'), inputs: { train: split.train }, target: 'late' })
    const report = p.evaluate('evaluate', { model, data: split.test, train: split.train, contract: flowers })
    return p.register('register', { model, report, contract: flowers })
  },
})
`

/** An ordinary training script: pandas, scikit-learn, MLflow; nothing of Baton's but two variables. */
const trainingScript = `
import json, os
import mlflow, numpy as np, pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

train = pd.read_parquet(os.environ["BATON_INPUT_TRAIN"])
features = train[["warmth", "rain"]].astype("float64")
model = LogisticRegression(max_iter=1000).fit(features, train["late"].astype(bool))

class Probability(mlflow.pyfunc.PythonModel):
    def __init__(self, model): self.model = model
    def predict(self, context, model_input, params=None): return self.model.predict_proba(model_input)[:, 1]

mlflow.pyfunc.save_model(os.environ["BATON_OUTPUT_MODEL"], python_model=Probability(model),
                         signature=infer_signature(features, np.array([0.5])))
with open(os.environ["BATON_METRICS"], "a") as metrics:
    metrics.write(json.dumps({"name": "rows_seen", "value": len(train)}) + "\\n")
`

function daysCsv(): string {
  let state = 3
  const uniform = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  const rows = Array.from({ length: 800 }, () => {
    const [warmth, rain] = [uniform() * 30, uniform() * 100]
    return `${warmth.toFixed(2)},${rain.toFixed(1)},${warmth / 30 - rain / 200 + 0.4 * (uniform() - 0.5) < 0.25}`
  })
  return `warmth,rain,late\n${rows.join('\n')}\n`
}

test.skipIf(!existsSync(python))(
  'an MLflow model that a Python script trains is evaluated, registered and used (needs .venv-interop: make test-interop)',
  async () => {
    using folder = temporaryFolder()
    const project = smallProject(folder.path, pipelineSource, {
      'src/train.py': trainingScript,
      'data/days.csv': daysCsv(),
    })
    const env = { BATON_PYTHON: python }
    const run = await runBaton(project, ['--json', 'run', 'main'], env)
    expect(run.exitCode, run.stdout + run.stderr).toBe(0)
    const { steps } = JSON.parse(run.stdout) as {
      steps: { name: string; metrics: Record<string, number>; outputs: Record<string, { rows: number }> }[]
    }
    const stepNamed = (name: string) => steps.find((step) => step.name === name)!
    expect(stepNamed('train').metrics['rows_seen']).toBe(stepNamed('split').outputs['train']!.rows)
    expect(stepNamed('evaluate').metrics['rocAuc']).toBeGreaterThan(0.85)

    const predicted = await runBaton(
      project,
      ['--json', 'predict', 'flowers', '--input', 'data/days.csv', '--output', 'scores.csv'],
      env,
    )
    expect(predicted.exitCode, predicted.stdout + predicted.stderr).toBe(0)
    expect(JSON.parse(predicted.stdout)).toMatchObject({ rows: 800, scored: 800 })

    const again = await runBaton(project, ['--json', 'run', 'main'], env)
    const states = (JSON.parse(again.stdout) as { steps: { state: string }[] }).steps.map((step) => step.state)
    expect(states).toEqual(states.map(() => 'cached'))
  },
  120_000,
)
