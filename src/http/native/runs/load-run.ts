import { listModels, showModel } from '../../../modules/models/index.ts'
import {
  childRuns,
  findRun,
  getExperiment,
  listRunInfos,
  type Run,
  RunNotFoundError,
} from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import type { RunDetail } from '../contract/run.ts'
import { toRunDetail } from './present-run.ts'

/** The run that an address names, by its id or enough of it; throws not_found. */
export async function requireRun({ tracking }: Pick<HttpApp, 'tracking'>, text: string): Promise<Run> {
  const run = await findRun(tracking, text)
  if (run === undefined) throw new RunNotFoundError(text)
  return run
}

/** A run with what its page shows at once. */
export async function loadRunDetail(app: HttpApp, text: string): Promise<RunDetail> {
  const run = await requireRun(app, text)
  const [experiment, parents, modelVersions] = await Promise.all([
    getExperiment(app.tracking, run.experimentId),
    run.parentId === undefined ? [] : listRunInfos(app.tracking, [run.parentId]),
    modelVersionsOf(app, run),
  ])
  return toRunDetail(run, { experiment: experiment.name, parent: parents[0], modelVersions })
}

/** The model versions that a run has registered, or whose bytes it has made. */
async function modelVersionsOf(app: HttpApp, run: Run): Promise<RunDetail['modelVersions']> {
  const named = run.tags['baton.model']
  const made = new Set(run.outputs.filter(({ kind }) => kind === 'model').map(({ digest }) => digest))
  if (named === undefined && made.size === 0 && run.kind !== 'pipeline') return []
  const { items } = await listModels(app.models, { limit: 200 })
  const details = await Promise.all(items.map(({ name }) => showModel(app.models, name)))
  const children = run.kind === 'pipeline' ? await childIdsOf(app, run) : new Set([run.id as string])
  return details.flatMap(({ versions }) =>
    versions
      .filter(
        (version) =>
          (version.runId !== undefined && children.has(version.runId)) ||
          (version.origin === 'gate' && made.has(version.modelDigest)),
      )
      .map(({ model, version }) => ({ model, version })),
  )
}

async function childIdsOf(app: HttpApp, run: Run): Promise<ReadonlySet<string>> {
  const children = await childRuns(app.tracking, run.id)
  return new Set(children.flatMap(({ id, tags }) => [id as string, tags['baton.source_run'] ?? id]))
}
