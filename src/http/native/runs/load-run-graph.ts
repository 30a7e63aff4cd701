import { childRuns, listRuns, type Run } from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import type { RunGraph } from '../contract/run.ts'
import { toRunGraph } from './run-graph.ts'

/** The graph of a pipeline run; of a running one with the steps that an earlier run lets expect. */
export async function loadRunGraph({ tracking }: Pick<HttpApp, 'tracking'>, run: Run): Promise<RunGraph> {
  const steps = await childRuns(tracking, run.id)
  if (run.status !== 'RUNNING' || run.pipeline === undefined) return toRunGraph(steps)
  const earlier = await listRuns(tracking, {
    pipeline: run.pipeline,
    kinds: ['pipeline'],
    statuses: ['FINISHED'],
    limit: 1,
  })
  const last = earlier.items[0]
  return last === undefined
    ? toRunGraph(steps)
    : toRunGraph(steps, { run: last, steps: await childRuns(tracking, last.id) })
}
