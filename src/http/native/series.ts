import type { FastifyInstance } from 'fastify'

import type { RunId } from '../../kernel/ids.ts'
import { getMetricHistory } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { type MetricSeries, seriesList, seriesQuery } from './contract/series.ts'
import { downsample } from './downsample.ts'
import { addRoute } from './route.ts'

export function seriesRoutes(server: FastifyInstance, app: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/metric-series',
    tag: 'Runs',
    summary: 'Metrics of many runs over their steps, each with at most so many points',
    query: seriesQuery,
    answer: seriesList,
    async handle({ query: { runs, keys, points } }) {
      const series: MetricSeries[] = []
      for (const run of runs) {
        for (const key of keys) {
          const found = await loadSeries(app, { run, key, points })
          if (found.total > 0) series.push(found)
        }
      }
      return { series }
    },
  })
}

async function loadSeries(
  { tracking }: HttpApp,
  { run, key, points }: { readonly run: string; readonly key: string; readonly points: number },
): Promise<MetricSeries> {
  const history = await getMetricHistory(tracking, run as RunId, key)
  const kept = downsample(history, points)
  return {
    run,
    key,
    steps: kept.map(({ step }) => step),
    values: kept.map(({ value }) => (Number.isFinite(value) ? value : null)),
    timesMs: kept.map(({ timestampMs }) => timestampMs),
    total: history.length,
  }
}
