import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import { createWebhookNotifier } from '../../drivers/notifier/webhook/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { newId, newRunId } from '../../kernel/ids.ts'
import { createDatasetReader, createDatasetsContext, createDatasetWriter } from '../datasets/index.ts'
import { createStepScope } from '../pipelines/declare.ts'
import type { OutputRef, StepContext, StepResult } from '../pipelines/index.ts'
import { declareNotify, type NotifyOptions } from './declare.ts'
import type { DeliveriesContext } from './deliveries.ts'
import { createNotifyStep } from './notify-step.ts'
import { servingMigrations } from './tables.ts'

export type TableOutput = Extract<OutputRef, { kind: 'table' }>

export interface NotifyStore extends AsyncDisposable, DeliveriesContext {
  readonly log: string[]
  /** A version of the dataset `scored` from an SQL query. */
  readonly commit: (sql: string) => Promise<TableOutput>
  readonly notify: (
    input: TableOutput,
    options: Omit<NotifyOptions, 'input'>,
    run?: { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> },
  ) => Promise<StepResult>
}

/** The notify step on real drivers over a folder; many processes may open the same one. */
export async function openNotifyStore(root: string): Promise<NotifyStore> {
  const temporaryFolder = join(root, 'tmp')
  mkdirSync(temporaryFolder, { recursive: true })
  const database = openTestDatabase({ file: join(root, 'baton.db') })
  await database.migrate(servingMigrations)
  const engine = createDuckdbEngine({ temporaryFolder, memoryLimitMb: 200, threads: 1 })
  const datasets = createDatasetsContext({
    tablesFolder: join(root, 'tables'),
    temporaryFolder,
    engine,
    sources: { open: () => Promise.reject(new Error('no source')) },
    clock: systemClock,
    memoryLimitMb: 200,
  })
  const log: string[] = []
  const deliveries = { database, clock: systemClock }
  const step = createNotifyStep({
    ...deliveries,
    engine,
    reader: createDatasetReader(datasets),
    notifier: createWebhookNotifier(),
  })
  return {
    ...deliveries,
    log,
    async commit(sql) {
      const file = join(temporaryFolder, `${newId()}.parquet`)
      await using session = await engine.openSession()
      await session.run(`COPY (${sql}) TO '${file}' (FORMAT parquet)`)
      return {
        kind: 'table',
        ...(await createDatasetWriter(datasets).commitFiles('scored', [file], { runId: 'r', step: 's' })),
      }
    },
    async notify(input, options, { signal = new AbortController().signal, env = {} } = {}) {
      const scope = createStepScope({ pipeline: 'churn', file: 'pipelines/churn.ts', params: {} })
      scope.add({
        name: 'predict',
        kind: 'predict',
        inputs: {},
        outputs: { scored: 'table' },
        options: {},
        retries: 0,
        cached: true,
      })
      declareNotify(scope, 'call', { input: { kind: 'table', step: 'predict', output: 'scored' }, ...options })
      const graph = scope.toGraph()
      const workFolder = join(temporaryFolder, newId())
      mkdirSync(workFolder)
      const context: Partial<StepContext> = {
        node: graph.steps.at(-1)!,
        graph,
        runId: newRunId(),
        pipelineRunId: newRunId(),
        inputs: { input },
        projectRoot: root,
        workFolder,
        env: (name) => env[name],
        signal,
        log: (line) => log.push(line),
        progress: () => {},
      }
      return await step.run(context as StepContext)
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
