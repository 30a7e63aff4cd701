import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { RunningServer } from '../cli/app-interface.ts'
import { loadConfig } from '../config/index.ts'
import { startServer } from './serve.ts'

const project = mkdtempSync(join(tmpdir(), 'baton-serve-'))
const log: string[] = []

async function start(options: { readonly host?: string; readonly port?: number } = {}): Promise<RunningServer> {
  const config = await loadConfig({ start: project, cwd: project, exact: true, env: {}, flags: {} })
  const given = { host: '127.0.0.1', port: 0, logLevel: 'info', ...options }
  return startServer(config, { ...given, log: (line) => log.push(line) })
}

let server: RunningServer
beforeAll(async () => {
  writeFileSync(join(project, 'baton.config.ts'), "export default { name: 'served' }\n")
  server = await start()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(project, { recursive: true, force: true })
})

const get = async (path: string) => fetch(server.url + path)

async function post(path: string, body: unknown): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, ...((await answer.json()) as object) }
}

describe('a server', () => {
  test('says that it lives, which MLflow it speaks, and how its requests went', async () => {
    expect(await (await get('/health')).text()).toBe('OK')
    expect(await (await get('/version')).text()).toMatch(/^3\.\d+\.\d+$/)
    await get('/api/2.0/mlflow/experiments/get?experiment_id=0')
    await get('/api/2.0/mlflow/experiments/get?experiment_id=77')
    const metrics = await (await get('/metrics')).text()
    const line = (status: number) =>
      `baton_http_request_duration_seconds_count{method="GET",route="/api/2.0/mlflow/experiments/get",status="${status}"} 1`
    expect(metrics).toContain(line(200))
    expect(metrics).toContain(line(404))
    expect(metrics).toContain('process_cpu_seconds_total')
  })

  test('describes its interface for machines and for people, without the network', async () => {
    const document = (await (await get('/openapi.json')).json()) as { openapi: string; paths: object }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toContain('/api/2.0/mlflow/runs/create')
    const page = await (await get('/docs')).text()
    expect(page).toContain('/api/2.0/mlflow/runs/create')
    expect(page).not.toMatch(/<script|https?:\/\/(?!127)/)
  })

  test('logs what was refused as JSON, and not what went well', async () => {
    await get('/api/2.0/mlflow/runs/get?run_id=nobody')
    const lines = log.map((line) => JSON.parse(line) as Record<string, unknown>)
    const refused = lines.find(({ url }) => String(url).includes('run_id=nobody'))
    expect(refused).toMatchObject({ method: 'GET', status: 404, msg: 'request' })
    expect(lines.filter(({ status }) => status === 200)).toEqual([])
  })

  test('is not reached from other machines while nobody has to sign in', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'http.open_to_others', kind: 'usage' })
  })

  test('says that another program has the port', async () => {
    await expect(start({ port: server.port })).rejects.toMatchObject({ code: 'http.address_in_use' })
  })

  test('two servers of one store know of each other’s runs', async () => {
    await using other = await start()
    const created = await post('/api/2.0/mlflow/runs/create', { experiment_id: '0' })
    const { run } = created as { readonly run: { readonly info: { readonly run_id: string } } }
    const found = await fetch(`${other.url}/api/2.0/mlflow/runs/get?run_id=${run.info.run_id}`)
    expect(found.status).toBe(200)
  })

  test('answers the requests that are under way before it stops', async () => {
    const stopping = await start()
    const upload = request(`${stopping.url}/api/2.0/mlflow-artifacts/artifacts/0/slow/file.txt`, {
      method: 'PUT',
      headers: { 'content-length': 10 },
    })
    const answered = new Promise<number | undefined>((resolve, reject) => {
      upload.on('response', (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode))
      })
      upload.on('error', reject)
    })
    await new Promise((resolve) => upload.write('first', resolve))
    // Its first bytes are with the server when another request of the same moment is answered.
    await fetch(`${stopping.url}/health`)
    const closed = stopping[Symbol.asyncDispose]()
    await expect(fetch(`${stopping.url}/health`)).rejects.toThrow()
    upload.end('-last')
    expect(await answered).toBe(200)
    await closed
    const kept = await get('/api/2.0/mlflow-artifacts/artifacts/0/slow/file.txt')
    expect(await kept.text()).toBe('first-last')
  })
})
