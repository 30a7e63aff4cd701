import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openLocalArtifacts } from '../../drivers/artifact/local/index.ts'
import { openSqlite } from '../../drivers/database/sqlite/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { modelsMigrations } from '../../modules/models/index.ts'
import { trackingMigrations } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { mlflowRoutes } from './index.ts'

// Whatever is sent, the answer is JSON, and what is wrong is the sender's fault.

const root = mkdtempSync(join(tmpdir(), 'baton-fuzz-'))
const database = openSqlite({ file: join(root, 'baton.db') })
const server: FastifyInstance = fastify()
const endpoints: { readonly method: string; readonly url: string; readonly fields: readonly string[] }[] = []
let runId = ''

beforeAll(async () => {
  await database.migrate([...trackingMigrations, ...modelsMigrations])
  server.addHook('onRoute', ({ method, url, schema }) => {
    if (!url.startsWith('/api/2.0/mlflow/') || method === 'HEAD') return
    const shape = (schema?.body ?? schema?.querystring) as { readonly properties?: object } | undefined
    endpoints.push({ method: String(method), url, fields: Object.keys(shape?.properties ?? {}) })
  })
  const tracking = { database, clock: systemClock }
  const artifacts = openLocalArtifacts(join(root, 'artifacts'))
  const app = { tracking, models: tracking, artifacts, clock: systemClock, version: '1' }
  await server.register(mlflowRoutes, { app: app as unknown as HttpApp })
  await server.ready()
  const created = await server.inject({ method: 'POST', url: '/api/2.0/mlflow/runs/create', payload: {} })
  runId = created.json<{ readonly run: { readonly info: { readonly run_id: string } } }>().run.info.run_id
})
afterAll(async () => {
  await server.close()
  await database[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

const names = fc.constantFrom(
  'a',
  '0',
  'Default',
  '../x',
  "a' or 1=1 --",
  'metrics.a > 1',
  'metrics.a DESC',
  '\0',
  'ä🙂',
)
const numbers = fc.constantFrom(0, 1, -1, 1.5, 2 ** 53, 1e308, -0)
const texts = fc.oneof(names, fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('NaN', '7', 'ALL', '2'))
const pair = fc.record({ key: texts, value: fc.oneof(texts, numbers) }, { requiredKeys: [] })
const metric = fc.record(
  { key: texts, value: fc.oneof(numbers, texts), timestamp: fc.oneof(numbers, texts), step: numbers },
  { requiredKeys: [] },
)
const values = fc.oneof(
  texts,
  numbers,
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(texts, numbers, pair, metric), { maxLength: 3 }),
  fc.record({ name: texts, digest: texts }, { requiredKeys: [] }),
)

describe('every endpoint', () => {
  test('answers any fields with JSON and never with a fault of its own', async () => {
    expect(endpoints.length).toBeGreaterThan(40)
    const statuses = new Map<number, number>()
    const call = fc.nat({ max: endpoints.length - 1 }).chain((index) => {
      const endpoint = endpoints[index]!
      const ofFields = Object.fromEntries(endpoint.fields.map((name) => [name, values]))
      return fc.record({
        endpoint: fc.constant(endpoint),
        fields: fc.record(ofFields, { requiredKeys: [] }),
        known: fc.boolean(),
      })
    })
    await fc.assert(
      fc.asyncProperty(call, async ({ endpoint: { method, url }, fields, known }) => {
        const given = known ? { ...fields, run_id: runId, experiment_id: '0' } : fields
        const path = url.replaceAll(/:\w+/g, 'm-1')
        const query = Object.entries(given).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ])
        const answer = await server.inject(
          method === 'GET'
            ? { method: 'GET', url: `${path}?${new URLSearchParams(query as [string, string][]).toString()}` }
            : { method: method as 'POST', url: path, payload: given },
        )
        const body = answer.json<{ readonly error_code?: string; readonly message?: string }>()
        expect(answer.statusCode, `${method} ${path} ${JSON.stringify(given)}: ${answer.body}`).toBeLessThan(500)
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
        if (answer.statusCode !== 200)
          expect(body).toMatchObject({ error_code: expect.any(String), message: expect.any(String) })
      }),
      { numRuns: 3000 },
    )
    // Both what is right and what is wrong has been tried.
    for (const status of [200, 400, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(20)
  }, 60_000)
})
