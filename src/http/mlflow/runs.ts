import { z } from 'zod'

import { createRun, deleteRun, getRun, listRuns, restoreRun, updateRun } from '../../modules/tracking/index.ts'
import { runArtifactUri } from './artifact-uri.ts'
import { runStatus, toLifecycle, toRunStatus, viewType } from './enums.ts'
import { MlflowError } from './mlflow-error.ts'
import { nextPage, pageSize, pageToken } from './paging.ts'
import { presentRun, presentRunInfo } from './present-run.ts'
import { mlflowRoute } from './route.ts'
import { runId, runIdOf } from './run-id.ts'
import { experimentId, integer, keyValue, text, toEntries, toInteger, unlessEmpty } from './wire.ts'

export const runRoutes = [
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/create',
    summary: 'Start a run',
    request: z.object({
      experiment_id: experimentId.nullish(),
      user_id: text.nullish(),
      start_time: integer.nullish(),
      run_name: text.nullish(),
      tags: z.array(keyValue).nullish(),
    }),
    async answer({ tracking }, request) {
      const tags = Object.fromEntries(toEntries(request.tags ?? []))
      const name = nameOf(request.run_name ?? '', tags['mlflow.runName'] ?? '')
      const run = await createRun(tracking, {
        experimentId: String(request.experiment_id ?? '') || '0',
        tags: withoutEmptyName(tags),
        ...(name === '' ? {} : { name }),
        ...(request.user_id ? { user: request.user_id } : {}),
        ...(request.start_time == null ? {} : { startedMs: toInteger(request.start_time, 'start_time') }),
        artifactUri: runArtifactUri,
      })
      return { run: presentRun(run) }
    },
  }),
  mlflowRoute({
    methods: ['GET'],
    path: '/mlflow/runs/get',
    summary: 'A run with all that it has logged; of each metric the latest value',
    request: runId,
    answer: async ({ tracking }, request) => ({ run: presentRun(await getRun(tracking, runIdOf(request))) }),
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/update',
    summary: 'Change the status, end or name of a run',
    request: runId.extend({
      status: runStatus.nullish(),
      end_time: integer.nullish(),
      run_name: text.nullish(),
    }),
    async answer({ tracking }, request) {
      const info = await updateRun(tracking, runIdOf(request), {
        ...(request.status == null ? {} : { status: toRunStatus(request.status) }),
        ...(request.end_time == null ? {} : { endedMs: toInteger(request.end_time, 'end_time') }),
        ...(request.run_name ? { name: request.run_name } : {}),
      })
      return { run_info: presentRunInfo(info) }
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/delete',
    summary: 'Delete a run; it can be restored',
    request: runId,
    async answer({ tracking }, request) {
      await deleteRun(tracking, runIdOf(request))
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/restore',
    summary: 'Restore a deleted run',
    request: runId,
    async answer({ tracking }, request) {
      await restoreRun(tracking, runIdOf(request))
      return {}
    },
  }),
  mlflowRoute({
    methods: ['POST'],
    path: '/mlflow/runs/search',
    summary: 'A page of runs',
    request: z.object({
      experiment_ids: z.array(experimentId).nullish(),
      filter: text.nullish(),
      run_view_type: viewType.nullish(),
      max_results: integer.nullish(),
      order_by: z.array(text).nullish(),
      page_token: text.nullish(),
    }),
    async answer({ tracking }, request) {
      const page = await listRuns(tracking, {
        experimentIds: (request.experiment_ids ?? []).map(String),
        filter: request.filter ?? '',
        orderBy: request.order_by ?? [],
        lifecycle: toLifecycle(request.run_view_type),
        limit: pageSize(request.max_results, { otherwise: 1000, most: 50_000 }),
        ...pageToken(request.page_token),
      })
      return { ...unlessEmpty('runs', page.items.map(presentRun)), ...nextPage(page.next) }
    },
  }),
]

/** The name may come twice, but not two names. */
function nameOf(name: string, tag: string): string {
  if (name === '' || tag === '' || name === tag) return name || tag
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values " +
      `(run_name='${name}', mlflow.runName='${tag}').`,
  )
}

function withoutEmptyName(tags: Record<string, string>): Readonly<Record<string, string>> {
  if (tags['mlflow.runName'] === '') delete tags['mlflow.runName']
  return tags
}
