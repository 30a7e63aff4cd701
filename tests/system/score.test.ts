import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  batonJson,
  churnProject,
  edit,
  expectWholeStore,
  killGroup,
  type RunDocument,
  runBaton,
  startBaton,
  statesOf,
  stepOf,
  temporaryFolder,
} from './project.ts'

/** What the receiver does with a request. `lost…` takes it and never says so; `stalls` does that by silence. */
type Behaviour = 'accepts' | 'fails' | 'resets' | 'lostAnswer' | 'stalls'

/** A CRM that knows idempotency keys: what it took once it does not take again, whatever it answered. */
class Receiver {
  readonly #server: Server
  readonly #taken = new Map<string, readonly number[]>()
  requests = 0
  /** Says how the n-th request is treated, from 1. */
  behave: (request: number) => Behaviour = () => 'accepts'
  /** Called after each request that was taken. */
  onTaken: (batches: number) => void = () => undefined

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async open(port = 0): Promise<Receiver> {
    const receiver = new Receiver()
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve))
    return receiver
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the receiver does not listen')
    return address.port
  }

  /** Every customer that was taken, once for each time. */
  get customers(): readonly number[] {
    return [...this.#taken.values()].flat()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = this.behave(++this.requests)
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      return
    }
    if (behaviour === 'fails') return void response.writeHead(503, { 'retry-after': '0' }).end()
    if (behaviour === 'resets') return void request.socket.destroy()
    const key = request.headers['idempotency-key'] as string
    const { rows } = JSON.parse(Buffer.concat(chunks).toString()) as { rows: { customer_id: number }[] }
    if (!this.#taken.has(key))
      this.#taken.set(
        key,
        rows.map((row) => row.customer_id),
      )
    this.onTaken(this.#taken.size)
    if (behaviour === 'lostAnswer') request.socket.destroy()
    else if (behaviour === 'accepts') response.writeHead(202).end()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

interface HeadDocument {
  readonly columns: readonly { readonly name: string }[]
  readonly head: readonly (readonly (string | number | boolean | null)[])[]
}

describe('the champion scores, and the CRM hears of each customer once', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let project: string
  beforeAll(async () => {
    folder = temporaryFolder()
    project = churnProject(folder.path, 400, { quick: true })
    edit(project, 'pipelines/score.ts', [
      'batch: 100,',
      'batch: 10, attempts: 4, firstRetryMs: 20, requestTimeoutMs: 400,',
    ])
    await batonJson(project, ['run', 'churn'])
    await batonJson(project, ['models', 'promote', 'churn@1', '--to', 'champion', '--why', 'the first that passed'])
  }, 60_000)
  afterAll(() => folder[Symbol.dispose]())

  async function rowsOf(
    dataset: string,
  ): Promise<readonly Readonly<Record<string, string | number | boolean | null>>[]> {
    const { columns, head } = await batonJson<HeadDocument>(project, ['data', 'head', dataset, '-n', '5000'])
    return head.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]!])))
  }

  /** The customers that the pipeline has to report at a threshold, sorted. */
  async function customersFrom(alertFrom: number): Promise<readonly number[]> {
    const rows = await rowsOf('scored')
    return rows
      .filter((row) => Number(row['churn_probability']) >= alertFrom)
      .map((row) => Number(row['customer_id']))
      .toSorted((a, b) => a - b)
  }

  const sorted = (customers: readonly number[]) => customers.toSorted((a, b) => a - b)
  const score = (alertFrom: number) => ['run', 'score', '--param', `alert_from=${alertFrom}`]
  const to = (receiver: Receiver) => ({ CRM_URL: `http://127.0.0.1:${receiver.port}/notifications` })

  test('a receiver that fails, resets, stalls and loses its answers', async () => {
    const receiver = await Receiver.open()
    try {
      const faults = ['fails', 'accepts', 'resets', 'stalls', 'accepts', 'lostAnswer', 'accepts', 'accepts'] as const
      receiver.behave = (request) => faults[request % faults.length]!
      const run = await batonJson<RunDocument>(project, score(0.3), to(receiver))
      const expected = await customersFrom(0.3)
      expect(expected.length).toBeGreaterThan(100)
      expect(sorted(receiver.customers)).toEqual(expected)
      expect(receiver.requests).toBeGreaterThan(stepOf(run, 'crm').metrics['batches']!)

      const before = receiver.requests
      receiver.behave = () => 'accepts'
      expect(statesOf(await batonJson<RunDocument>(project, score(0.3), to(receiver)))).toMatchObject({ crm: 'cached' })
      await batonJson(project, [...score(0.3), '--force', 'crm'], to(receiver))
      expect(receiver.requests, 'what was delivered is not sent again').toBe(before)
    } finally {
      await receiver.close()
    }
  })

  test('a receiver that dies in the middle: the run says so, and the next one delivers the rest', async () => {
    let receiver = await Receiver.open()
    const { port } = receiver
    const { CRM_URL } = to(receiver)
    const died = receiver
    died.onTaken = (batches) => {
      if (batches === 4) void died.close()
    }
    const failed = await runBaton(project, ['--json', ...score(0.31)], { CRM_URL })
    expect(failed.exitCode, failed.stdout).toBe(5)
    expect(JSON.parse(failed.stdout)).toMatchObject({
      state: 'failed',
      error: { code: 'serving.not_delivered', kind: 'unavailable', details: { step: 'crm' } },
    })
    const first = died.customers
    expect(first.length).toBeGreaterThan(0)

    receiver = await Receiver.open(port)
    try {
      const run = await batonJson<RunDocument>(project, score(0.31), { CRM_URL })
      expect(statesOf(run)).toEqual({ invoices: 'cached', 'customers-now': 'cached', scored: 'cached', crm: 'ran' })
      const expected = await customersFrom(0.31)
      // The batch that was taken while the receiver died may come again, with the key that it had.
      expect(sorted([...new Set([...first, ...receiver.customers])])).toEqual(expected)
      const again = receiver.customers.filter((customer) => first.includes(customer))
      expect(again.length).toBeLessThanOrEqual(10)
    } finally {
      await receiver.close()
    }
    await expectWholeStore(project)
  })

  test('kill -9 of the run in the middle, three times, then a run to the end', async () => {
    const receiver = await Receiver.open()
    try {
      for (const killAfter of [3, 7, 12]) {
        const started = startBaton(project, score(0.32), to(receiver))
        receiver.behave = () => 'accepts'
        receiver.onTaken = (batches) => {
          if (batches === killAfter) killGroup(started)
        }
        expect((await started.ended).signal).toBe('SIGKILL')
        await expectWholeStore(project)
      }
      receiver.onTaken = () => undefined
      await batonJson(project, score(0.32), to(receiver))
      expect(sorted(receiver.customers)).toEqual(await customersFrom(0.32))
      const before = receiver.requests
      await batonJson(project, [...score(0.32), '--force', 'crm'], to(receiver))
      expect(receiver.requests).toBe(before)
    } finally {
      await receiver.close()
    }
  })

  test('baton predict puts bad rows aside with their reasons and scores the rest as the pipeline did', async () => {
    const rows = await rowsOf('customers-now')
    const names = Object.keys(rows[0]!)
    const bad = new Map<number, Readonly<Record<string, string>>>([
      [3, { recency_days: '-4' }],
      [8, { orders: 'many' }],
      [11, { revenue: '' }],
    ])
    const lines = rows.map((row, index) => {
      const changed: typeof row = { ...row, ...bad.get(index) }
      return names.map((name) => String(changed[name] ?? '')).join(',')
    })
    writeFileSync(join(project, 'rows.csv'), `${names.join(',')}\n${lines.join('\n')}\n`)

    const predicted = await batonJson<{
      scored: number
      rejected: number
      rows: number
      rejectedOutput: string
      reasons: Record<string, number>
    }>(project, ['predict', 'churn@champion', '--input', 'rows.csv', '--output', 'scores.jsonl'])
    expect(predicted).toMatchObject({ rows: rows.length, scored: rows.length - 3, rejected: 3 })
    expect(Object.keys(predicted.reasons).toSorted()).toEqual([
      expect.stringContaining('orders'),
      expect.stringContaining('recency_days'),
      expect.stringContaining('revenue'),
    ])
    const aside = readFileSync(predicted.rejectedOutput, 'utf8')
    for (const index of bad.keys()) expect(aside).toContain(String(rows[index]!['customer_id']))

    const scores = readFileSync(join(project, 'scores.jsonl'), 'utf8').trimEnd().split('\n')
    // What is not in the contract stays as the file had it: in a CSV, text.
    const scored = scores.map((text) => JSON.parse(text) as { customer_id: string; churn_probability: number })
    const byCustomer = new Map(scored.map((row) => [row.customer_id, row.churn_probability]))
    const put = new Set([...bad.keys()].map((index) => rows[index]!['customer_id']))
    for (const { customer_id: customer, churn_probability: probability } of await rowsOf('scored')) {
      expect(byCustomer.get(String(customer))).toBe(put.has(customer ?? null) ? undefined : probability)
    }

    const refused = await runBaton(project, [
      '--json',
      'predict',
      'churn@champoin',
      '--input',
      'rows.csv',
      '--output',
      'x.csv',
    ])
    expect(refused.exitCode).toBe(3)
    expect(refused.stdout).toContain('champion')
  })
})
