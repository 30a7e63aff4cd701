import { z } from 'zod'

import {
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  getLoggedModel,
  type LoggedModel,
  type LoggedModelStatus,
  loggedModelStatuses,
  logLoggedModelParams,
  searchLoggedModels,
  setLoggedModelTags,
} from '../../modules/tracking/index.ts'
import { appendPath, cleanPath, experimentArtifactUri, joinPath, needStoredPath } from './artifact-uri.ts'
import { presentFiles } from './artifacts.ts'
import { nextPage, pageSize, pageToken } from './paging.ts'
import { presentMetric } from './present-run.ts'
import { mlflowRoute } from './route.ts'
import { experimentId, flag, integer, keyValue, text, toEntries, toFlag, toPairs, unlessEmpty } from './wire.ts'

const byId = z.object({ model_id: text })
const pairs = z.array(keyValue).nullish()

/** A client may send the number: pending 1, ready 2, failed 3. */
const status = z.union([z.enum(loggedModelStatuses), z.int().min(1).max(3), z.enum(['1', '2', '3'])])

function toStatus(given: z.infer<typeof status>): LoggedModelStatus {
  return loggedModelStatuses.find((name) => name === given) ?? loggedModelStatuses[Number(given) - 1]!
}

function toRecord(given: z.infer<typeof pairs>): Readonly<Record<string, string>> {
  return Object.fromEntries(toEntries(given ?? []))
}

/** A logged model as `LoggedModel`. */
function presentLoggedModel(model: LoggedModel): object {
  const metrics = model.metrics.map((metric) => ({ ...presentMetric(metric), run_id: metric.runId }))
  return {
    info: {
      model_id: model.id,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdMs,
      last_updated_timestamp_ms: model.updatedMs,
      artifact_uri: model.artifactUri,
      status: model.status,
      ...(model.modelType === undefined ? {} : { model_type: model.modelType }),
      ...(model.sourceRunId === undefined ? {} : { source_run_id: model.sourceRunId }),
      ...(model.statusMessage === undefined ? {} : { status_message: model.statusMessage }),
      ...unlessEmpty('tags', toPairs(model.tags)),
    },
    data: { ...unlessEmpty('params', toPairs(model.params)), ...unlessEmpty('metrics', metrics) },
  }
}

const searched = z.object({
  experiment_ids: z.array(experimentId),
  filter: text.nullish(),
  datasets: z.array(z.object({ dataset_name: text.nullish(), dataset_digest: text.nullish() })).nullish(),
  max_results: integer.nullish(),
  order_by: z
    .array(
      z.object({
        field_name: text,
        ascending: flag.nullish(),
        dataset_name: text.nullish(),
        dataset_digest: text.nullish(),
      }),
    )
    .nullish(),
  page_token: text.nullish(),
})

/** Protobuf's empty text is an absent one. */
function unlessBlank<Name extends string>(name: Name, value: string | null | undefined): { [K in Name]?: string } {
  return (value ? { [name]: value } : {}) as { [K in Name]?: string }
}

/** The models that runs of MLflow 3 log. */
export const loggedModelRoutes = [
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/logged-models',
    summary: 'Create a logged model; its files are still to come',
    request: z.object({
      experiment_id: experimentId,
      name: text.nullish(),
      model_type: text.nullish(),
      source_run_id: text.nullish(),
      params: pairs,
      tags: pairs,
    }),
    async answer({ tracking }, request, caller) {
      const model = await createLoggedModel(tracking, {
        experimentId: String(request.experiment_id),
        params: toRecord(request.params),
        tags: toRecord(request.tags),
        user: caller.name,
        artifactUri: (id, experiment) => appendPath(experimentArtifactUri(experiment), `models/${id}/artifacts`),
        ...unlessBlank('name', request.name),
        ...unlessBlank('modelType', request.model_type),
        ...unlessBlank('sourceRunId', request.source_run_id),
      })
      return { model: presentLoggedModel(model) }
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/logged-models/search',
    summary: 'The logged models of experiments that fit a filter',
    request: searched,
    async answer({ tracking }, request) {
      const { items, next } = await searchLoggedModels(tracking, {
        experimentIds: request.experiment_ids.map(String),
        filter: request.filter ?? '',
        limit: pageSize(request.max_results === 0 ? null : request.max_results, { otherwise: 50, most: 50 }),
        datasets: (request.datasets ?? []).map((each) => ({
          name: each.dataset_name ?? '',
          ...unlessBlank('digest', each.dataset_digest),
        })),
        orderBy: (request.order_by ?? []).map((each) => ({
          field: each.field_name,
          ascending: toFlag(each.ascending ?? true),
          dataset: { ...unlessBlank('name', each.dataset_name), ...unlessBlank('digest', each.dataset_digest) },
        })),
        ...pageToken(request.page_token),
      })
      return { ...unlessEmpty('models', items.map(presentLoggedModel)), ...nextPage(next) }
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/logged-models/:model_id',
    summary: 'A logged model with its params, tags and metrics',
    request: byId.extend({ allow_deleted: flag.nullish() }),
    answer: async ({ tracking }, { model_id, allow_deleted }) => ({
      model: presentLoggedModel(await getLoggedModel(tracking, model_id, { deleted: toFlag(allow_deleted ?? false) })),
    }),
  }),
  mlflowRoute({
    methods: ['PATCH'],
    path: '/mlflow/logged-models/:model_id',
    summary: 'Say whether the files of a logged model have arrived',
    request: byId.extend({ status }),
    answer: async ({ tracking }, request) => ({
      model: presentLoggedModel(await finalizeLoggedModel(tracking, request.model_id, toStatus(request.status))),
    }),
  }),
  mlflowRoute({
    methods: ['DELETE'],
    path: '/mlflow/logged-models/:model_id',
    summary: 'Delete a logged model',
    request: byId,
    async answer({ tracking }, { model_id }) {
      await deleteLoggedModel(tracking, model_id)
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/logged-models/:model_id/params',
    summary: 'Add params of a logged model',
    request: byId.extend({ params: pairs }),
    async answer({ tracking }, { model_id, params }) {
      await logLoggedModelParams(tracking, model_id, toRecord(params))
      return {}
    },
  }),
  mlflowRoute({
    methods: ['PATCH'],
    path: '/mlflow/logged-models/:model_id/tags',
    summary: 'Set tags of a logged model',
    request: byId.extend({ tags: pairs }),
    async answer({ tracking }, { model_id, tags }) {
      await setLoggedModelTags(tracking, model_id, toRecord(tags))
      return {}
    },
  }),
  mlflowRoute({
    methods: ['DELETE'],
    path: '/mlflow/logged-models/:model_id/tags/:tag_key',
    summary: 'Delete a tag of a logged model',
    request: byId.extend({ tag_key: text }),
    async answer({ tracking }, { model_id, tag_key }) {
      await deleteLoggedModelTag(tracking, model_id, tag_key)
      return {}
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/logged-models/:model_id/artifacts/directories',
    summary: 'The files of a logged model in a folder',
    request: byId.extend({ artifact_directory_path: text.nullish(), page_token: text.nullish() }),
    async answer({ tracking, artifacts }, request) {
      const { artifactUri } = await getLoggedModel(tracking, request.model_id)
      const folder = cleanPath(request.artifact_directory_path)
      const entries = await artifacts.list(joinPath(needStoredPath(artifactUri), folder))
      return { root_uri: artifactUri, ...unlessEmpty('files', presentFiles(entries, folder)) }
    },
  }),
]
