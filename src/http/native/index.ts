import type { FastifyInstance } from 'fastify'

import { auditRoutes } from '../access/audit-routes.ts'
import { sessionRoutes } from '../access/session-routes.ts'
import type { HttpPluginOptions } from '../http-app.ts'
import { answerProblems } from './answer-problems.ts'
import { artifactRoutes } from './artifacts/routes.ts'
import { datasetRoutes } from './datasets/routes.ts'
import { eventRoutes } from './events.ts'
import { experimentRoutes } from './experiments.ts'
import { lineageRoutes } from './lineage/routes.ts'
import { modelRoutes } from './models/routes.ts'
import { pipelineRoutes } from './pipelines.ts'
import { projectRoutes } from './project.ts'
import { runRoutes } from './runs/routes.ts'
import { searchRoutes } from './search.ts'
import { seriesRoutes } from './series.ts'

/** The native API under /api/v1, one file a noun. */
export async function nativeRoutes(server: FastifyInstance, { app }: HttpPluginOptions): Promise<void> {
  await server.register(
    async (api) => {
      answerProblems(api)
      // Answers fit their contracts by their types; a second check at run time would only cost time.
      api.setSerializerCompiler(() => (data) => JSON.stringify(data))
      for (const add of [
        projectRoutes,
        sessionRoutes,
        auditRoutes,
        runRoutes,
        seriesRoutes,
        artifactRoutes,
        experimentRoutes,
        pipelineRoutes,
        datasetRoutes,
        modelRoutes,
        lineageRoutes,
        searchRoutes,
        eventRoutes,
      ])
        add(api, app)
    },
    { prefix: '/api/v1' },
  )
}
