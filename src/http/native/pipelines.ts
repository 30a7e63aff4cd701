import type { FastifyInstance } from 'fastify'

import { listRunTable, type RunTableRow } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { pipelineList } from './contract/pipeline.ts'
import { addRoute } from './route.ts'
import { toRunSummary } from './runs/present-run.ts'

const lookedAt = 1000
const shownRuns = 20

export function pipelineRoutes(server: FastifyInstance, { tracking }: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/pipelines',
    tag: 'Pipelines',
    summary: 'The pipelines that have run, with their latest runs',
    answer: pipelineList,
    async handle() {
      const { items } = await listRunTable(tracking, { kinds: ['pipeline'], limit: lookedAt }, ['tags.`baton.summary`'])
      const byName = new Map<string, RunTableRow[]>()
      for (const row of items) {
        const name = row.info.pipeline ?? row.info.name
        byName.set(name, [...(byName.get(name) ?? []), row])
      }
      const pipelines = [...byName].map(([name, rows]) => {
        const file = rows[0]!.info.pipelineFile
        const runs = rows.slice(0, shownRuns).map(({ info, values: [summary] }) => ({
          ...toRunSummary(info),
          ...(typeof summary === 'string' ? { summary } : {}),
        }))
        return file === undefined ? { name, runs } : { name, file, runs }
      })
      return { pipelines }
    },
  })
}
