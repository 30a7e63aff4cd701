import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, describe, expect, it } from 'vitest'

import { Secret } from '../../../kernel/secret.ts'
import { createWebhookNotifier } from './index.ts'
import { parseRetryAfter } from './retry-after.ts'

const open: Server[] = []
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function receiver(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      body += text
    })
    request.on('end', () => answer(request, response, body))
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const notifier = createWebhookNotifier()
const post = (url: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  notifier.send(
    {
      url: new Secret(url),
      headers: { authorization: new Secret('Bearer hush') },
      body: '{"rows":[1]}',
      idempotencyKey: 'k1',
    },
    { timeoutMs: 5000, ...options },
  )

describe('createWebhookNotifier', () => {
  it('posts the body with its key and headers', async () => {
    let seen: unknown
    const url = await receiver((request, response, body) => {
      const { authorization, 'idempotency-key': key, 'content-type': type } = request.headers
      seen = { method: request.method, url: request.url, authorization, key, type, body }
      response.writeHead(202).end('thanks')
    })
    expect(await post(url)).toEqual({ state: 'delivered', status: 202 })
    expect(seen).toEqual({
      method: 'POST',
      url: '/hook',
      authorization: 'Bearer hush',
      key: 'k1',
      type: 'application/json',
      body: '{"rows":[1]}',
    })
  })

  it.each([408, 425, 429, 500, 502, 503, 504])('calls %i retryable', async (status) => {
    const url = await receiver((_, response) => response.writeHead(status, { 'retry-after': '7' }).end())
    expect(await post(url)).toEqual({ state: 'retryable', reason: `status ${status}`, retryAfterMs: 7000 })
  })

  it.each([400, 401, 404, 409, 422])('calls %i refused, with the start of the answer', async (status) => {
    const url = await receiver((_, response) => response.writeHead(status).end(`bad field ${'x'.repeat(100_000)}`))
    const outcome = await post(url)
    expect(outcome).toMatchObject({ state: 'refused', status })
    expect(outcome.state === 'refused' && outcome.body).toMatch(/^bad field x+$/)
    expect(outcome.state === 'refused' && outcome.body.length).toBe(2048)
  })

  it('calls a receiver that stalls, dies or is not there retryable, without a word of the secret', async () => {
    const stalls = await receiver(() => {})
    expect(await post(stalls, { timeoutMs: 100 })).toEqual({ state: 'retryable', reason: 'no answer within 100 ms' })
    const dies = await receiver((request) => request.socket.destroy())
    const died = await post(dies)
    expect(died.state).toBe('retryable')
    const gone = await receiver(() => {})
    await new Promise((resolve) => open.pop()!.close(resolve))
    const refused = await post(gone)
    expect(refused).toEqual({ state: 'retryable', reason: 'connection failed (ECONNREFUSED)' })
    expect(JSON.stringify([died, refused])).not.toContain('hush')
  })

  it('follows a redirect on the same host only, so that a secret never leaves it', async () => {
    let stolen = 0
    const other = await receiver((_, response) => {
      stolen += 1
      response.writeHead(200).end()
    })
    const elsewhere = await receiver((_, response) => response.writeHead(307, { location: other }).end())
    expect(await post(elsewhere)).toMatchObject({ state: 'refused', status: 307 })
    expect(stolen).toBe(0)
    const same = await receiver((request, response, body) =>
      request.url === '/hook'
        ? response.writeHead(308, { location: '/new' }).end()
        : response.writeHead(body === '{"rows":[1]}' ? 200 : 400).end(),
    )
    expect(await post(same)).toEqual({ state: 'delivered', status: 200 })
    const loop = await receiver((_, response) => response.writeHead(307, { location: '/hook' }).end())
    expect(await post(loop)).toMatchObject({ state: 'refused', status: 307 })
    const moved = await receiver((_, response) => response.writeHead(302, { location: '/new' }).end())
    expect(await post(moved)).toMatchObject({ state: 'refused', status: 302 })
  })

  it('rejects when it is asked to stop', async () => {
    const url = await receiver(() => {})
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 20)
    await expect(post(url, { signal: stop.signal })).rejects.toMatchObject({ code: 'kernel.interrupted' })
  })
})

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    [' 3 ', 3000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 60_000],
    ['Wed, 21 Oct 2020 07:28:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('reads %j', (header, milliseconds) => {
    expect(parseRetryAfter(header, Date.parse('2026-10-21T07:27:00Z'))).toBe(milliseconds)
  })
})
