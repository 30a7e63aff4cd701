import { randomUUID } from 'node:crypto'

import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'

import { addAccess } from './access/index.ts'
import { drainOnClose } from './drain.ts'
import type { HttpApp } from './http-app.ts'
import { mlflowRoutes } from './mlflow/index.ts'
import { answerProblems } from './native/answer-problems.ts'
import { nativeRoutes } from './native/index.ts'
import { addDocs } from './operations/docs.ts'
import { healthRoutes } from './operations/health.ts'
import { addMetrics } from './operations/metrics.ts'
import { pageRoutes } from './pages.ts'

export interface ServerOptions {
  readonly log: Logger
}

/** A metric batch of 1,000 is 100 kB; the rest is room for schemas and profiles of datasets. Artifacts are streams. */
const largestBodyBytes = 64 * 1024 * 1024

/** The server with every plugin, not listening yet. Closing it answers the requests that are under way, then stops. */
export async function createServer(app: HttpApp, options: ServerOptions): Promise<FastifyInstance> {
  // Named so that the server's type does not depend on the logger's.
  const loggerInstance: FastifyBaseLogger = options.log
  const server = fastify({
    loggerInstance,
    // One line for every metric that is logged would be most of what the server does; see logResponses.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: largestBodyBytes,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    exposeHeadRoutes: true,
    // Training scripts stay connected between the lines that they log.
    keepAliveTimeout: 120_000,
    // Uploads and downloads take as long as they take.
    requestTimeout: 0,
    // Paths of artifacts are long.
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true },
  })
  logResponses(server, options.log)
  drainOnClose(server)
  addMetrics(server)
  addAccess(server, app)
  answerProblems(server)
  await addDocs(server, app)
  await server.register(healthRoutes)
  await server.register(mlflowRoutes, { app })
  await server.register(nativeRoutes, { app })
  await server.register(pageRoutes)
  return server
}

/** Answers that succeed are worth a line only to somebody who looks for a fault. */
function logResponses(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    const status = reply.statusCode
    const level = status >= 500 ? 'error' : status >= 400 ? 'info' : 'debug'
    if (log.isLevelEnabled(level)) {
      const facts = { method: request.method, url: request.url, status, durationMs: Math.round(reply.elapsedTime) }
      request.log[level](facts, 'request')
    }
    done()
  })
}
