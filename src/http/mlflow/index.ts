import { Readable } from 'node:stream'

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import { callerOf } from '../access/caller.ts'
import type { HttpApp, HttpPluginOptions } from '../http-app.ts'
import { artifactProxyRoutes, getArtifactRoute } from './artifact-proxy.ts'
import { artifactUploadRoutes } from './artifact-uploads.ts'
import { artifactRoutes } from './artifacts.ts'
import { toErrorResponse } from './error-response.ts'
import { experimentRoutes } from './experiments.ts'
import { loggedModelRoutes } from './logged-models.ts'
import { loggingRoutes } from './logging.ts'
import { metricHistoryRoutes } from './metric-history.ts'
import { MlflowError } from './mlflow-error.ts'
import { modelVersionRoutes } from './model-versions.ts'
import { registeredModelRoutes } from './registry.ts'
import type { Given } from './parse-request.ts'
import type { JsonText, MlflowRoute } from './route.ts'
import { runDataRoutes } from './run-data.ts'
import { runRoutes } from './runs.ts'
import { serverRoutes } from './server-info.ts'

/** Every prefix has every route: clients mix versions, and MLflow's page asks under ajax-api. */
const prefixes = ['/api/2.0', '/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0']

const routes: readonly MlflowRoute[] = [
  ...experimentRoutes,
  ...runRoutes,
  ...loggingRoutes,
  ...runDataRoutes,
  ...metricHistoryRoutes,
  ...artifactRoutes,
  ...loggedModelRoutes,
  ...registeredModelRoutes,
  ...modelVersionRoutes,
  ...serverRoutes,
]

/** The interface that MLflow's clients speak: tracking, registry, artifacts. */
export async function mlflowRoutes(server: FastifyInstance, { app }: HttpPluginOptions): Promise<void> {
  server.setErrorHandler((error, request, reply) => {
    const { status, body } = toErrorResponse(error)
    if (status >= 500 && status !== 501) request.log.error({ err: error }, 'request failed')
    return reply.status(status).send(body)
  })
  // Requests are parsed with the words of MLflow by the route itself; the schema is for the documentation.
  server.setValidatorCompiler(() => () => true)
  await server.register(getArtifactRoute, { app })
  for (const prefix of prefixes) {
    await server.register(
      async (scope) => {
        scope.setNotFoundHandler(({ method, url }) => {
          throw new MlflowError('ENDPOINT_NOT_FOUND', `There is no endpoint ${method} ${url.split('?')[0]}.`)
        })
        for (const route of routes) addRoute(scope, app, { route, hide: prefix !== prefixes[0] })
        await scope.register(artifactUploadRoutes, { app })
        await scope.register(artifactProxyRoutes, { app })
      },
      { prefix },
    )
  }
}

function addRoute(
  server: FastifyInstance,
  app: HttpApp,
  { route, hide }: { readonly route: MlflowRoute; readonly hide: boolean },
): void {
  for (const method of route.methods) {
    server.route({
      method,
      url: route.path,
      schema: { ...(hide ? { hide } : describe(route, method)) },
      handler: async (request, reply) =>
        sendAnswer(reply, await route.answer(app, givenOf(request), callerOf(request))),
    })
  }
}

/** What came in path, query and body as one object, which is how MLflow's messages are. */
function givenOf({ method, params, query, body }: FastifyRequest): Given {
  const isQuery = method === 'GET' || body === undefined
  return { fields: { ...((isQuery ? query : readBody(body)) as object), ...(params as object) }, query: isQuery }
}

/** Old clients send a JSON text that holds JSON. */
function readBody(body: unknown): object {
  let content = body
  try {
    if (typeof content === 'string') content = JSON.parse(content)
  } catch {
    // Told below, as any other body that is no object.
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content
  throw new MlflowError('BAD_REQUEST', 'The body of the request is not a JSON object.')
}

function sendAnswer(reply: FastifyReply, answer: object | JsonText): FastifyReply {
  void reply.type('application/json; charset=utf-8')
  return reply.send(isText(answer) ? Readable.from(answer.chunks) : JSON.stringify(answer))
}

function isText(answer: object | JsonText): answer is JsonText {
  return 'chunks' in answer && typeof answer.chunks === 'object'
}

function describe(route: MlflowRoute, method: string): object {
  const schema = z.toJSONSchema(route.schema)
  delete schema.$schema
  return {
    tags: ['MLflow'],
    summary: route.summary,
    ...(method === 'GET' ? { querystring: schema } : { body: schema }),
  }
}
