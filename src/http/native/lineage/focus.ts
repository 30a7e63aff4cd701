import type { z } from 'zod'

import { listDatasets, resolveDataset } from '../../../modules/datasets/index.ts'
import { listModels, type ModelVersion, resolveModel } from '../../../modules/models/index.ts'
import { childRuns, type Run, type RunDatum } from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import type { LineageNode, lineageQuery } from '../contract/lineage.ts'
import { sourcePlace } from '../datasets/source-place.ts'
import { requireRun } from '../runs/load-run.ts'
import type { TraceStart } from './trace.ts'

interface Focus {
  readonly start: TraceStart
  readonly isFocus: (node: LineageNode) => boolean
}

/** What a request for lineage is about; without a wish, every latest model version, or else every dataset. */
export async function resolveFocus(app: HttpApp, query: z.infer<typeof lineageQuery>): Promise<Focus> {
  if (query.run !== undefined) return focusOnRun(app, await requireRun(app, query.run))
  if (query.model !== undefined) {
    const found = await resolveModel(app.models, query.model)
    const { model, version } = found
    const start = startOf([found])
    return { start, isFocus: (node) => node.model?.name === model && node.model.version === version }
  }
  if (query.dataset !== undefined) {
    const { dataset, version, digest } = resolveDataset(app.datasets, query.dataset)
    const start = { digests: [digest], runIds: [] }
    return { start, isFocus: (node) => node.dataset?.name === dataset && node.dataset.version === version }
  }
  return focusOnProject(app)
}

async function focusOnRun({ tracking }: HttpApp, run: Run): Promise<Focus> {
  const children = run.kind === 'pipeline' ? await childRuns(tracking, run.id) : [run]
  const runIds = children.map(({ id, tags }) => tags['baton.source_run'] ?? id)
  return {
    start: { digests: [], runIds },
    isFocus: (node) => node.runId !== undefined && runIds.includes(node.runId) && run.kind !== 'pipeline',
  }
}

async function focusOnProject(app: HttpApp): Promise<Focus> {
  const { items } = await listModels(app.models, { limit: 50 })
  const versions = await Promise.all(
    items.filter(({ latestVersion }) => latestVersion > 0).map(({ name }) => resolveModel(app.models, name)),
  )
  const start =
    versions.length > 0
      ? startOf(versions)
      : { digests: listDatasets(app.datasets).map(({ digest }) => digest), runIds: [] }
  return { start, isFocus: () => false }
}

function startOf(versions: readonly ModelVersion[]): TraceStart {
  return {
    digests: versions.flatMap((version) => (version.origin === 'gate' ? version.modelDigest : [])),
    runIds: versions.flatMap(({ runId }) => runId ?? []),
  }
}

/** Where a dataset version was read from, when it is in this store. */
export function findDatasetSource({ datasets, config }: HttpApp, { dataset, version }: RunDatum): string | undefined {
  if (dataset === undefined || version === undefined) return undefined
  try {
    const { source } = resolveDataset(datasets, `${dataset}@${version}`)
    return source === undefined ? undefined : sourcePlace(config.root, source)
  } catch {
    // A version that is gone has left its runs behind: the graph shows them without its source.
    return undefined
  }
}
