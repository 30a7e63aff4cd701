import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { HttpApp } from '../http-app.ts'
import { bodyOf, takeStreams } from './artifact-proxy.ts'
import { cleanPath } from './artifact-uri.ts'
import { parseRequest } from './parse-request.ts'
import { integer, text, toInteger } from './wire.ts'

const mostParts = 10_000

const creation = z.object({ '*': text, path: text, num_parts: integer.nullish() })
const completion = z.object({
  '*': text,
  path: text,
  upload_id: text,
  parts: z.array(z.object({ part_number: integer, etag: text, url: text.nullish() })),
})
const abortion = z.object({ '*': text, path: text, upload_id: text })
const arrival = z.object({ '*': text, upload_id: text, part_number: integer })

/** The file that is uploaded: the folder is in the URL, and of the path the client sends only the name counts. */
function targetOf(given: { readonly '*': string; readonly path: string }): string {
  const name = given.path.split(/[/\\]/).at(-1) ?? ''
  return cleanPath(`${cleanPath(given['*'])}/${name}`)
}

/**
 * Uploads in parts, as MLflow's clients do for large files: create gives a URL for each part, which is sent without
 * credentials. The upload's id in it is a secret and good for this file alone.
 */
export async function artifactUploadRoutes(server: FastifyInstance, { app }: { readonly app: HttpApp }): Promise<void> {
  const { artifacts } = app
  const schema = { hide: true }
  server.post('/mlflow-artifacts/mpu/create/*', { schema }, async (request) => {
    const given = parseRequest(creation, {
      fields: { ...(request.body as object), ...(request.params as object) },
      query: false,
    })
    const upload = await artifacts.startUpload(targetOf(given))
    const count = Math.min(Math.max(1, toInteger(given.num_parts ?? 1, 'num_parts')), mostParts)
    const base = `${request.protocol}://${request.host}${request.url.split('/mpu/create/')[0]}/mpu/part`
    const file = upload.path.split('/').map(encodeURIComponent).join('/')
    const credentials = Array.from({ length: count }, (_, index) => ({
      url: `${base}/${file}?upload_id=${upload.uploadId}&part_number=${index + 1}`,
      part_number: index + 1,
      headers: {},
    }))
    return { upload_id: upload.uploadId, credentials }
  })
  server.post('/mlflow-artifacts/mpu/complete/*', { schema }, async (request) => {
    const given = parseRequest(completion, {
      fields: { ...(request.body as object), ...(request.params as object) },
      query: false,
    })
    const parts = given.parts.map(({ part_number, etag }) => ({
      partNumber: toInteger(part_number, 'part_number'),
      etag: etag.replaceAll('"', ''),
    }))
    await artifacts.completeUpload({ path: targetOf(given), uploadId: given.upload_id }, parts)
    return {}
  })
  server.post('/mlflow-artifacts/mpu/abort/*', { schema }, async (request) => {
    const given = parseRequest(abortion, {
      fields: { ...(request.body as object), ...(request.params as object) },
      query: false,
    })
    await artifacts.abortUpload({ path: targetOf(given), uploadId: given.upload_id })
    return {}
  })
  await server.register(async (scope) => {
    takeStreams(scope)
    scope.put('/mlflow-artifacts/mpu/part/*', { schema }, async (request, reply) => {
      const given = parseRequest(arrival, {
        fields: { ...(request.query as object), ...(request.params as object) },
        query: true,
      })
      const upload = { path: cleanPath(given['*']), uploadId: given.upload_id }
      const part = await artifacts.putPart(upload, toInteger(given.part_number, 'part_number'), bodyOf(request))
      return reply.header('etag', `"${part.etag}"`).send({})
    })
  })
}
