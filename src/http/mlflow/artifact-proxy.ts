import type { IncomingMessage } from 'node:http'

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { getRun } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { presentFiles } from './artifacts.ts'
import { cleanPath, joinPath, needStoredPath, runArtifactUri } from './artifact-uri.ts'
import { parseRequest } from './parse-request.ts'
import { runId, runIdOf } from './run-id.ts'
import { sendFile } from './send-file.ts'
import { text, unlessEmpty } from './wire.ts'

const listed = z.object({ path: text.nullish() })

/** Files that clients send and fetch, as streams: `/mlflow-artifacts/artifacts/<path>`. */
export async function artifactProxyRoutes(server: FastifyInstance, { app }: { readonly app: HttpApp }): Promise<void> {
  const { artifacts } = app
  takeStreams(server)
  server.get('/mlflow-artifacts/artifacts', { schema: { hide: true } }, async (request) => {
    const folder = cleanPath(parseRequest(listed, { fields: request.query, query: true }).path)
    return unlessEmpty('files', presentFiles(await artifacts.list(folder), ''))
  })
  server.get('/mlflow-artifacts/artifacts/*', { schema: { hide: true } }, async (request, reply) =>
    sendFile(request, reply, { artifacts, path: pathOf(request) }),
  )
  server.put('/mlflow-artifacts/artifacts/*', { schema: { hide: true } }, async (request) => {
    await artifacts.put(pathOf(request), bodyOf(request))
    return {}
  })
  server.delete('/mlflow-artifacts/artifacts/*', { schema: { hide: true } }, async (request) => {
    await artifacts.delete(pathOf(request))
    return {}
  })
}

/** `/get-artifact?run_id=&path=`: a file of a run, as MLflow's page asks for it. */
export async function getArtifactRoute(server: FastifyInstance, { app }: { readonly app: HttpApp }): Promise<void> {
  const query = runId.extend({ path: text })
  server.get('/get-artifact', { schema: { hide: true } }, async (request, reply) => {
    const given = parseRequest(query, { fields: request.query, query: true })
    const run = await getRun(app.tracking, runIdOf(given))
    const folder = needStoredPath(run.artifactUri ?? runArtifactUri(run.id, { id: run.experimentId }))
    return sendFile(request, reply, { artifacts: app.artifacts, path: joinPath(folder, cleanPath(given.path)) })
  })
}

/** Bodies of any type arrive as streams, of any length. */
export function takeStreams(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_, payload, done) => done(null, payload))
}

export function bodyOf(request: FastifyRequest): AsyncIterable<Uint8Array> {
  return (request.body as IncomingMessage | undefined) ?? request.raw
}

function pathOf(request: FastifyRequest): string {
  return cleanPath((request.params as { readonly '*': string })['*'])
}
