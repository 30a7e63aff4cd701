import { z } from 'zod'

import {
  checkExperimentTags,
  createExperiment,
  deleteExperiment,
  deleteExperimentTag,
  type Experiment,
  findExperiment,
  getExperiment,
  getExperimentTags,
  renameExperiment,
  restoreExperiment,
  searchExperiments,
  setExperimentTags,
} from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { experimentArtifactUri } from './artifact-uri.ts'
import { toLifecycle, viewType } from './enums.ts'
import { MlflowError } from './mlflow-error.ts'
import { nextPage, pageSize, pageToken } from './paging.ts'
import { mlflowRoute } from './route.ts'
import { experimentId, integer, keyValue, text, toEntries, toPairs, unlessEmpty } from './wire.ts'

const byId = z.object({ experiment_id: experimentId })

async function presentExperiments(app: HttpApp, experiments: readonly Experiment[]): Promise<readonly object[]> {
  const ids = experiments.map(({ id }) => id)
  const tags = await getExperimentTags(app.tracking, ids)
  return experiments.map((experiment) => ({
    experiment_id: experiment.id,
    name: experiment.name,
    artifact_location: experimentArtifactUri(experiment),
    lifecycle_stage: experiment.lifecycleStage,
    creation_time: experiment.createdMs,
    last_update_time: experiment.updatedMs,
    ...unlessEmpty('tags', toPairs(tags.get(experiment.id) ?? {})),
  }))
}

export const experimentRoutes = [
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/create',
    summary: 'Create an experiment',
    request: z.object({ name: text, artifact_location: text.nullish(), tags: z.array(keyValue).nullish() }),
    async answer({ tracking }, { name, artifact_location, tags }) {
      const entries = Object.fromEntries(toEntries(tags ?? []))
      checkExperimentTags(entries)
      const location = artifact_location ?? ''
      checkLocation(location)
      const { id } = await createExperiment(tracking, name, location === '' ? {} : { artifactLocation: location })
      await setExperimentTags(tracking, id, entries)
      return { experiment_id: id }
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/experiments/get',
    summary: 'An experiment by its id, deleted or not',
    request: byId,
    async answer(app, { experiment_id }) {
      const [experiment] = await presentExperiments(app, [await getExperiment(app.tracking, String(experiment_id))])
      return { experiment }
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/experiments/get-by-name',
    summary: 'An experiment by its name, deleted or not',
    request: z.object({ experiment_name: text }),
    async answer(app, { experiment_name }) {
      const found = await findExperiment(app.tracking, experiment_name)
      if (found === undefined) {
        throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${experiment_name}'`)
      }
      const [experiment] = await presentExperiments(app, [found])
      return { experiment }
    },
  }),
  mlflowRoute({
    methods: ['POST', 'GET'],
    path: '/mlflow/experiments/search',
    summary: 'A page of experiments',
    request: z.object({
      max_results: integer.nullish(),
      page_token: text.nullish(),
      filter: text.nullish(),
      order_by: z.array(text).nullish(),
      view_type: viewType.nullish(),
    }),
    async answer(app, request) {
      const page = await searchExperiments(app.tracking, {
        filter: request.filter ?? '',
        orderBy: request.order_by ?? [],
        lifecycle: toLifecycle(request.view_type),
        limit: pageSize(request.max_results, { otherwise: 1000, most: 50_000 }),
        ...pageToken(request.page_token),
      })
      return { ...unlessEmpty('experiments', await presentExperiments(app, page.items)), ...nextPage(page.next) }
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/update',
    summary: 'Rename an experiment',
    request: z.object({ experiment_id: experimentId, new_name: text }),
    async answer({ tracking }, { experiment_id, new_name }) {
      await renameExperiment(tracking, String(experiment_id), new_name)
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/delete',
    summary: 'Delete an experiment and its runs; both can be restored',
    request: byId,
    async answer({ tracking }, { experiment_id }) {
      await deleteExperiment(tracking, String(experiment_id))
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/restore',
    summary: 'Restore an experiment and the runs that were deleted with it',
    request: byId,
    async answer({ tracking }, { experiment_id }) {
      await restoreExperiment(tracking, String(experiment_id))
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/set-experiment-tag',
    summary: 'Set a tag of an experiment',
    request: byId.extend({ key: text, value: text.nullish() }),
    async answer({ tracking }, { experiment_id, key, value }) {
      await setExperimentTags(tracking, String(experiment_id), { [key]: value ?? '' })
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/experiments/delete-experiment-tag',
    summary: 'Remove a tag of an experiment',
    request: byId.extend({ key: text }),
    async answer({ tracking }, { experiment_id, key }) {
      await deleteExperimentTag(tracking, String(experiment_id), key)
      return {}
    },
  }),
]

/** An artifact location is handed to clients, who open it: a query or fragment in it could mean something else there. */
function checkLocation(location: string): void {
  const message = `Invalid artifact location: '${location.slice(0, 200)}'.`
  if (/[?#]/.test(location) || location.split(/[/\\]/).includes('..') || location.length > 2048) {
    throw new MlflowError('INVALID_PARAMETER_VALUE', message)
  }
}
