import { join } from 'node:path'

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import {
  type Run,
  childRuns,
  countRuns,
  listRunKeys,
  listRunTable,
  type RunQuery,
  setTags,
} from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import {
  noteBody,
  runDetail,
  runDiff,
  runGraph,
  runKeys,
  runKeysQuery,
  runLog,
  runTable,
  runTableQuery,
} from '../contract/run.ts'
import { toWireNumber } from '../contract/wire.ts'
import { addRoute } from '../route.ts'
import { loadRunDetail, requireRun } from './load-run.ts'
import { toRunSummary } from './present-run.ts'
import { readRunDiff } from './read-diff.ts'
import { readRunLog } from './read-log.ts'
import { loadRunGraph } from './load-run-graph.ts'

const tag = 'Runs'
const params = z.object({ run: z.string().describe('the id, or 6 or more characters it begins or ends with') })
const attributes = [
  'run_id',
  'run_name',
  'status',
  'start_time',
  'end_time',
  'user_id',
  'kind',
  'pipeline',
  'step',
  'host',
  'commit',
  'branch',
]

export function runRoutes(server: FastifyInstance, app: HttpApp): void {
  const { tracking } = app
  addRoute(server, {
    method: 'GET',
    url: '/runs',
    tag,
    summary: 'A page of a table of runs, with the columns that were asked for',
    query: runTableQuery,
    answer: runTable,
    async handle({ query }) {
      const wanted = toRunQuery(query)
      const page = await listRunTable(tracking, wanted, query.columns)
      return {
        columns: query.columns,
        rows: page.items.map(({ info, values }) => ({
          ...toRunSummary(info),
          values: values.map((value) => (typeof value === 'number' ? toWireNumber(value) : value)),
        })),
        ...(page.next === undefined ? {} : { next: page.next }),
        ...(query.total ? { total: await countRuns(tracking, wanted) } : {}),
      }
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/run-keys',
    tag,
    summary: 'What a filter or a column can name: the keys of these or of recent runs, those of most runs first',
    query: runKeysQuery,
    answer: runKeys,
    async handle({ query: { experiments, runs } }) {
      const keys = await listRunKeys(tracking, {
        ...(experiments.length === 0 ? {} : { experimentIds: experiments }),
        ...(runs.length === 0 ? {} : { runIds: runs }),
      })
      return { metrics: [...keys.metrics], params: [...keys.params], tags: [...keys.tags], attributes }
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run',
    tag,
    summary: 'One run with what it has logged',
    params,
    answer: runDetail,
    handle: async ({ params: { run } }) => loadRunDetail(app, run),
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/steps',
    tag,
    summary: 'The steps of a pipeline run as a graph, with their states and why they ran',
    params,
    answer: runGraph,
    handle: async ({ params: { run } }) => loadRunGraph(app, await requireRun(app, run)),
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/children',
    tag,
    summary: 'The runs that this one has started',
    params,
    answer: runTable,
    async handle({ params: { run } }) {
      const children = await childRuns(tracking, (await requireRun(app, run)).id)
      return { columns: [], rows: children.map((child) => ({ ...toRunSummary(child), values: [] })) }
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/diff',
    tag,
    summary: 'The uncommitted difference of the code that the run has used',
    params,
    answer: runDiff,
    handle: async ({ params: { run } }) => readRunDiff(app.blobs, await requireRun(app, run)),
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/log',
    tag,
    summary: 'A piece of the log, at most a megabyte; without an offset the end of it',
    params,
    query: z.object({ offset: z.int().min(0).optional() }),
    answer: runLog,
    handle: async ({ params: { run }, query }) =>
      readRunLog(join(app.config.storeFolder, 'logs'), await requireRun(app, run), query.offset),
  })
  addRoute(server, {
    method: 'PUT',
    url: '/runs/:run/note',
    tag,
    summary: 'Replace the note of a run: what was found, what was decided',
    params,
    body: noteBody,
    answer: noteBody,
    async handle({ params: { run }, body: { note } }) {
      const found: Run = await requireRun(app, run)
      await setTags(tracking, found.id, { 'mlflow.note.content': note })
      return { note }
    },
  })
}

function toRunQuery(query: z.infer<typeof runTableQuery>): RunQuery {
  const { filter, order, experiments, kinds, lifecycle, limit, page } = query
  return {
    filter,
    orderBy: order,
    kinds,
    lifecycle,
    limit,
    ...(experiments.length === 0 ? {} : { experimentIds: experiments }),
    ...(page === undefined ? {} : { pageToken: page }),
  }
}
