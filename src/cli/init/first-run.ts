import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { BatonError } from '../../kernel/errors.ts'
import { writeFileDurably } from '../../kernel/durable-file.ts'
import type { RunResult } from '../../modules/pipelines/index.ts'
import { openStepProgress } from '../open-progress.ts'
import { toBatonError } from '../print/error.ts'
import type { Shell } from '../shell.ts'
import type { ProjectDraft } from './draft.ts'
import { type DraftedPromises, draftPromises } from './draft-promises.ts'
import { modelContractFile } from './files/contract-files.ts'

/** How the first run of a new project went. */
export type FirstRun =
  | { readonly state: 'left out' }
  | {
      readonly state: 'done'
      readonly result: RunResult
      readonly promises: DraftedPromises
      /** False when somebody had changed the contract meanwhile, which then stays as it is. */
      readonly drafted: boolean
    }
  | {
      readonly state: 'failed' | 'interrupted'
      readonly error: BatonError
      /** Absent when the run could not begin. */
      readonly result?: RunResult
    }

/** Replaces the contract that was written before the run, if it still is that one. */
function writeContract(file: string, texts: { readonly before: string; readonly after: string }): boolean {
  if (readFileSync(file, 'utf8') !== texts.before) return false
  writeFileDurably(file, texts.after)
  return true
}

/**
 * Makes and measures a model in a project that was just written, and drafts its contract from the result. Nothing is
 * registered: a person reads the contract first. The project stays whole whatever happens here.
 */
export async function runFirst(shell: Shell, folder: string, draft: ProjectDraft): Promise<FirstRun> {
  let result: RunResult | undefined
  try {
    const app = await shell.appIn(folder)
    const view = openStepProgress(shell)
    const measured = await app
      .measurePipeline({ pipeline: draft.slug, params: {}, signal: shell.signal, onEvent: view.show })
      .finally(view.close)
    result = measured.result
    if (result.state !== 'done') return notDone(result.error, result)
    if (measured.report === undefined) return notDone(undefined, result)
    const promises = draftPromises(measured.report)
    const first = { promises, run: result.runId.slice(-8), at: shell.now() }
    const drafted = writeContract(join(folder, 'contracts', `${draft.slug}.ts`), {
      before: modelContractFile(draft),
      after: modelContractFile(draft, first),
    })
    return { state: 'done', result, promises, drafted }
  } catch (thrown) {
    return notDone(thrown, result)
  }
}

function notDone(thrown: unknown, result: RunResult | undefined): FirstRun {
  const error = toBatonError(thrown ?? new Error('the first run gave no quality report'))
  const state = error.kind === 'interrupted' ? 'interrupted' : 'failed'
  return { state, error, ...(result === undefined ? {} : { result }) }
}
