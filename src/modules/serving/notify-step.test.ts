import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { pauseMs } from './backoff.ts'
import { listDeliveries } from './deliveries.ts'
import { type NotifyStore, openNotifyStore } from './notify.fixture.ts'

interface Receiver extends AsyncDisposable {
  readonly url: string
  /** What was accepted, by key: the body of the first, and how many came after it. */
  readonly accepted: Map<string, { readonly body: string; repeats: number }>
  /** Every request in order of arrival. */
  readonly requests: { readonly key: string; readonly headers: Readonly<Record<string, unknown>> }[]
}

type Answer = (facts: { key: string; body: string; request: number }, response: ServerResponse) => 'accept' | 'done'

/** A receiver that honours the idempotency key, and misbehaves as `answer` says. */
async function openReceiver(answer: Answer = () => 'accept'): Promise<Receiver> {
  const accepted: Receiver['accepted'] = new Map()
  const requests: { key: string; headers: Readonly<Record<string, unknown>> }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      const key = String(request.headers['idempotency-key'])
      requests.push({ key, headers: request.headers })
      if (answer({ key, body, request: requests.length }, response) === 'done') return
      const known = accepted.get(key)
      if (known === undefined) accepted.set(key, { body, repeats: 0 })
      else known.repeats += 1
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    accepted,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function withStore(work: (store: NotifyStore, root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'baton-notify-'))
  try {
    await using store = await openNotifyStore(root)
    await work(store, root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** 200 rows; the even ids have a score of 0.5 and more, so 100 pass. */
const scored = `SELECT (i * 7919) % 200 AS id, CASE WHEN ((i * 7919) % 200) % 2 = 0 THEN 0.75 ELSE 0.25 END AS score,
  'name "' || i || '"' AS name, DATE '2026-01-01' + CAST(i % 3 AS INTEGER) AS day FROM range(200) t(i)`
const options = { when: 'score >= 0.5', key: 'id', batch: 10, firstRetryMs: 1 } as const
const passing = Array.from({ length: 100 }, (_, i) => 2 * i)

/** The ids of everything that was accepted, as often as it was. */
function acceptedIds(receiver: Receiver): readonly number[] {
  const rows = [...receiver.accepted.values()].flatMap(
    ({ body }) => (JSON.parse(body) as { rows: { id: number }[] }).rows,
  )
  return rows.map((row) => row.id).toSorted((a, b) => a - b)
}

describe('the notify step', () => {
  it('posts the rows that pass, in batches in the order of the key, each once', () =>
    withStore(async (store) => {
      await using receiver = await openReceiver()
      const input = await store.commit(scored)
      const result = await store.notify(input, { ...options, to: receiver.url })
      expect(result.outputs['delivered']).toMatchObject({ value: { rows: 100, batches: 10 } })
      expect(acceptedIds(receiver)).toEqual(passing)
      const [first] = receiver.accepted.values()
      const body = JSON.parse(first!.body) as { step: string; rows: unknown[] }
      expect(body.step).toBe('call')
      expect(body.rows).toHaveLength(10)
      expect(body.rows[0]).toEqual({ id: 0, score: 0.75, name: 'name "0"', day: '2026-01-01' })
      const record = await listDeliveries(store, { pipeline: 'churn', limit: 4 })
      expect(record.items).toHaveLength(4)
      const rest = await listDeliveries(store, { pipeline: 'churn', after: record.next! })
      const all = [...record.items, ...rest.items]
      expect(new Set(all.map((each) => each.batchKey)).size).toBe(10)
      expect(all.every((each) => each.state === 'delivered' && each.attempts === 1 && each.status === 200)).toBe(true)
    }))

  it('sends nothing again on a re-run, and gives the same output', () =>
    withStore(async (store) => {
      await using receiver = await openReceiver()
      const input = await store.commit(scored)
      const first = await store.notify(input, { ...options, to: receiver.url })
      const second = await store.notify(input, { ...options, to: receiver.url })
      expect(receiver.requests).toHaveLength(10)
      expect(second.outputs).toEqual(first.outputs)
      expect(second.summary).toContain('10 delivered before')
    }))

  it('tries again when the receiver fails, stalls, asks to wait or hangs up, and loses and doubles nothing', () =>
    withStore(async (store) => {
      await using receiver = await openReceiver(({ request }, response) => {
        if (request % 6 === 1) return 'accept'
        if (request % 6 === 2) response.writeHead(500).end()
        else if (request % 6 === 3) response.writeHead(503, { 'retry-after': '0' }).end()
        else if (request % 6 === 4) response.socket!.destroy()
        else if (request % 6 === 5) return 'accept'
        // request % 6 === 0: no answer at all
        return 'done'
      })
      const input = await store.commit(scored)
      await store.notify(input, { ...options, to: receiver.url, requestTimeoutMs: 60 })
      expect(acceptedIds(receiver)).toEqual(passing)
      expect([...receiver.accepted.values()].every((each) => each.repeats === 0)).toBe(true)
      expect(receiver.requests.length).toBeGreaterThan(25)
      expect(store.log.some((line) => line.includes('status 503'))).toBe(true)
    }))

  it('sends with the same key what was accepted but whose answer was lost', () =>
    withStore(async (store) => {
      const lost = new Set<string>()
      await using receiver = await openReceiver(({ key, body }, response) => {
        if (lost.has(key)) return 'accept'
        lost.add(key)
        receiver.accepted.set(key, { body, repeats: 0 })
        response.socket!.destroy()
        return 'done'
      })
      const input = await store.commit(scored)
      await store.notify(input, { ...options, to: receiver.url })
      expect(receiver.accepted.size).toBe(10)
      expect(acceptedIds(receiver)).toEqual(passing)
      expect([...receiver.accepted.values()].every((each) => each.repeats === 1)).toBe(true)
    }))

  it('fails when the receiver stays away, keeps what is undelivered, and the next run sends only that', () =>
    withStore(async (store) => {
      let up = true
      await using receiver = await openReceiver(({ request }, response) => {
        if (request > 4 && up) up = false
        if (up || request > 10) return 'accept'
        response.writeHead(503).end()
        return 'done'
      })
      const input = await store.commit(scored)
      const failure = store.notify(input, { ...options, to: receiver.url, attempts: 3 })
      await expect(failure).rejects.toMatchObject({ code: 'serving.not_delivered', kind: 'unavailable' })
      expect(receiver.accepted.size).toBe(4)
      const pending = await listDeliveries(store, { state: 'pending' })
      expect(pending.items).toMatchObject([{ attempts: 3, answer: 'status 503', rows: 10 }])
      while (receiver.requests.length < 10) receiver.requests.push({ key: '', headers: {} })
      await store.notify(input, { ...options, to: receiver.url })
      expect(acceptedIds(receiver)).toEqual(passing)
      expect([...receiver.accepted.values()].every((each) => each.repeats === 0)).toBe(true)
      expect((await listDeliveries(store, { state: 'pending' })).items).toEqual([])
    }))

  it('sends what an earlier run left pending even when the table has changed since', () =>
    withStore(async (store) => {
      let down = true
      await using receiver = await openReceiver((_, response) => {
        if (!down) return 'accept'
        response.writeHead(500).end()
        return 'done'
      })
      const old = await store.commit('SELECT 1 AS id, 0.9 AS score')
      await expect(store.notify(old, { ...options, to: receiver.url, attempts: 1 })).rejects.toMatchObject({
        code: 'serving.not_delivered',
      })
      down = false
      const fresh = await store.commit('SELECT 2 AS id, 0.8 AS score')
      await store.notify(fresh, { ...options, to: receiver.url })
      expect(acceptedIds(receiver)).toEqual([1, 2])
    }))

  it('goes on after a refusal, keeps it, fails at the end, and a later run sends only the refused', () =>
    withStore(async (store) => {
      let strict = true
      await using receiver = await openReceiver(({ body }, response) => {
        if (!strict || !body.includes('"id":42')) return 'accept'
        response.writeHead(422).end('customer 42 is unknown')
        return 'done'
      })
      const input = await store.commit(scored)
      const failure = await store.notify(input, { ...options, to: receiver.url }).catch((error: unknown) => error)
      expect(failure).toMatchObject({
        code: 'serving.refused',
        kind: 'check',
        message: expect.stringContaining('status 422: customer 42 is unknown') as string,
      })
      expect(receiver.accepted.size).toBe(9)
      const { items } = await listDeliveries(store, { state: 'refused' })
      expect(items).toMatchObject([
        { status: 422, answer: 'customer 42 is unknown', rows: 10, firstKey: '40', lastKey: '58' },
      ])
      strict = false
      await store.notify(input, { ...options, to: receiver.url })
      expect(receiver.requests).toHaveLength(11)
      expect(acceptedIds(receiver)).toEqual(passing)
    }))

  it('stops after five refusals in a row', () =>
    withStore(async (store) => {
      await using receiver = await openReceiver((_, response) => {
        response.writeHead(401).end('no')
        return 'done'
      })
      const input = await store.commit(scored)
      await expect(store.notify(input, { ...options, to: receiver.url })).rejects.toThrow(
        /nothing more was sent after five refusals/,
      )
      expect(receiver.requests).toHaveLength(5)
    }))

  it('takes address and secrets from the environment and shows neither', () =>
    withStore(async (store) => {
      await using receiver = await openReceiver((_, response) => {
        response.writeHead(400).end('bad')
        return 'done'
      })
      const input = await store.commit('SELECT 1 AS id, 0.9 AS score')
      const env = { HOOK: `${receiver.url}/s3cret-path?token=t0ken`, KEY: 'Bearer h1dden' }
      const run = store.notify(
        input,
        { ...options, to: { env: 'HOOK' }, headers: { authorization: { env: 'KEY' } } },
        { env },
      )
      const error = (await run.catch((error: unknown) => error)) as Error & { details: unknown; hint: string }
      expect(receiver.requests[0]?.headers['authorization']).toBe('Bearer h1dden')
      const { items } = await listDeliveries(store)
      const said = JSON.stringify([error.message, error.hint, error.details, store.log, items])
      expect(said).toContain('127.0.0.1')
      expect(said).not.toMatch(/s3cret|t0ken|h1dden/)
      const unset = store.notify(input, { ...options, to: { env: 'NOT_SET' } })
      await expect(unset).rejects.toMatchObject({
        code: 'serving.invalid_address',
        message: expect.stringContaining('NOT_SET') as string,
      })
    }))

  it.each([
    ['rows', 3, '[{"id":1,"score":0.9}]'],
    ['row', 1, '{"id":1,"score":0.9}'],
  ] as const)('sends the body as %s', (body, batch, text) =>
    withStore(async (store) => {
      await using receiver = await openReceiver()
      const input = await store.commit('SELECT 1 AS id, 0.9::DOUBLE AS score, 5 AS other')
      await store.notify(input, { ...options, to: receiver.url, body, batch, columns: ['id', 'score'] })
      expect([...receiver.accepted.values()].map((each) => each.body)).toEqual([text])
    }),
  )

  it.each([
    ['a repeated key', 'SELECT 1 AS id, 0.9 AS score FROM range(3)', {}, 'serving.key_not_unique'],
    ['a missing key', 'SELECT NULL::INTEGER AS id, 0.9 AS score', {}, 'serving.key_not_unique'],
    ['an unknown key', 'SELECT 1 AS idd, 0.9 AS score', {}, 'serving.unknown_column'],
    ['a condition that is no SQL', 'SELECT 1 AS id, 0.9 AS score', { when: 'score >' }, 'engine.sql_invalid'],
    [
      'a condition that reads a file',
      'SELECT 1 AS id, 0.9 AS score',
      { when: "EXISTS (FROM read_text('/etc/hostname'))" },
      'engine.not_allowed',
    ],
  ] as const)('refuses %s and sends nothing', (...[, sql, change, code]) =>
    withStore(async (store) => {
      await using receiver = await openReceiver()
      const input = await store.commit(sql)
      await expect(store.notify(input, { ...options, ...change, to: receiver.url })).rejects.toMatchObject({ code })
      expect(receiver.requests).toEqual([])
    }),
  )

  it('refuses options that cannot work, while the pipeline is declared', () =>
    withStore(async (store) => {
      const input = await store.commit('SELECT 1 AS id, 0.9 AS score')
      const to = 'http://127.0.0.1:1/'
      await expect(store.notify(input, { ...options, to: 'nowhere' })).rejects.toThrow(/is not a URL/)
      await expect(store.notify(input, { ...options, to, batch: 0 })).rejects.toThrow(/batch must be a whole number/)
      await expect(store.notify(input, { ...options, to, when: ' ' })).rejects.toThrow(/when is empty/)
      await expect(store.notify(input, { ...options, to, headers: { Authorization: 'x' } })).rejects.toThrow(
        /holds a secret/,
      )
      await expect(store.notify(input, { ...options, to: 'ftp://x/' })).rejects.toThrow(/begins with ftp:/)
    }))

  it('ends soon when it is asked to stop, also while it waits', () =>
    withStore(async (store) => {
      await using receiver = await openReceiver((_, response) => {
        response.writeHead(503, { 'retry-after': '300' }).end()
        setTimeout(() => stop.abort(), 20)
        return 'done'
      })
      const stop = new AbortController()
      const input = await store.commit(scored)
      const run = store.notify(input, { ...options, to: receiver.url }, { signal: stop.signal })
      await expect(run).rejects.toMatchObject({ code: 'kernel.interrupted' })
      expect((await listDeliveries(store, { state: 'pending' })).items).toHaveLength(1)
    }))

  it(
    'loses and doubles nothing when its process is killed in mid-delivery, again and again',
    () =>
      withStore(async (store, root) => {
        let kill: (() => void) | undefined
        let killAt = 0
        await using receiver = await openReceiver(({ key, body, request }, response) => {
          if (request !== killAt) return 'accept'
          // Accepted, and the sender dies before it hears so.
          receiver.accepted.set(key, { body, repeats: 0 })
          kill?.()
          response.socket!.destroy()
          return 'done'
        })
        const input = await store.commit(scored)
        const childFile = fileURLToPath(new URL('notify-child.fixture.ts', import.meta.url))
        for (const more of [1, 3, 2]) {
          killAt = receiver.requests.length + more
          const child = fork(childFile, [root, receiver.url, JSON.stringify(input)], {
            stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
            execArgv: [],
          })
          kill = () => child.kill('SIGKILL')
          const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
          expect(signal).toBe('SIGKILL')
        }
        killAt = 0
        await store.notify(input, { ...options, to: receiver.url })
        expect(acceptedIds(receiver)).toEqual(passing)
        expect(receiver.accepted.size).toBe(10)
        const states = await listDeliveries(store)
        expect(states.items.every((each) => each.state === 'delivered')).toBe(true)
      }),
    60_000,
  )
})

const at = (attempt: number, random: number, retryAfterMs?: number) =>
  pauseMs(attempt, { firstMs: 500, retryAfterMs, random })

describe('pauseMs', () => {
  it('doubles up to a minute, with full jitter, on top of what the receiver asked for', () => {
    expect([1, 2, 3, 4].map((attempt) => at(attempt, 0.999999))).toEqual([500, 1000, 2000, 4000])
    expect(at(30, 0.999999)).toBe(60_000)
    expect(at(5, 0)).toBe(0)
    expect(at(1, 0.5, 7000)).toBe(7250)
    expect(at(1, 0, 9_999_999)).toBe(300_000)
  })
})
