import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { HttpApp } from '../../http-app.ts'
import { artifactList, artifactQuery, contentQuery, tableHead, tableQuery } from '../contract/artifact.ts'
import { addRoute } from '../route.ts'
import { requireRun } from '../runs/load-run.ts'
import { listArtifacts, openArtifact } from './find-artifact.ts'
import { readArtifactTable } from './read-table.ts'
import { sendContent } from './send-content.ts'

const tag = 'Artifacts'
const params = z.object({ run: z.string() })

export function artifactRoutes(server: FastifyInstance, app: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/artifacts',
    tag,
    summary: 'What lies directly under a folder of a run',
    params,
    query: artifactQuery,
    answer: artifactList,
    handle: async ({ params: { run }, query: { path } }) => ({
      entries: [...(await listArtifacts(app, await requireRun(app, run), path))],
    }),
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/artifacts/content',
    tag,
    summary: 'The bytes of an artifact, in a sandbox where a browser shows them',
    params,
    query: contentQuery,
    handle: async ({ params: { run }, query, reply }) =>
      sendContent(reply, await openArtifact(app, await requireRun(app, run), query.path), query),
  })
  addRoute(server, {
    method: 'GET',
    url: '/runs/:run/artifacts/table',
    tag,
    summary: 'The first rows of a CSV, JSON lines or Parquet artifact',
    params,
    query: tableQuery,
    answer: tableHead,
    handle: async ({ params: { run }, query }) =>
      readArtifactTable(app.datasets, await openArtifact(app, await requireRun(app, run), query.path), query),
  })
}
