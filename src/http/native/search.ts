import type { FastifyInstance } from 'fastify'

import { listDatasets } from '../../modules/datasets/index.ts'
import { listModels } from '../../modules/models/index.ts'
import { listExperiments, listRuns, shortRunId } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { type SearchHit, searchHits, searchQuery } from './contract/search.ts'
import { addRoute } from './route.ts'

export function searchRoutes(server: FastifyInstance, app: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/search',
    tag: 'Search',
    summary: 'Models, datasets, experiments and runs whose name or id has these characters',
    query: searchQuery,
    answer: searchHits,
    async handle({ query: { q, limit } }) {
      const text = q.trim()
      const kinds = [
        searchModels(app, text),
        searchDatasets(app, text),
        searchExperiments(app, text),
        searchRuns(app, text, limit),
      ]
      const found = await Promise.all(kinds)
      return { hits: found.flatMap((hits) => hits.slice(0, limit)) }
    },
  })
}

const has = (name: string, text: string): boolean => name.toLowerCase().includes(text.toLowerCase())

async function searchModels({ models }: HttpApp, text: string): Promise<readonly SearchHit[]> {
  const { items } = await listModels(models, { limit: 500 })
  return items
    .filter(({ name }) => has(name, text))
    .map(({ name, latestVersion, aliases }) => {
      const named = Object.entries(aliases).map(([alias, version]) => `${alias} @${version}`)
      return {
        kind: 'model',
        title: name,
        detail: [`version ${latestVersion}`, ...named].join(' · '),
        path: `/models/${name}`,
      }
    })
}

async function searchDatasets({ datasets }: HttpApp, text: string): Promise<readonly SearchHit[]> {
  return listDatasets(datasets)
    .filter(({ dataset }) => has(dataset, text))
    .map(({ dataset, version, rows }) => ({
      kind: 'dataset',
      title: dataset,
      detail: `version ${version} · ${rows.toLocaleString('en-US')} rows`,
      path: `/datasets/${dataset}`,
    }))
}

async function searchExperiments({ tracking }: HttpApp, text: string): Promise<readonly SearchHit[]> {
  return (await listExperiments(tracking))
    .filter(({ name }) => has(name, text))
    .map(({ id, name }) => ({ kind: 'experiment', title: name, detail: 'experiment', path: `/runs?experiment=${id}` }))
}

/** A percent sign or an underscore in the text is a wildcard of LIKE: it finds more, never less. */
async function searchRuns({ tracking }: HttpApp, text: string, limit: number): Promise<readonly SearchHit[]> {
  const quoted = text.replaceAll("'", "''")
  const filters = [`attributes.run_name ILIKE '%${quoted}%'`]
  if (/^[0-9a-f]{4,32}$/i.test(text)) filters.unshift(`attributes.run_id ILIKE '%${text}%'`)
  const pages = await Promise.all(
    filters.map((filter) => listRuns(tracking, { filter, limit, kinds: ['pipeline', 'run'] })),
  )
  const runs = new Map(pages.flatMap(({ items }) => items).map((run) => [run.id, run]))
  return [...runs.values()].map((run) => ({
    kind: 'run',
    title: run.name,
    detail: [
      shortRunId(run.id),
      run.status.toLowerCase(),
      new Date(run.startedMs).toISOString().slice(0, 16).replace('T', ' '),
    ].join(' · '),
    path: `/runs/${run.id}`,
  }))
}
