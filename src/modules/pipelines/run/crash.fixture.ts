import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import { createProcessExecutor } from '../../../drivers/executor/process/index.ts'
import { declareProcess, shell } from '../build/declare-process.ts'
import { value } from '../build/outputs.ts'
import { createFakeRecorder, testScope } from '../pipelines.fixture.ts'
import { createTestProcessContext } from '../process/process.fixture.ts'
import { createProcessStep } from '../process/process-step.ts'
import { pipelinesMigrations } from '../tables.ts'
import { runPipeline } from './run-pipeline.ts'

/**
 * Runs a pipeline of six steps in a process of its own, to be killed. Argument: the project. Each step writes a line to
 * `ran.txt` when it has ended; the last line printed is the states of the steps; abandoned runs go to `abandoned.txt`.
 */
const [root] = process.argv.slice(2) as [string]
const stateFolder = join(root, '.baton')
await using database = openTestDatabase({ file: join(stateFolder, 'baton.db') })
await database.migrate(pipelinesMigrations)
const recorder = createFakeRecorder()
const code = createTestProcessContext(root, createProcessExecutor({ graceMs: 500 }))
const scope = testScope()
for (let index = 0; index < 6; index++) {
  const command = `sleep 0.1; echo ${index} > "$BATON_OUTPUT_OUTPUT"; echo ${index} >> ran.txt`
  declareProcess(scope, `s${index}`, { run: shell(command), outputs: { output: value() } })
}
const result = await runPipeline(
  {
    database,
    clock: { now: () => new Date() },
    projectRoot: root,
    stateFolder,
    env: code.env,
    kinds: [createProcessStep(code)],
    recorder: {
      ...recorder,
      abandonPipelineRun(runId) {
        appendFileSync(join(root, 'abandoned.txt'), `${runId}\n`)
        return Promise.resolve()
      },
    },
    outputsPresent: (outputs) => Promise.resolve(outputs.map(() => true)),
  },
  scope.toGraph(),
  { jobs: 2, onEvent: (event) => event.type === 'run_started' && process.stdout.write(`${event.runId}\n`) },
)
process.stdout.write(`${result.steps.map((step) => step.state).join(' ')}\n`)
