import { existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { type AppContexts, openContexts } from './contexts.ts'
import type { CliApp } from '../cli/app-interface.ts'
import { newId } from '../kernel/ids.ts'
import { type OutputRef, runPipeline, type RunResult } from '../modules/pipelines/index.ts'
import {
  captureEnvironment,
  childRuns,
  compareEnvironments,
  compareRuns,
  getRun,
  type OutputComparison,
  prepareReproduction,
  type Run,
  type RunDatum,
  setTags,
} from '../modules/tracking/index.ts'
import { packageVersion } from '../cli/package-info.ts'
import { loadGraph } from './load-pipeline.ts'
import { requireRun } from './run-commands.ts'

const defaultTolerance = 1e-9

/** A copy of a folder whose files share their bytes with the original: parts and blobs are never written to. */
function linkFolder(from: string, to: string): void {
  if (!existsSync(from)) return
  mkdirSync(to, { recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkFolder(source, target)
    else if (entry.isFile()) linkSync(source, target)
  }
}

/** The registry of the scratch store counts on from the latest version: the number says nothing about the model. */
function countersOf(step: Run): readonly string[] {
  return step.tags['baton.step_kind'] === 'register' ? ['version'] : []
}

/** An output is missing because its step failed, or one before it: the reason belongs beside the verdict. */
function whyMissing(result: RunResult, name: string, { verdict }: OutputComparison): { readonly detail?: string } {
  const step = result.steps.find((one) => one.name === name)
  if (verdict !== 'missing' || step === undefined) return {}
  return { detail: step.failure?.error.message ?? step.reason }
}

/** What a step had made, as the executor passes it on. */
function toOutputs(data: readonly RunDatum[]): Readonly<Record<string, OutputRef>> {
  return Object.fromEntries(data.map(({ name, ...ref }) => [name, ref as OutputRef]))
}

/**
 * Runs a recorded run once more and compares: its code in a worktree, its params, the very dataset versions that its
 * sources gave, every other step anew. It happens in a scratch store beside the real one, which only gets a tag with
 * the verdict.
 */
export function reproduceCommand(contexts: AppContexts): Pick<CliApp, 'reproduce'> {
  const { config, tracking, blobs, database } = contexts
  return {
    async reproduce({ run: text, tolerance = defaultTolerance, signal, onEvent }) {
      const run = await requireRun(contexts, text)
      const folder = join(config.storeFolder, 'tmp', `reproduce-${newId()}`)
      const store = join(folder, 'store')
      mkdirSync(store, { recursive: true })
      try {
        const reproduction = { database, clock: tracking.clock, blobs, projectRoot: config.root }
        await using prepared = await prepareReproduction(reproduction, run.id, join(folder, 'code'))
        linkFolder(join(config.storeFolder, 'tables'), join(store, 'tables'))
        linkFolder(join(config.storeFolder, 'blobs'), join(store, 'blobs'))
        await database.copyTo(join(store, 'baton.db'))

        const scratch = await openContexts(
          {
            ...config,
            settings: { ...config.settings, database: 'sqlite' },
            root: prepared.project,
            storeFolder: store,
          },
          () => undefined,
        )
        try {
          const graph = await loadGraph(prepared.project, prepared.pipeline, prepared.params)
          const pinned = Object.fromEntries(
            Object.entries(prepared.sources).map(([step, outputs]) => [step, toOutputs(outputs)]),
          )
          const force = graph.steps.map((step) => step.name).filter((name) => pinned[name] === undefined)
          const result = await runPipeline(scratch.pipelines, graph, {
            pinned,
            force,
            keepGoing: true,
            signal,
            onEvent,
          })
          if (result.state === 'interrupted' && result.error) throw result.error
          const repeated = {
            run: await getRun(scratch.tracking, result.runId),
            steps: await childRuns(scratch.tracking, result.runId),
          }
          const compared = compareRuns(prepared.original, repeated, { tolerance, countersOf })
          const order = graph.steps.map(({ name }) => name)
          const outputs = compared
            .toSorted((a, b) => order.indexOf(a.step) - order.indexOf(b.step))
            .flatMap(({ step, outputs }) =>
              outputs.map((output) => ({ step, ...output, ...whyMissing(result, step, output) })),
            )
          const holds = outputs.every(({ verdict }) => verdict === 'identical' || verdict === 'within_tolerance')
          const { run: original } = prepared.original
          await setTags(tracking, original.id, {
            'baton.reproduced': holds ? 'yes' : 'no',
            'baton.reproduced_at': tracking.clock.now().toISOString(),
          })
          const { environment, code } = original
          return {
            runId: original.id,
            ...(code?.commit === undefined ? {} : { commit: code.commit }),
            outputs,
            environment: environment
              ? compareEnvironments(environment, await captureEnvironment(prepared.project, packageVersion()))
              : [],
            omitted: prepared.omitted.map(({ path }) => path),
          }
        } finally {
          await scratch.close()
        }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  }
}
