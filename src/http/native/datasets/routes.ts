import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { type DatasetVersion, listDatasets, listVersions, resolveDataset } from '../../../modules/datasets/index.ts'
import { listDataUses, listRunInfos } from '../../../modules/tracking/index.ts'
import type { HttpApp } from '../../http-app.ts'
import {
  datasetDetail,
  datasetDifference,
  datasetList,
  datasetVersion,
  type DatasetVersion as WireVersion,
  differenceQuery,
  rowsQuery,
} from '../contract/dataset.ts'
import { tableHead } from '../contract/artifact.ts'
import { addRoute } from '../route.ts'
import { compareSchemas } from './compare-schemas.ts'
import { readHead } from './read-head.ts'
import { sourcePlace } from './source-place.ts'

const tag = 'Datasets'
const params = z.object({ dataset: z.string() })
const versionParams = z.object({ dataset: z.string(), version: z.string().describe('a number, a date or a tag') })

function toWireVersion(root: string, { committedAt, columns, tags, ...rest }: DatasetVersion): WireVersion {
  const { dataset, version, digest, rows, sizeBytes, operation, runId, step, source } = rest
  const optional = {
    ...(runId === undefined ? {} : { runId }),
    ...(step === undefined ? {} : { step }),
    ...(source === undefined ? {} : { source: sourcePlace(root, source) }),
  }
  return {
    dataset,
    version,
    digest,
    rows,
    sizeBytes,
    operation,
    columns: [...columns],
    createdAt: committedAt,
    tags: [...tags],
    ...optional,
  }
}

export function datasetRoutes(server: FastifyInstance, app: HttpApp): void {
  const { datasets, config } = app
  const present = (version: DatasetVersion): WireVersion => toWireVersion(config.root, version)
  addRoute(server, {
    method: 'GET',
    url: '/datasets',
    tag,
    summary: 'Every dataset, as its latest version',
    answer: datasetList,
    handle: async () => ({
      datasets: listDatasets(datasets).map((latest) => ({
        ...present(latest),
        columns: latest.columns.length,
        versions: latest.version,
      })),
    }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/datasets/:dataset',
    tag,
    summary: 'A dataset with all its versions, and the runs that have read it',
    params,
    answer: datasetDetail,
    async handle({ params: { dataset } }) {
      const versions = listVersions(datasets, dataset).map(present)
      return { name: dataset, versions, usedBy: await usesOf(app, versions) }
    },
  })
  addRoute(server, {
    method: 'GET',
    url: '/datasets/:dataset/versions/:version',
    tag,
    summary: 'One version of a dataset, by number, date or tag',
    params: versionParams,
    answer: datasetVersion,
    handle: async ({ params }) => present(resolveDataset(datasets, `${params.dataset}@${params.version}`)),
  })
  addRoute(server, {
    method: 'GET',
    url: '/datasets/:dataset/versions/:version/rows',
    tag,
    summary: 'The first rows of a version',
    params: versionParams,
    query: rowsQuery,
    answer: tableHead,
    handle: async ({ params, query }) =>
      readHead(datasets, resolveDataset(datasets, `${params.dataset}@${params.version}`), query.rows),
  })
  addRoute(server, {
    method: 'GET',
    url: '/datasets/:dataset/difference',
    tag,
    summary: 'How the columns of two versions differ',
    params,
    query: differenceQuery,
    answer: datasetDifference,
    async handle({ params: { dataset }, query }) {
      const from = present(resolveDataset(datasets, `${dataset}@${query.from}`))
      const to = present(resolveDataset(datasets, `${dataset}@${query.to}`))
      return { from, to, columns: [...compareSchemas(from.columns, to.columns)] }
    },
  })
}

const shownUses = 50

async function usesOf({ tracking }: HttpApp, versions: readonly WireVersion[]) {
  const byDigest = new Map(versions.map(({ digest, version }) => [digest, version]))
  const uses = (await listDataUses(tracking, 'input', { digests: [...byDigest.keys()] })).slice(0, shownUses)
  const infos = new Map(
    (
      await listRunInfos(
        tracking,
        uses.map(({ runId }) => runId),
      )
    ).map((info) => [info.id, info]),
  )
  return uses.flatMap(({ runId, datum }) => {
    const info = infos.get(runId)
    const version = datum.version ?? byDigest.get(datum.digest)
    if (info === undefined || version === undefined) return []
    return [{ runId, name: info.name, startedMs: info.startedMs, version }]
  })
}
