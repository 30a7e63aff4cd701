import { z } from 'zod'

import {
  checkRunsExist,
  eachMetricPart,
  listMetricHistory,
  listMetricOfRuns,
  type Metric,
  type RunMetric,
  sampleMetricOfRuns,
} from '../../modules/tracking/index.ts'
import { MlflowError } from './mlflow-error.ts'
import { nextPage, pageSize, pageToken } from './paging.ts'
import { presentMetric } from './present-run.ts'
import { mlflowRoute } from './route.ts'
import { runId, runIdOf } from './run-id.ts'
import { integer, text, toInteger, unlessEmpty } from './wire.ts'

const mostRuns = 100
const mostPoints = 2500
const mostValues = 25_000

export const metricHistoryRoutes = [
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/metrics/get-history',
    summary: 'The values of a metric of a run; all of them, or a page',
    request: runId.extend({ metric_key: text, max_results: integer.nullish(), page_token: text.nullish() }),
    async answer({ tracking }, request) {
      const id = runIdOf(request)
      await checkRunsExist(tracking, [id])
      const key = request.metric_key
      if (request.max_results == null) return { chunks: historyText(eachMetricPart(tracking, id, key)) }
      const limit = Math.min(mostValues, pageSize(request.max_results, { otherwise: mostValues, most: 2 ** 31 }))
      const page = await listMetricHistory(tracking, id, { key, limit, ...pageToken(request.page_token) })
      return { ...unlessEmpty('metrics', page.items.map(presentMetric)), ...nextPage(page.next) }
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/metrics/get-history-bulk',
    summary: 'The values of a metric of several runs',
    request: z.object({
      run_id: z.array(text).nullish(),
      metric_key: text.nullish(),
      max_results: integer.nullish(),
    }),
    async answer({ tracking }, request) {
      const ids = request.run_id ?? []
      if (ids.length === 0) throw refuse('GetMetricHistoryBulk request must specify at least one run_id.')
      if (ids.length > mostRuns) {
        throw refuse(
          `GetMetricHistoryBulk request cannot specify more than ${mostRuns} run_ids. Received ${ids.length} run_ids.`,
        )
      }
      if (request.metric_key == null) throw refuse('GetMetricHistoryBulk request must specify a metric_key.')
      const limit = Math.min(mostValues, pageSize(request.max_results, { otherwise: mostValues, most: 2 ** 31 }))
      const metrics = await listMetricOfRuns(tracking, ids, { key: request.metric_key, limit })
      return { metrics: metrics.map(presentRunMetric) }
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/metrics/get-history-bulk-interval',
    summary: 'Evenly chosen values of a metric of several runs, for a chart',
    request: z.object({
      run_ids: z.array(text),
      metric_key: text,
      start_step: integer.nullish(),
      end_step: integer.nullish(),
      max_results: integer.nullish(),
    }),
    async answer({ tracking }, request) {
      const { run_ids: ids, metric_key: key, start_step: start, end_step: end } = request
      if (ids.length > mostRuns) {
        throw refuse(
          `GetMetricHistoryBulkInterval request must specify at most ${mostRuns} run_ids. Received ${ids.length} run_ids.`,
        )
      }
      const points = toInteger(request.max_results ?? mostPoints, 'max_results')
      if (points < 1 || points > mostPoints) throw refuse(`max_results must be between 1 and ${mostPoints}.`)
      const steps = stepsOf(start, end)
      await checkRunsExist(tracking, ids)
      const metrics = await sampleMetricOfRuns(tracking, ids, {
        key,
        points,
        ...(steps === undefined ? {} : { steps }),
      })
      return unlessEmpty('metrics', metrics.map(presentRunMetric))
    },
  }),
]

/** The whole answer as text, a piece at a time. */
async function* historyText(parts: AsyncIterable<readonly Metric[]>): AsyncGenerator<string> {
  let before = '{"metrics":['
  for await (const part of parts) {
    yield before + part.map((metric) => JSON.stringify(presentMetric(metric))).join(',')
    before = ','
  }
  yield before === ',' ? ']}' : '{}'
}

function stepsOf(
  start: z.infer<typeof integer> | null | undefined,
  end: z.infer<typeof integer> | null | undefined,
): readonly [number, number] | undefined {
  if (start == null && end == null) return undefined
  if (start == null || end == null) {
    throw refuse('If either start step or end step are specified, both must be specified.')
  }
  const steps = [toInteger(start, 'start_step'), toInteger(end, 'end_step')] as const
  if (steps[0] <= steps[1]) return steps
  throw refuse(`end_step must be greater than start_step. Found start_step=${steps[0]} and end_step=${steps[1]}.`)
}

function presentRunMetric(metric: RunMetric): object {
  return { ...presentMetric(metric), run_id: metric.runId }
}

function refuse(message: string): MlflowError {
  return new MlflowError('INVALID_PARAMETER_VALUE', message)
}
