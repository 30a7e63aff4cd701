import { z } from 'zod'

import {
  checkKey,
  deleteTag,
  logBatch,
  logMetrics,
  logParams,
  type MetricEntry,
  setTags,
} from '../../modules/tracking/index.ts'
import { MlflowError } from './mlflow-error.ts'
import { mlflowRoute } from './route.ts'
import { runId, runIdOf } from './run-id.ts'
import { double, integer, keyValue, text, toDouble, toEntries, toInteger } from './wire.ts'

const metric = z.object({
  key: text,
  value: double,
  timestamp: integer,
  step: integer.nullish(),
  model_id: text.nullish(),
  dataset_name: text.nullish(),
  dataset_digest: text.nullish(),
})

/** Long values are cut, as MLflow's server does unless it is told otherwise. */
const tooLong = 'truncate'

export const loggingRoutes = [
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/log-metric',
    summary: 'Log one value of a metric',
    request: runId.extend(metric.shape),
    async answer({ tracking }, request) {
      checkWireKey(request.key, 'metric', 'name')
      await logMetrics(tracking, runIdOf(request), [toMetric(request)])
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/log-parameter',
    summary: 'Log a param, which is written once',
    request: runId.extend({ key: text, value: text.nullish() }),
    async answer({ tracking }, request) {
      checkWireKey(request.key, 'param', 'key')
      await logParams(tracking, runIdOf(request), { [request.key]: request.value ?? '' }, { tooLong })
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/log-batch',
    summary: 'Log metrics, params and tags, all or none',
    request: runId.extend({
      metrics: z.array(metric).nullish(),
      params: z.array(keyValue).nullish(),
      tags: z.array(keyValue).nullish(),
    }),
    async answer({ tracking }, request) {
      const { metrics, params, tags } = {
        metrics: request.metrics ?? [],
        params: request.params ?? [],
        tags: request.tags ?? [],
      }
      for (const [index, { key }] of metrics.entries()) checkWireKey(key, 'metric', `metrics[${index}].name`)
      for (const [index, { key }] of params.entries()) checkWireKey(key ?? '', 'param', `params[${index}].key`)
      for (const [index, { key }] of tags.entries()) checkWireKey(key ?? '', 'tag', `tags[${index}].key`)
      checkBatchLimit('metrics', metrics.length, 1000)
      checkBatchLimit('params', params.length, 100)
      checkBatchLimit('tags', tags.length, 100)
      checkBatchLimit('metrics, params, and tags', metrics.length + params.length + tags.length, 1000)
      checkKeysUnique(params.map(({ key }) => key ?? ''))
      await logBatch(tracking, runIdOf(request), {
        metrics: metrics.map(toMetric),
        params: Object.fromEntries(toEntries(params)),
        tags: Object.fromEntries(toEntries(tags)),
        tooLong,
      })
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/set-tag',
    summary: 'Set a tag of a run',
    request: runId.extend({ key: text, value: text.nullish() }),
    async answer({ tracking }, request) {
      checkWireKey(request.key, 'tag', 'key')
      await setTags(tracking, runIdOf(request), { [request.key]: request.value ?? '' }, { tooLong })
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/delete-tag',
    summary: 'Remove a tag of a run',
    request: runId.extend({ key: text }),
    async answer({ tracking }, request) {
      await deleteTag(tracking, runIdOf(request), request.key)
      return {}
    },
  }),
]

function toMetric(given: z.infer<typeof metric>): MetricEntry {
  const timestampMs = toInteger(given.timestamp, 'timestamp')
  if (timestampMs < 0) {
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${timestampMs} for parameter 'timestamp' supplied: metric '${given.key}' (value=${given.value}). Timestamp must be a nonnegative long (64-bit integer) `,
    )
  }
  return {
    key: given.key,
    value: toDouble(given.value),
    timestampMs,
    step: given.step == null ? 0 : toInteger(given.step, 'step'),
    ...(given.model_id ? { modelId: given.model_id } : {}),
    ...(given.dataset_name ? { datasetName: given.dataset_name } : {}),
    ...(given.dataset_digest ? { datasetDigest: given.dataset_digest } : {}),
  }
}

/** Refuses a key in the words of MLflow, with its place in the request. */
function checkWireKey(key: string, what: 'metric' | 'param' | 'tag', path: string): void {
  try {
    checkKey(key, what)
  } catch (error) {
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${JSON.stringify(key.slice(0, 300))} for parameter '${path}' supplied: ${(error as Error).message}`,
    )
  }
}

function checkBatchLimit(what: string, count: number, most: number): void {
  if (count <= most) return
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `A batch logging request can contain at most ${most} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  )
}

function checkKeysUnique(keys: readonly string[]): void {
  const seen = new Set<string>()
  const twice = keys.filter((key) => seen.size === seen.add(key).size)
  if (twice.length === 0) return
  const list = twice.map((key) => `'${key}'`).join(', ')
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Duplicate parameter keys have been submitted: [${list}]. Please ensure the request contains only one param value per param key.`,
  )
}
