import type { Metric, Run, RunDatum, RunInfo } from '../../modules/tracking/index.ts'
import { runArtifactUri } from './artifact-uri.ts'
import { fromDouble, toPairs, unlessEmpty } from './wire.ts'

export const contextTag = 'mlflow.data.context'
/** The kind of an input or output that is a model MLflow's clients have logged. */
export const loggedModelKind = 'logged_model'

/** A run's facts as `RunInfo`. */
export function presentRunInfo(run: RunInfo): object {
  return {
    run_id: run.id,
    run_uuid: run.id,
    run_name: run.name,
    experiment_id: run.experimentId,
    user_id: run.user ?? '',
    status: run.status,
    start_time: run.startedMs,
    ...(run.endedMs === undefined ? {} : { end_time: run.endedMs }),
    artifact_uri: run.artifactUri ?? runArtifactUri(run.id, { id: run.experimentId }),
    lifecycle_stage: run.lifecycleStage,
  }
}

/** A run as `Run`, with what it has logged. */
export function presentRun(run: Run): object {
  return {
    info: presentRunInfo(run),
    data: {
      ...unlessEmpty('metrics', run.metrics.map(presentMetric)),
      ...unlessEmpty('params', toPairs(run.params)),
      ...unlessEmpty('tags', toPairs(tagsOf(run))),
    },
    inputs: {
      ...unlessEmpty('dataset_inputs', run.inputs.filter(isDataset).map(presentDataset)),
      ...unlessEmpty(
        'model_inputs',
        run.inputs.filter(isLoggedModel).map(({ digest }) => ({ model_id: digest })),
      ),
    },
    outputs: {
      ...unlessEmpty('model_outputs', run.outputs.filter(isLoggedModel).map(presentModelOutput)),
    },
  }
}

export function presentMetric(metric: Metric): object {
  return {
    key: metric.key,
    value: fromDouble(metric.value),
    timestamp: metric.timestampMs,
    step: metric.step,
    ...(metric.modelId === undefined ? {} : { model_id: metric.modelId }),
    ...(metric.datasetName === undefined ? {} : { dataset_name: metric.datasetName }),
    ...(metric.datasetDigest === undefined ? {} : { dataset_digest: metric.datasetDigest }),
  }
}

/** The tags with those that are columns of the run. */
export function tagsOf(run: RunInfo & Pick<Run, 'tags'>): Readonly<Record<string, string>> {
  const columns = {
    'mlflow.runName': run.name,
    'mlflow.user': run.user,
    'mlflow.parentRunId': run.parentId,
    'mlflow.note.content': run.note,
    'mlflow.source.git.commit': run.code?.commit,
    'mlflow.source.git.branch': run.code?.branch,
  }
  const tags: Record<string, string> = { ...run.tags }
  for (const [key, value] of Object.entries(columns)) if (value !== undefined) tags[key] = value
  return tags
}

function isLoggedModel(datum: RunDatum): boolean {
  return datum.kind === loggedModelKind
}

function isDataset(datum: RunDatum): boolean {
  return datum.dataset !== undefined && !isLoggedModel(datum)
}

/** A dataset of ours is told as one of MLflow's: the name of the edge is its context. */
function presentDataset(datum: RunDatum): object {
  const tags = { ...datum.tags, ...(datum.name === '' ? {} : { [contextTag]: datum.name }) }
  return {
    ...unlessEmpty('tags', toPairs(tags)),
    dataset: {
      name: datum.dataset,
      digest: datum.digest,
      source_type: datum.sourceType ?? 'baton',
      source: datum.source ?? JSON.stringify({ dataset: datum.dataset, version: datum.version }),
      ...(datum.schema === undefined ? {} : { schema: datum.schema }),
      ...(datum.profile === undefined ? {} : { profile: datum.profile }),
    },
  }
}

function presentModelOutput(datum: RunDatum): object {
  const step = (datum.value as { readonly step?: unknown } | undefined)?.step
  return { model_id: datum.digest, step: typeof step === 'number' ? step : 0 }
}
