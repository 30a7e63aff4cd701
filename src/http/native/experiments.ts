import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { countRuns, listExperiments } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { experiment } from './contract/run.ts'
import { addRoute } from './route.ts'

const answer = z.object({ experiments: z.array(experiment) })

export function experimentRoutes(server: FastifyInstance, { tracking }: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/experiments',
    tag: 'Experiments',
    summary: 'The active experiments, newest first, with how many runs each has',
    answer,
    async handle() {
      const found = await listExperiments(tracking)
      const experiments = await Promise.all(
        found.map(async ({ id, name, createdMs, updatedMs }) => {
          const runs = await countRuns(tracking, { experimentIds: [id], kinds: ['pipeline', 'run'] })
          return { id, name, runs, createdMs, updatedMs }
        }),
      )
      return { experiments }
    },
  })
}
