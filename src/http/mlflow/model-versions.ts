import { z } from 'zod'

import {
  createVersion,
  deleteVersion,
  deleteVersionTag,
  describeVersion,
  getVersion,
  searchVersions,
  setStage,
  setVersionTag,
} from '../../modules/models/index.ts'
import { nextPage, pageSize, pageToken } from './paging.ts'
import { presentVersion } from './present-registry.ts'
import { modelName, toVersion, versionText } from './registry-names.ts'
import { registryRoute } from './registry-route.ts'
import { flag, integer, keyValue, text, toEntries, toFlag, unlessEmpty } from './wire.ts'

const versioned = z.object({ name: modelName, version: versionText })
type Versioned = z.infer<typeof versioned>

function keyOf({ name, version }: Versioned): { readonly model: string; readonly version: number } {
  return { model: name, version: toVersion(version) }
}

/** A field that protobuf sends empty when it is not set. */
function given<Name extends string>(name: Name, value: string | null | undefined): { [K in Name]?: string } {
  return (value === null || value === undefined || value === '' ? {} : { [name]: value }) as { [K in Name]?: string }
}

/** Versions of registered models. */
export const modelVersionRoutes = [
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/model-versions/create',
    summary: 'Create a version that points at files',
    request: z.object({
      name: modelName,
      source: text,
      run_id: text.nullish(),
      tags: z.array(keyValue).nullish(),
      run_link: text.nullish(),
      description: text.nullish(),
      model_id: text.nullish(),
    }),
    async answer({ models }, request, caller) {
      const version = await createVersion(models, {
        model: request.name,
        source: request.source,
        description: request.description ?? '',
        tags: Object.fromEntries(toEntries(request.tags ?? [])),
        user: caller.name,
        ...given('runId', request.run_id),
        ...given('runLink', request.run_link),
        ...given('loggedModelId', request.model_id),
      })
      return { model_version: presentVersion(version) }
    },
  }),
  registryRoute({
    methods: ['GET'],
    path: '/mlflow/model-versions/get',
    summary: 'A version',
    request: versioned,
    answer: async ({ models }, request) => ({
      model_version: presentVersion(await getVersion(models, { kind: 'version', ...keyOf(request) })),
    }),
  }),
  registryRoute({
    methods: ['GET', 'POST'],
    path: '/mlflow/model-versions/search',
    summary: 'The versions that fit a filter',
    request: z.object({
      filter: text.nullish(),
      max_results: integer.nullish(),
      order_by: z.array(text).nullish(),
      page_token: text.nullish(),
    }),
    async answer({ models }, request) {
      const { items, next } = await searchVersions(models, {
        filter: request.filter ?? '',
        orderBy: request.order_by ?? [],
        limit: pageSize(request.max_results, { otherwise: 10_000, most: 200_000 }),
        ...pageToken(request.page_token),
      })
      return { ...unlessEmpty('model_versions', items.map(presentVersion)), ...nextPage(next) }
    },
  }),
  registryRoute({
    methods: ['PATCH', 'POST'],
    path: '/mlflow/model-versions/update',
    summary: 'Change the description of a version',
    request: versioned.extend({ description: text.nullish() }),
    answer: async ({ models }, request) => ({
      model_version: presentVersion(await describeVersion(models, keyOf(request), request.description ?? '')),
    }),
  }),
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/model-versions/transition-stage',
    summary: 'Give a version a stage',
    request: versioned.extend({ stage: text, archive_existing_versions: flag.nullish() }),
    async answer({ models }, request) {
      const archiveOthers = toFlag(request.archive_existing_versions ?? false)
      const version = await setStage(models, keyOf(request), { stage: request.stage, archiveOthers })
      return { model_version: presentVersion(version) }
    },
  }),
  registryRoute({
    methods: ['DELETE', 'POST'],
    path: '/mlflow/model-versions/delete',
    summary: 'Delete a version',
    request: versioned,
    async answer({ models }, request, caller) {
      await deleteVersion(models, keyOf(request), { who: caller.name, why: 'the version was deleted' })
      return {}
    },
  }),
  registryRoute({
    methods: ['POST'],
    path: '/mlflow/model-versions/set-tag',
    summary: 'Set a tag of a version',
    request: versioned.extend({ key: text, value: text.nullish() }),
    async answer({ models }, { key, value, ...request }) {
      await setVersionTag(models, keyOf(request), { key, value: value ?? '' })
      return {}
    },
  }),
  registryRoute({
    methods: ['DELETE', 'POST'],
    path: '/mlflow/model-versions/delete-tag',
    summary: 'Delete a tag of a version',
    request: versioned.extend({ key: text }),
    async answer({ models }, { key, ...request }) {
      await deleteVersionTag(models, keyOf(request), key)
      return {}
    },
  }),
  registryRoute({
    methods: ['GET'],
    path: '/mlflow/model-versions/get-download-uri',
    summary: 'Where the files of a version are',
    request: versioned,
    async answer({ models }, request) {
      const { location } = await getVersion(models, { kind: 'version', ...keyOf(request) })
      return { artifact_uri: location }
    },
  }),
]
