import { type Run, type RunInfo, shortRunId, type RunDatum } from '../../../modules/tracking/index.ts'
import type { Datum, RunDetail, RunSummary } from '../contract/run.ts'
import { toWireNumber } from '../contract/wire.ts'

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** An object without the keys whose value is undefined. */
export function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}

export function toRunSummary(run: RunInfo): RunSummary {
  return {
    id: run.id,
    shortId: shortRunId(run.id),
    name: run.name,
    kind: run.kind,
    status: run.status,
    experimentId: run.experimentId,
    cached: run.cached,
    startedMs: run.startedMs,
    deleted: run.lifecycleStage === 'deleted',
    ...present({
      parentId: run.parentId,
      pipeline: run.pipeline,
      step: run.step,
      endedMs: run.endedMs,
      user: run.user,
      commit: run.code?.commit,
    }),
  }
}

export function toWireDatum(datum: RunDatum): Datum {
  const { name, kind, digest, dataset, version, rows, sizeBytes, files, value, source } = datum
  return { name, kind, digest, ...present({ dataset, version, rows, sizeBytes, files, value, source }) }
}

/** What a run page shows, beside what its other routes give. */
export function toRunDetail(
  run: Run,
  facts: Pick<RunDetail, 'experiment' | 'modelVersions'> & { readonly parent: RunInfo | undefined },
): RunDetail {
  const { code, parent } = { code: run.code, parent: facts.parent }
  return {
    ...toRunSummary(run),
    experiment: facts.experiment,
    modelVersions: facts.modelVersions,
    params: run.params,
    tags: run.tags,
    metrics: run.metrics.map(({ key, value, step, timestampMs }) => ({
      key,
      value: toWireNumber(value),
      step,
      timestampMs,
    })),
    inputs: run.inputs.map(toWireDatum),
    outputs: run.outputs.map(toWireDatum),
    note: run.note ?? '',
    ...present({
      parent: parent && { id: parent.id, name: parent.name },
      code: code && {
        dirty: code.dirty,
        hasDiff: code.diffDigest !== undefined,
        ...present({ commit: code.commit, branch: code.branch }),
      },
      environment: (run.environment ?? facts.parent?.environment) as Record<string, unknown> | undefined,
      command: run.command && [...run.command],
      error: run.error,
    }),
  }
}
