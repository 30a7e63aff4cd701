import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { throwIfAborted } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import type { LoadedModel } from '../../ports/model-runtime.ts'
import { type GatedVersion, resolveModel } from '../models/index.ts'
import type { OpenInput, PredictContext } from './context.ts'
import { SameFileError } from './errors.ts'
import { outputFormatOf, rejectedPath } from './output-format.ts'
import { prepareFile } from './publish.ts'
import { scoreRelation } from './score-relation.ts'

export interface PredictBatchContext extends PredictContext {
  readonly openInput: OpenInput
}

export interface PredictBatchOptions {
  /** `churn`, `churn@7` or `churn@champion`. */
  readonly model: string
  /** A file (.csv, .csv.gz, .parquet, .jsonl) or a dataset (`customers`, `customers@3`). */
  readonly input: string
  /** A file: .csv, .parquet or .jsonl. */
  readonly output: string
  /** The input columns to keep beside the score; all of them by default. */
  readonly columns?: readonly string[]
  /** Adds `decision`: true where the score is at least this. */
  readonly threshold?: number
  readonly chunkRows?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

export interface Predicted {
  readonly model: string
  readonly rows: number
  readonly scored: number
  readonly rejected: number
  readonly reasons: Readonly<Record<string, number>>
  readonly output: string
  /** Absent when no row was rejected. */
  readonly rejectedOutput: string | undefined
  readonly seconds: number
  readonly rowsPerSecond: number
}

/** The model of a version, restored and verified into a folder, and loaded. */
export async function loadVersion(ctx: PredictContext, version: GatedVersion, folder: string): Promise<LoadedModel> {
  await ctx.folders.restore(version.modelDigest, folder)
  return await ctx.runtime.load(folder)
}

/**
 * Scores a file or dataset with a registered model into a file. The output and the file of rejected rows appear
 * whole at the end, or not at all; memory does not grow with the input.
 */
export async function predictBatch(ctx: PredictBatchContext, options: PredictBatchOptions): Promise<Predicted> {
  const began = performance.now()
  const output = resolve(options.output)
  const format = outputFormatOf(output)
  if (resolve(options.input) === output) throw new SameFileError(output)
  throwIfAborted(options.signal)
  const version = await resolveModel(ctx, options.model)
  const workFolder = join(ctx.temporaryFolder, `predict-${newId()}`)
  await mkdir(workFolder, { recursive: true })
  try {
    await using model = await loadVersion(ctx, version, join(workFolder, 'model'))
    await using session = await ctx.engine.openSession({ memoryLimitMb: ctx.memoryLimitMb ?? 512 })
    const { signal } = options
    const input = await ctx.openInput(session, options.input, signal === undefined ? {} : { signal })
    const name = `${version.model}@${version.version}`
    const found = await scoreRelation(session, {
      ...options,
      input,
      contract: version.contract,
      model,
      modelVersion: name,
      format,
      workFolder,
    })
    const aside = rejectedPath(output)
    await using scored = await prepareFile(session, { parts: found.parts, format, signal }, output)
    if (found.rejected > 0) {
      await using rejected = await prepareFile(session, { parts: found.rejectedParts, format, signal }, aside)
      throwIfAborted(signal)
      await rejected.commit()
    } else {
      throwIfAborted(signal)
      // One of an earlier run would be taken for this run's.
      await rm(aside, { force: true })
    }
    await scored.commit()
    const seconds = (performance.now() - began) / 1000
    return {
      model: name,
      rows: found.rows,
      scored: found.scored,
      rejected: found.rejected,
      reasons: found.reasons,
      output,
      rejectedOutput: found.rejected > 0 ? aside : undefined,
      seconds,
      rowsPerSecond: found.rows / seconds,
    }
  } finally {
    await rm(workFolder, { recursive: true, force: true })
  }
}
