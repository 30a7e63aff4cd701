import { stat } from 'node:fs/promises'

import { throwIfAborted } from '../../kernel/errors.ts'
import type { ExchangeContext } from './context.ts'
import { NotAStoreError } from './errors.ts'
import { importExperiments } from './import-experiments.ts'
import { importModels } from './import-models.ts'
import { importRun } from './import-run.ts'
import { openFolderStore } from './read-folder.ts'
import { openSqliteStore } from './read-sqlite.ts'
import type { LeaveOut, LeftOut, SourceStore } from './source-store.ts'

/** How many of a kind were brought, brought up to date, and were here already as they are. */
export interface ImportCount {
  brought: number
  updated: number
  unchanged: number
}

/** What an import did. */
export interface ImportSummary {
  readonly from: string
  readonly experiments: Readonly<ImportCount>
  readonly runs: Readonly<ImportCount>
  readonly models: Readonly<ImportCount>
  readonly modelVersions: Readonly<ImportCount>
  readonly artifactFiles: number
  /** What is not here afterwards, with the reason. */
  readonly leftOut: readonly LeftOut[]
}

export interface ImportOptions {
  /** The folder `mlruns` or the SQLite file of a store. */
  readonly from: string
  readonly signal: AbortSignal
  readonly onProgress: (progress: { readonly done: number; readonly total: number; readonly unit: string }) => void
}

/** The import while it goes. */
export interface Import {
  readonly store: SourceStore
  readonly signal: AbortSignal
  readonly leaveOut: LeaveOut
  readonly counts: Readonly<Record<'experiments' | 'runs' | 'models' | 'modelVersions', ImportCount>>
  artifactFiles: number
}

/**
 * Brings the experiments, runs, artifacts and registered models of an MLflow store. Runs keep their ids. Repeating it
 * brings what is new or has changed and nothing twice; one that was stopped goes on where it was. What the source
 * holds in a form that cannot be kept is left out and told, entry by entry.
 */
export async function importMlflow(ctx: ExchangeContext, options: ImportOptions): Promise<ImportSummary> {
  const leftOut: LeftOut[] = []
  const leaveOut = (left: LeftOut): void => void leftOut.push(left)
  await using store = await openStore(ctx, options.from, leaveOut)
  const none = (): ImportCount => ({ brought: 0, updated: 0, unchanged: 0 })
  const counts = { experiments: none(), runs: none(), models: none(), modelVersions: none() }
  const running: Import = { store, signal: options.signal, leaveOut, counts, artifactFiles: 0 }

  const total = await store.countRuns()
  let done = 0
  for (const experiment of await importExperiments(ctx, running)) {
    for await (const run of store.runs(experiment.sourceId)) {
      throwIfAborted(options.signal)
      await importRun(ctx, running, { run, experimentId: experiment.ownId })
      options.onProgress({ done: (done += 1), total, unit: 'runs' })
    }
  }
  const logged = await store.countLoggedModels()
  if (logged > 0) leaveOut({ what: `${logged} logged models of MLflow 3`, why: 'they are not imported yet' })
  await importModels(ctx, running)
  return { from: options.from, ...counts, artifactFiles: running.artifactFiles, leftOut }
}

async function openStore(ctx: ExchangeContext, from: string, leaveOut: LeaveOut): Promise<SourceStore> {
  if (/^https?:/i.test(from)) {
    throw new NotAStoreError(from, 'an address of a server is not read; give its database or its folder mlruns')
  }
  const state = await stat(from).catch(() => undefined)
  if (state === undefined) throw new NotAStoreError(from, 'there is no such file or folder')
  return state.isDirectory() ? openFolderStore(from, leaveOut) : openSqliteStore(ctx.sources, from, leaveOut)
}
