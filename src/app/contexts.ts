import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'

import { openDatabase } from './open-database.ts'
import { createRecorder, type RunSurroundings } from './recorder.ts'
import { createOutputsPresent } from './outputs-present.ts'
import { packageVersion } from '../cli/package-info.ts'
import type { Config } from '../config/index.ts'
import { openLocalBlobs } from '../drivers/blob/local/index.ts'
import { createDuckdbEngine } from '../drivers/engine/duckdb/index.ts'
import { createProcessExecutor } from '../drivers/executor/process/index.ts'
import { createWebhookNotifier } from '../drivers/notifier/webhook/index.ts'
import { createModelRuntime } from '../drivers/runtime/index.ts'
import { createRowSources } from '../drivers/source/index.ts'
import { systemClock } from '../kernel/clock.ts'
import { accessMigrations, createAccessContext } from '../modules/access/index.ts'
import {
  createDatasetReader,
  createDatasetsContext,
  createDatasetWriter,
  createIngestStep,
  createSplitStep,
  createSqlStep,
} from '../modules/datasets/index.ts'
import { createEvaluateStep } from '../modules/evaluation/index.ts'
import { exchangeMigrations } from '../modules/exchange/index.ts'
import { createTrainStep } from '../modules/learners/index.ts'
import { createRegisterStep, findModel, modelsMigrations } from '../modules/models/index.ts'
import {
  createCodeKey,
  createCodeRunner,
  createProcessStep,
  type PipelinesContext,
  pipelinesMigrations,
  writeInputFiles,
} from '../modules/pipelines/index.ts'
import { createNotifyStep, createOpenInput, createPredictStep, servingMigrations } from '../modules/serving/index.ts'
import {
  captureCode,
  captureEnvironment,
  createFolderStore,
  recoverDeadRuns,
  trackingMigrations,
} from '../modules/tracking/index.ts'

/** Every module's context, made once from the configuration. The only place where drivers are chosen. */
export async function openContexts(config: Config, warn: (line: string) => void) {
  const { root, storeFolder } = config
  const version = packageVersion()
  const temporaryFolder = join(storeFolder, 'tmp')
  const reportsFolder = join(storeFolder, 'reports')
  mkdirSync(temporaryFolder, { recursive: true })
  const memoryLimitMb = Math.floor(config.memoryLimitBytes / 1e6)
  const clock = systemClock

  const database = await openDatabase(config, version)
  await database.migrate([
    ...trackingMigrations,
    ...pipelinesMigrations,
    ...modelsMigrations,
    ...servingMigrations,
    ...accessMigrations,
    ...exchangeMigrations,
  ])
  const blobs = openLocalBlobs(join(storeFolder, 'blobs'))
  const folders = createFolderStore(blobs, temporaryFolder)
  const engine = createDuckdbEngine({ temporaryFolder, memoryLimitMb, threads: availableParallelism() })
  const datasets = createDatasetsContext({
    tablesFolder: join(storeFolder, 'tables'),
    temporaryFolder,
    engine,
    sources: createRowSources(),
    clock,
    memoryLimitMb,
  })
  const reader = createDatasetReader(datasets)
  const python = config.settings.python === '' ? {} : { python: config.settings.python }
  const machine = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
    const value = config.env(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const runtime = createModelRuntime({ ...python, env: Object.fromEntries(machine) })
  const executor = createProcessExecutor()
  const code = { executor, projectRoot: root, env: config.env, passEnv: config.settings.passEnv, ...python }
  const process = { ...code, reader, writer: createDatasetWriter(datasets), folders }
  const tracking = { database, clock }
  const access = createAccessContext({ database, clock, project: config.settings.name })
  const models = { database, clock, folders, runtime, reportsFolder, temporaryFolder }
  const serving = {
    ...models,
    engine,
    memoryLimitMb,
    reader,
    writer: process.writer,
    notifier: createWebhookNotifier(),
  }

  const environment = captureEnvironment(root, version)
  const recover = async (): Promise<void> => {
    const dead = await recoverDeadRuns(tracking, (await environment).host)
    if (dead.length > 0) warn(`${dead.length} run(s) whose process is gone were marked as stopped.`)
  }
  const recovering = recover()
  let surroundings: Promise<RunSurroundings> | undefined
  const surround = (): Promise<RunSurroundings> =>
    (surroundings ??= (async () => {
      const [facts, state] = await Promise.all([environment, captureCode(root, blobs)])
      return { environment: facts, code: state, command: ['baton', ...argv.slice(2)] }
    })())
  const who = (await environment).user

  const runCode = createCodeRunner(code)
  const pipelines: PipelinesContext = {
    database,
    clock,
    projectRoot: root,
    stateFolder: storeFolder,
    env: config.env,
    recorder: createRecorder(tracking, surround),
    outputsPresent: createOutputsPresent(datasets, folders),
    kinds: [
      createIngestStep(datasets),
      createSqlStep(datasets),
      createSplitStep(datasets),
      createTrainStep({
        engine,
        datasets: reader,
        folders,
        runtime,
        version,
        memoryLimitMb,
        codeKey: createCodeKey(code),
        async runCode(step, reference, { outputs, extraEnv }) {
          const places = Object.fromEntries(Object.entries(outputs).map(([name, { path }]) => [name, path]))
          for (const path of Object.values(places)) mkdirSync(path, { recursive: true })
          return runCode(step, reference, { inputs: await writeInputFiles(process, step), outputs: places, extraEnv })
        },
      }),
      createEvaluateStep({
        engine,
        datasets: reader,
        folders,
        runtime,
        clock,
        project: config.settings.name,
        batonVersion: version,
        reportsFolder,
        commit: async () => (await surround()).code.commit,
        async champion(name) {
          const found = await findModel(models, `${name}@champion`)
          return found && { version: found.version, digest: found.modelDigest }
        },
      }),
      createRegisterStep({ ...models, who }),
      createPredictStep(serving),
      createNotifyStep(serving),
      createProcessStep(process),
    ],
  }
  await recovering
  const openInput = createOpenInput(datasets)
  const close = async (): Promise<void> => {
    await engine[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  }
  return {
    config,
    database,
    blobs,
    folders,
    datasets,
    engine,
    tracking,
    access,
    models,
    serving,
    openInput,
    pipelines,
    who,
    close,
  }
}

/** What `app.ts` gives to the functions in `app/`. */
export type AppContexts = Awaited<ReturnType<typeof openContexts>>
