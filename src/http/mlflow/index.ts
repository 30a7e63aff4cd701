import type { FastifyInstance } from 'fastify'

import type { HttpPluginOptions } from '../http-app.ts'

/** The interface that MLflow's clients speak: tracking, registry, artifacts. */
export async function mlflowRoutes(server: FastifyInstance, { app }: HttpPluginOptions): Promise<void> {
  void server
  void app
}
