import type { FastifyInstance } from 'fastify'

import type { HttpApp } from '../http-app.ts'
import { project } from './contract/project.ts'
import { addRoute } from './route.ts'

export function projectRoutes(server: FastifyInstance, app: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/project',
    tag: 'Project',
    summary: 'The project of this server',
    answer: project,
    async handle() {
      const { name, store } = app.config.settings
      return { name, store, version: app.version }
    },
  })
}
