import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { Digest } from '../../../kernel/hash.ts'
import {
  type AliasMoved,
  listModels,
  promote,
  resolveModel,
  rollback,
  showModel,
} from '../../../modules/models/index.ts'
import { getTree } from '../../../modules/tracking/index.ts'
import { callerOf } from '../../access/caller.ts'
import type { HttpApp } from '../../http-app.ts'
import { type ArtifactContent, openTreeFile } from '../artifacts/find-artifact.ts'
import { sendContent } from '../artifacts/send-content.ts'
import {
  aliasMoved,
  type AliasMoved as WireMoved,
  modelDetail,
  modelList,
  promotionBody,
  rollbackBody,
} from '../contract/model.ts'
import { ArtifactNotFoundError } from '../errors.ts'
import { addRoute } from '../route.ts'
import { toAliasEvent, toModelDetail, toModelSummary } from './present-model.ts'

const tag = 'Models'
const params = z.object({ model: z.string() })
const versionParams = z.object({ model: z.string(), version: z.int().min(1) })
const aliasParams = z.object({ model: z.string(), alias: z.string() })

export function modelRoutes(server: FastifyInstance, app: HttpApp): void {
  const { models } = app
  addRoute(server, {
    method: 'GET',
    url: '/models',
    tag,
    summary: 'Every registered model with its aliases',
    answer: modelList,
    handle: async () => ({ models: (await listModels(models, { limit: 1000 })).items.map(toModelSummary) }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/models/:model',
    tag,
    summary: 'A model with its versions, what each was judged by, and the history of its aliases',
    params,
    answer: modelDetail,
    handle: async ({ params: { model } }) => toModelDetail(await showModel(models, model)),
  })
  addRoute(server, {
    method: 'GET',
    url: '/models/:model/versions/:version/report',
    tag,
    summary: 'The quality report of a version, as the page it is',
    params: versionParams,
    answerType: 'text/html',
    async handle({ params: { model, version }, reply }) {
      const found = await resolveModel(models, `${model}@${version}`)
      const content = found.origin === 'gate' ? await openReport(app, found.reportDigest) : undefined
      if (content === undefined) throw new ArtifactNotFoundError('report.html', `${model}@${version}`)
      return sendContent(reply, content, { path: `${model}-${version}.html`, download: false })
    },
  })
  addRoute(server, {
    method: 'PUT',
    url: '/models/:model/aliases/:alias',
    tag,
    summary: 'Give an alias to a version; who did it and why is kept',
    params: aliasParams,
    body: promotionBody,
    answer: aliasMoved,
    handle: async ({ params: { model, alias }, body: { version, why, force }, request }) =>
      toWireMoved(await promote(models, `${model}@${version}`, alias, { who: callerOf(request).name, why, force })),
  })
  addRoute(server, {
    method: 'POST',
    url: '/models/:model/aliases/:alias/rollback',
    tag,
    summary: 'Give an alias back to the version that had it before',
    params: aliasParams,
    body: rollbackBody,
    answer: aliasMoved,
    handle: async ({ params: { model, alias }, body: { why }, request }) =>
      toWireMoved(await rollback(models, model, alias, { who: callerOf(request).name, why })),
  })
}

function toWireMoved({ version, event }: AliasMoved): WireMoved {
  return { version: version.version, ...(event === undefined ? {} : { event: toAliasEvent(event) }) }
}

async function openReport(app: HttpApp, digest: Digest): Promise<ArtifactContent | undefined> {
  const page = (await getTree(app.blobs, digest)).files.find(({ path }) => path.endsWith('.html'))
  return page && (await openTreeFile(app, digest, page.path))
}
