import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

import type { HttpApp } from '../http-app.ts'
import { docsPage } from './docs-page.ts'

/**
 * `/openapi.json`, made from the schemas of the routes, and `/docs`, a page that shows it. Has to come before the
 * routes it describes; a route with `hide` in its schema is left out.
 */
export async function addDocs(server: FastifyInstance, app: HttpApp): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Baton',
        version: app.version,
        description: 'The native interface of Baton. MLflow clients use /api/2.0/mlflow beside it.',
      },
    },
  })
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger())
  server.get('/docs', { schema: { hide: true } }, async (_, reply) => {
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(docsPage(server.swagger()))
  })
}
