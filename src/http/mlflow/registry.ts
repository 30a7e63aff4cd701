import { z } from 'zod'

import {
  createModel,
  deleteModel,
  deleteModelTag,
  describeModel,
  getModel,
  getVersion,
  latestVersions,
  type RegisteredModel,
  removeAlias,
  renameModel,
  searchModels,
  setAlias,
  setModelTag,
} from '../../modules/models/index.ts'
import type { HttpApp } from '../http-app.ts'
import { nextPage, pageSize, pageToken } from './paging.ts'
import { presentModel, presentVersion } from './present-registry.ts'
import { modelName, toVersion, versionText } from './registry-names.ts'
import { registryRoute } from './registry-route.ts'
import { integer, keyValue, text, toEntries, unlessEmpty } from './wire.ts'

const named = z.object({ name: modelName })
const aliased = named.extend({ alias: text })
const why = 'through the interface of MLflow'

async function answerModel(app: HttpApp, model: RegisteredModel): Promise<object> {
  return { registered_model: presentModel(model, await latestVersions(app.models, model.name)) }
}

/** Registered models, their tags and aliases. */
export const registeredModelRoutes = [
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/registered-models/create',
    summary: 'Create a registered model',
    request: named.extend({ tags: z.array(keyValue).nullish(), description: text.nullish() }),
    async answer(app, { name, tags, description }, caller) {
      const model = await createModel(app.models, {
        name,
        description: description ?? '',
        tags: Object.fromEntries(toEntries(tags ?? [])),
        user: caller.name,
      })
      return { registered_model: presentModel(model, []) }
    },
  }),
  registryRoute({
    methods: ['GET'],
    path: '/mlflow/registered-models/get',
    summary: 'A registered model with the newest version of each stage',
    request: named,
    answer: async (app, { name }) => answerModel(app, await getModel(app.models, name)),
  }),
  registryRoute({
    methods: ['GET', 'POST'],
    path: '/mlflow/registered-models/search',
    summary: 'The registered models that fit a filter',
    request: z.object({
      filter: text.nullish(),
      max_results: integer.nullish(),
      order_by: z.array(text).nullish(),
      page_token: text.nullish(),
    }),
    async answer({ models }, request) {
      const { items, next } = await searchModels(models, {
        filter: request.filter ?? '',
        orderBy: request.order_by ?? [],
        limit: pageSize(request.max_results, { otherwise: 100, most: 1000 }),
        ...pageToken(request.page_token),
      })
      const found = items.map((model) => presentModel(model, model.latest))
      return { ...unlessEmpty('registered_models', found), ...nextPage(next) }
    },
  }),
  registryRoute({
    methods: ['PATCH', 'POST'],
    path: '/mlflow/registered-models/update',
    summary: 'Change the description of a registered model',
    request: named.extend({ description: text.nullish() }),
    answer: async (app, { name, description }) =>
      answerModel(app, await describeModel(app.models, name, description ?? '')),
  }),
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/registered-models/rename',
    summary: 'Rename a registered model with its versions, aliases and history',
    request: named.extend({ new_name: modelName }),
    answer: async (app, { name, new_name }) => answerModel(app, await renameModel(app.models, name, new_name)),
  }),
  registryRoute({
    methods: ['DELETE', 'POST'],
    path: '/mlflow/registered-models/delete',
    summary: 'Delete a registered model with its versions',
    request: named,
    async answer({ models }, { name }) {
      await deleteModel(models, name)
      return {}
    },
  }),
  registryRoute({
    methods: ['POST', 'GET'],
    path: '/mlflow/registered-models/get-latest-versions',
    summary: 'The newest version of each stage',
    request: named.extend({ stages: z.array(text).nullish() }),
    async answer({ models }, { name, stages }) {
      const versions = await latestVersions(models, name, stages ?? [])
      return unlessEmpty('model_versions', versions.map(presentVersion))
    },
  }),
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/registered-models/set-tag',
    summary: 'Set a tag of a registered model',
    request: named.extend({ key: text, value: text.nullish() }),
    async answer({ models }, { name, key, value }) {
      await setModelTag(models, name, { key, value: value ?? '' })
      return {}
    },
  }),
  registryRoute({
    methods: ['DELETE', 'POST'],
    path: '/mlflow/registered-models/delete-tag',
    summary: 'Delete a tag of a registered model',
    request: named.extend({ key: text }),
    async answer({ models }, { name, key }) {
      await deleteModelTag(models, name, key)
      return {}
    },
  }),
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/registered-models/alias',
    summary: 'Give an alias to a version',
    request: aliased.extend({ version: versionText }),
    async answer({ models }, { name, alias, version }, caller) {
      await setAlias(models, { model: name, version: toVersion(version) }, alias, { who: caller.name, why })
      return {}
    },
  }),
  registryRoute({
    methods: ['DELETE'],
    path: '/mlflow/registered-models/alias',
    summary: 'Take an alias away',
    request: aliased,
    async answer({ models }, { name, alias }, caller) {
      await removeAlias(models, name, alias, { who: caller.name, why })
      return {}
    },
  }),
  registryRoute({
    methods: ['GET'],
    path: '/mlflow/registered-models/alias',
    summary: 'The version that has an alias',
    request: aliased,
    async answer({ models }, { name, alias }) {
      const isLatest = alias.toLowerCase() === 'latest'
      const version = await getVersion(
        models,
        isLatest ? { kind: 'latest', model: name } : { kind: 'alias', model: name, alias },
      )
      return { model_version: presentVersion(version) }
    },
  }),
]
