import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { openLocalArtifacts } from '../../drivers/artifact/local/index.ts'
import { openLocalBlobs } from '../../drivers/blob/local/index.ts'
import { openSqlite } from '../../drivers/database/sqlite/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import {
  accessMigrations,
  addUser,
  createAccessContext,
  createToken,
  listAudit,
  permissions,
  type Role,
  roles,
} from '../../modules/access/index.ts'
import { createModel, createVersion, modelsMigrations } from '../../modules/models/index.ts'
import { trackingMigrations } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import { mlflowRoutes } from '../mlflow/index.ts'
import { nativeRoutes } from '../native/index.ts'
import { createServer } from '../server.ts'
import { actionOf } from './actions.ts'

const root = mkdtempSync(join(tmpdir(), 'baton-http-access-'))
const database = openSqlite({ file: join(root, 'baton.db') })
const base = { database, clock: systemClock }
const access = createAccessContext({ ...base, project: 'shop' })
const tokens: Partial<Record<Role, string>> = {}
const routes: { readonly method: string; readonly url: string }[] = []
let closed: FastifyInstance
let open: FastifyInstance

function appWith(auth: boolean): HttpApp {
  const app = {
    config: { root, storeFolder: root, settings: { name: 'shop', store: '.baton' } },
    version: '1',
    clock: systemClock,
    tracking: base,
    models: base,
    blobs: openLocalBlobs(join(root, 'blobs')),
    artifacts: openLocalArtifacts(join(root, 'artifacts')),
    access,
    auth,
  }
  return app as unknown as HttpApp
}

async function serverWith(auth: boolean): Promise<FastifyInstance> {
  return await createServer(appWith(auth), { log: pino({ level: 'silent' }) })
}

beforeAll(async () => {
  await database.migrate([...trackingMigrations, ...modelsMigrations, ...accessMigrations])
  for (const role of roles) {
    await addUser(access, { name: role, role, by: 'test' })
    tokens[role] = (await createToken(access, { user: role, lifeMs: undefined })).secret.reveal()
  }
  await createModel(base, { name: 'churn' })
  await createVersion(base, { model: 'churn', source: 's3://bucket/x' })
  closed = await serverWith(true)
  open = await serverWith(false)
  await Promise.all([closed.ready(), open.ready()])
  // Every route there is.
  const listing = fastify()
  listing.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url })
  })
  for (const plugin of [mlflowRoutes, nativeRoutes]) await listing.register(plugin, { app: appWith(true) })
  await listing.ready()
  await listing.close()
})
afterAll(async () => {
  await Promise.all([closed.close(), open.close()])
  await database[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

function as(role: Role): { readonly authorization: string } {
  return { authorization: `Bearer ${tokens[role]!}` }
}

describe('what a request does', () => {
  test.each([
    ['GET', '/health', 'public'],
    ['GET', '/runs/*', 'public'],
    ['GET', '/assets/index.js', 'public'],
    ['GET', '/metrics', 'read'],
    ['GET', '/get-artifact', 'read'],
    ['GET', '/api/2.0/mlflow/runs/get', 'read'],
    ['HEAD', '/ajax-api/2.0/mlflow/runs/get', 'read'],
    ['POST', '/api/2.0/mlflow/runs/search', 'read'],
    ['POST', '/api/3.0/mlflow/logged-models/search', 'read'],
    ['POST', '/api/2.0/mlflow/registered-models/get-latest-versions', 'read'],
    ['POST', '/api/2.0/mlflow/runs/log-batch', 'write_runs'],
    ['POST', '/ajax-api/2.0/mlflow/experiments/delete', 'write_runs'],
    ['PUT', '/api/2.0/mlflow-artifacts/artifacts/*', 'write_runs'],
    ['PUT', '/api/2.0/mlflow-artifacts/mpu/part/*', 'public'],
    ['POST', '/api/2.0/mlflow/registered-models/create', 'register_models'],
    ['DELETE', '/api/2.0/mlflow/registered-models/delete-tag', 'register_models'],
    ['POST', '/api/2.0/mlflow/model-versions/create', 'register_models'],
    ['POST', '/api/2.0/mlflow/logged-models', 'register_models'],
    ['DELETE', '/api/2.0/mlflow/registered-models/delete', 'promote_models'],
    ['POST', '/api/2.0/mlflow/registered-models/rename', 'promote_models'],
    ['POST', '/api/2.0/mlflow/model-versions/transition-stage', 'promote_models'],
    ['POST', '/api/2.0/mlflow/registered-models/alias', 'alias'],
    ['PUT', '/api/v1/models/:model/aliases/:alias', 'alias'],
    ['POST', '/api/v1/runs/:run/note', 'write_runs'],
    ['GET', '/api/v1/audit', 'read_audit'],
    ['POST', '/api/v1/session', 'public'],
    ['POST', '/api/v1/something-new', 'manage_users'],
    ['POST', '/api/2.0/other/thing', 'manage_users'],
    ['POST', '/somewhere', 'manage_users'],
  ])('%s %s is %s', (...[method, url, action]) => expect(actionOf(method, url)).toBe(action))

  test('is decided for every route there is: no write is left to admins because nobody thought of it', () => {
    expect(routes.length).toBeGreaterThan(200)
    const undecided = routes.filter(({ method, url }) => actionOf(method, url) === 'manage_users')
    expect(undecided).toEqual([])
    const openWrites = routes.filter(
      ({ method, url }) => !['GET', 'HEAD', 'OPTIONS'].includes(method) && actionOf(method, url) === 'public',
    )
    expect([...new Set(openWrites.map(({ url }) => url.replace(/^\/(api|ajax-api)\/[23]\.0/, '')))].toSorted()).toEqual(
      ['/api/v1/session', '/mlflow-artifacts/mpu/part/*'],
    )
  })
})

describe('a server where one has to sign in', () => {
  test('answers nobody whose name it does not know, whatever the route', async () => {
    for (const { method, url } of routes) {
      if (actionOf(method, url) === 'public' || method === 'OPTIONS') continue
      const answer = await closed.inject({
        method: method as 'GET',
        url: url.replaceAll(/:\w+/g, 'x').replace('*', 'x'),
      })
      expect([method, url, answer.statusCode]).toEqual([method, url, 401])
    }
  })

  test('lets each role do what the table says', async () => {
    const calls = {
      read: { method: 'GET', url: '/api/2.0/mlflow/experiments/get?experiment_id=0' },
      write_runs: { method: 'POST', url: '/api/2.0/mlflow/runs/create', payload: { experiment_id: '0' } },
      register_models: {
        method: 'POST',
        url: '/api/2.0/mlflow/registered-models/set-tag',
        payload: { name: 'churn', key: 'a', value: 'b' },
      },
      promote_models: {
        method: 'POST',
        url: '/api/2.0/mlflow/registered-models/alias',
        payload: { name: 'churn', alias: 'champion', version: '1' },
      },
      read_audit: { method: 'GET', url: '/api/v1/audit' },
    } as const
    for (const [action, call] of Object.entries(calls)) {
      for (const role of roles) {
        const { statusCode } = await closed.inject({ ...call, headers: as(role) })
        const may = permissions[action as keyof typeof calls].includes(role)
        expect([action, role, statusCode]).toEqual([action, role, may ? 200 : 403])
      }
    }
  })

  test('asks for the release role by the alias in the body, also when the body is a text with JSON in it', async () => {
    const set = (alias: string, payload: (body: object) => object | string) =>
      closed.inject({
        method: 'POST',
        url: '/api/2.0/mlflow/registered-models/alias',
        headers: { ...as('data_scientist'), 'content-type': 'application/json' },
        payload: payload({ name: 'churn', alias, version: '1' }),
      })
    expect((await set('trial', (body) => body)).statusCode).toBe(200)
    expect((await set('champion', (body) => body)).statusCode).toBe(403)
    expect((await set('Champion', (body) => body)).statusCode).toBe(403)
    expect((await set('champion', (body) => JSON.stringify(JSON.stringify(body)))).statusCode).toBe(403)
    const removed = await closed.inject({
      method: 'DELETE',
      url: '/api/2.0/mlflow/registered-models/alias?alias=trial',
      headers: as('data_scientist'),
      payload: { name: 'churn', alias: 'champion' },
    })
    expect(removed.statusCode).toBe(403)
  })

  test('refuses in the words of each interface, and says who can grant more', async () => {
    const mlflow = await closed.inject({
      method: 'POST',
      url: '/api/2.0/mlflow/runs/create',
      headers: as('viewer'),
      payload: {},
    })
    expect(mlflow.json()).toMatchObject({
      error_code: 'PERMISSION_DENIED',
      message: expect.stringContaining(
        'An admin (admin) can grant it: baton users grant viewer --role data_scientist.',
      ) as string,
    })
    const native = await closed.inject({ method: 'GET', url: '/api/v1/audit', headers: as('viewer') })
    expect(native.json()).toMatchObject({ code: 'access.denied', kind: 'denied' })
    const page = await closed.inject({ method: 'GET', url: '/api/v1/audit', headers: { 'sec-fetch-dest': 'empty' } })
    expect([page.statusCode, page.headers['www-authenticate']]).toEqual([401, undefined])
  })

  test('does not read the body of what it refuses', async () => {
    const answer = await closed.inject({
      method: 'PUT',
      url: '/api/2.0/mlflow-artifacts/artifacts/0/r/artifacts/a.txt',
      headers: as('viewer'),
      payload: 'hello',
    })
    expect(answer.statusCode).toBe(403)
    expect(await openLocalArtifacts(join(root, 'artifacts')).list('0/r')).toEqual([])
  })

  test('keeps every write in the audit log before it answers, refusals too', async () => {
    const call = (headers: object) =>
      closed.inject({
        method: 'POST',
        url: '/api/2.0/mlflow/registered-models/create',
        headers: { ...headers },
        payload: { name: 'audited' },
      })
    await call(as('viewer'))
    await call(as('engineer'))
    await call(as('engineer'))
    const { items } = await listAudit(access, { limit: 3 })
    expect(items.map(({ who, outcome, action, target }) => [who, outcome, action, target])).toEqual([
      ['engineer', '400 models.exists', 'register_models', 'model audited'],
      ['engineer', 'done', 'register_models', 'model audited'],
      // Refused before its body was read, so that nobody knows what it was about.
      ['viewer', '403 access.denied', 'register_models', ''],
    ])
  })
})

describe('a server where nobody has to sign in', () => {
  const create = (headers: object) =>
    open.inject({ method: 'POST', url: '/api/2.0/mlflow/runs/create', headers: { ...headers }, payload: {} })

  test.each(['127.0.0.1:5000', 'localhost:5000', '[::1]:5000', 'LOCALHOST'])('is reached as %s', async (host) => {
    expect((await create({ host })).statusCode).toBe(200)
  })

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.7:5000'])(
    'is not reached as %s, a name that somebody made to point here',
    async (host) => {
      expect((await create({ host })).statusCode).toBe(403)
      expect((await open.inject({ url: '/api/2.0/mlflow/experiments/search', headers: { host } })).statusCode).toBe(403)
    },
  )

  test('takes no write from a page of another origin, and every read of its own', async () => {
    const host = '127.0.0.1:5000'
    expect((await create({ host, origin: 'http://evil.example' })).statusCode).toBe(403)
    expect((await create({ host, origin: 'null' })).statusCode).toBe(403)
    expect((await create({ host, origin: 'http://127.0.0.1:8080' })).statusCode).toBe(403)
    expect((await create({ host, origin: 'http://127.0.0.1:5000' })).statusCode).toBe(200)
  })

  test('says so to the page', async () => {
    const session = await open.inject({ url: '/api/v1/session' })
    expect(session.json()).toEqual({ required: false, may: Object.keys(permissions) })
  })
})
