import type { FastifyInstance } from 'fastify'

import { mlflowVersion } from '../mlflow/version.ts'

/** `/health` for whoever watches the process, `/version` for MLflow's clients. */
export async function healthRoutes(server: FastifyInstance): Promise<void> {
  server.get('/health', { schema: { hide: true } }, async (_, reply) => reply.type('text/plain').send('OK'))
  server.get('/version', { schema: { hide: true } }, async (_, reply) => reply.type('text/plain').send(mlflowVersion))
}
