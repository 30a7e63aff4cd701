import { z } from 'zod'

import { getRun, logInputs, logOutputs, type RunDatum, searchDatasets, setTags } from '../../modules/tracking/index.ts'
import { MlflowError } from './mlflow-error.ts'
import { contextTag, loggedModelKind } from './present-run.ts'
import { mlflowRoute } from './route.ts'
import { runId, runIdOf } from './run-id.ts'
import { experimentId, integer, keyValue, text, toEntries, toInteger, unlessEmpty } from './wire.ts'

const dataset = z.object({
  name: text.min(1).max(500),
  digest: text.min(1).max(36),
  source_type: text.min(1),
  source: text.max(65_535),
  schema: text.max(1_048_575).nullish(),
  profile: text.max(16_777_215).nullish(),
})

const datasetInput = z.object({ tags: z.array(keyValue).nullish(), dataset })

const mostDatasets = 1000
const historyTag = 'mlflow.log-model.history'

export const runDataRoutes = [
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/log-inputs',
    summary: 'Record the datasets and models that a run reads',
    request: runId.extend({
      datasets: z.array(datasetInput).max(mostDatasets).nullish(),
      models: z.array(z.object({ model_id: text.min(1) })).nullish(),
    }),
    async answer({ tracking }, request) {
      const datasets = (request.datasets ?? []).map(toDatum)
      const models = (request.models ?? []).map(({ model_id }) => toModel(model_id, {}))
      await logInputs(tracking, runIdOf(request), [...datasets, ...models])
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/outputs',
    summary: 'Record the models that a run has logged',
    request: runId.extend({ models: z.array(z.object({ model_id: text.min(1), step: integer.nullish() })) }),
    async answer({ tracking }, request) {
      const models = request.models.map(({ model_id, step }) =>
        toModel(model_id, { step: step == null ? 0 : toInteger(step, 'step') }),
      )
      await logOutputs(tracking, runIdOf(request), models)
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/log-model',
    summary: 'Record a model in the way of older clients, as a tag',
    request: runId.extend({ model_json: text }),
    async answer({ tracking }, request) {
      const id = runIdOf(request)
      const model = readModel(request.model_json)
      const { tags } = await getRun(tracking, id)
      const history: unknown = JSON.parse(tags[historyTag] ?? '[]')
      const models = Array.isArray(history) ? [...(history as unknown[]), model] : [model]
      await setTags(tracking, id, { [historyTag]: JSON.stringify(models) })
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/search-datasets',
    summary: 'The datasets that the runs of experiments have read',
    request: z.object({ experiment_ids: z.array(experimentId).nullish() }),
    async answer({ tracking }, request) {
      const ids = (request.experiment_ids ?? []).map(String)
      if (ids.length === 0) throw refuse('SearchDatasets request must specify at least one experiment_id.')
      if (ids.length > 20) {
        throw refuse(
          `SearchDatasets request cannot specify more than 20 experiment_ids. Received ${ids.length} experiment_ids.`,
        )
      }
      const uses = await searchDatasets(tracking, ids, 1000)
      const summaries = uses.map(({ experimentId: id, name, digest, context }) => ({
        experiment_id: id,
        name,
        digest,
        ...(context === undefined ? {} : { context }),
      }))
      return unlessEmpty('dataset_summaries', summaries)
    },
  }),
]

function refuse(message: string): MlflowError {
  return new MlflowError('INVALID_PARAMETER_VALUE', message)
}

/** The context is the name of the edge here; other tags stay tags. */
function toDatum({ tags: given, dataset: { name, digest, ...facts } }: z.infer<typeof datasetInput>): RunDatum {
  const { [contextTag]: context, ...tags } = Object.fromEntries(toEntries(given ?? []))
  return {
    kind: 'dataset',
    name: context ?? '',
    dataset: name,
    digest,
    sourceType: facts.source_type,
    source: facts.source,
    ...(facts.schema == null ? {} : { schema: facts.schema }),
    ...(facts.profile == null ? {} : { profile: facts.profile }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
  }
}

/** A logged model stands under its step, so that a run may log one several times. */
function toModel(modelId: string, value: { readonly step?: number }): RunDatum {
  return { kind: loggedModelKind, name: `step ${value.step ?? 0}`, digest: modelId, value: { ...value } }
}

function readModel(json: string): object {
  let model: unknown
  try {
    model = JSON.parse(json)
  } catch {
    throw refuse(`Malformed model info. \n ${json.slice(0, 1000)} \n is not a valid JSON.`)
  }
  const fields = ['artifact_path', 'flavors', 'utc_time_created', 'run_id']
  const missing = fields.filter((name) => !Object.hasOwn(model ?? {}, name))
  if (missing.length > 0)
    throw refuse(`Model json is missing mandatory fields: {${missing.map((name) => `'${name}'`).join(', ')}}`)
  return model as object
}
