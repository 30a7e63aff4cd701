import type { RunId } from '../../../kernel/ids.ts'
import type { Json } from '../../../kernel/json.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import { NotReproducibleError } from '../code/errors.ts'
import { restoreCode, type RestoredCode } from '../code/restore-code.ts'
import type { TrackingContext } from '../context.ts'
import { childRuns, getRun } from '../get-run.ts'
import type { Run, RunDatum } from '../run.ts'

export interface ReproductionContext extends TrackingContext {
  readonly blobs: BlobStore
  /** The project whose repository holds the run's commit. */
  readonly projectRoot: string
}

/** A pipeline run with the runs of its steps. */
export interface RecordedPipeline {
  readonly run: Run
  readonly steps: readonly Run[]
}

/** All that is needed to run a pipeline run once more; `dispose` removes the restored code. */
export interface PreparedReproduction extends RestoredCode, AsyncDisposable {
  readonly original: RecordedPipeline
  readonly pipeline: string
  /** The pipeline's file, relative to `project`. */
  readonly pipelineFile: string
  readonly params: Readonly<Record<string, Json>>
  /** What the steps without inputs had read, by step and output: the exact dataset versions to begin with. */
  readonly sources: Readonly<Record<string, readonly RunDatum[]>>
}

/** Restores the code of a pipeline run (or of the run above a step) into a new folder, with its params and data. */
export async function prepareReproduction(
  ctx: ReproductionContext,
  id: RunId,
  folder: string,
): Promise<PreparedReproduction> {
  const named = await getRun(ctx, id)
  const run = named.kind === 'step' && named.parentId !== undefined ? await getRun(ctx, named.parentId) : named
  const { pipeline, pipelineFile, code } = run
  if (run.kind !== 'pipeline' || pipeline === undefined || pipelineFile === undefined) {
    throw new NotReproducibleError(run.id, 'it is not the run of a pipeline')
  }
  if (code === undefined) throw new NotReproducibleError(run.id, 'its code was not recorded')
  const steps = await childRuns(ctx, run.id)
  const sources = steps.filter((step) => step.inputs.length === 0 && step.step !== undefined)
  const restored = await restoreCode(ctx, { id: run.id, code }, folder)
  return {
    ...restored,
    original: { run, steps },
    pipeline,
    pipelineFile,
    params: run.parameters ?? {},
    sources: Object.fromEntries(sources.map((step) => [step.step, step.outputs])),
    [Symbol.asyncDispose]: restored.dispose,
  }
}
