import type { FastifyInstance } from 'fastify'

import { findDatasetSource, resolveFocus } from './focus.ts'
import { listModels, showModel } from '../../../modules/models/index.ts'
import { listRunInfos } from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import { lineage, lineageQuery } from '../contract/lineage.ts'
import { addRoute } from '../route.ts'
import { toLineage } from './to-graph.ts'
import { traceData } from './trace.ts'

export function lineageRoutes(server: FastifyInstance, app: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/lineage',
    tag: 'Lineage',
    summary: 'What a run, a dataset version or a model version was made from, and what was made from it',
    query: lineageQuery,
    answer: lineage,
    async handle({ query }) {
      const { start, isFocus } = await resolveFocus(app, query)
      const trace = await traceData(app.tracking, start, query.depth)
      const runs = await listRunInfos(app.tracking, [...new Set(trace.uses.map(({ runId }) => runId as string))])
      const { items } = await listModels(app.models, { limit: 200 })
      const models = (await Promise.all(items.map(({ name }) => showModel(app.models, name)))).flatMap(
        ({ versions }) => versions,
      )
      return toLineage(trace, { runs, models, isFocus, sourceOf: (datum) => findDatasetSource(app, datum) })
    },
  })
}
