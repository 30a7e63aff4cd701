import type { ServerResponse } from 'node:http'

import type { FastifyInstance } from 'fastify'

import { listRunActivity, type RunActivity } from '../../modules/tracking/index.ts'
import type { HttpApp } from '../http-app.ts'
import type { ServerEvent } from './contract/event.ts'
import { compareActivity } from './compare-activity.ts'
import { addRoute } from './route.ts'

const pollMs = 1000
/** Proxies close a stream that says nothing for a minute. */
const keepAliveMs = 20_000

/** Other processes write to the database too, so the stream looks at it, once a second while anybody listens. */
export function eventRoutes(server: FastifyInstance, { tracking, clock }: HttpApp): void {
  const listeners = new Set<ServerResponse>()
  let known: ReadonlyMap<string, RunActivity> | undefined
  let timer: NodeJS.Timeout | undefined
  let saidAtMs = 0

  const send = (text: string): void => {
    for (const listener of listeners) listener.write(text)
    saidAtMs = Date.now()
  }

  const lookIn = (ms: number): NodeJS.Timeout => setTimeout(() => void look(), ms)

  async function look(): Promise<void> {
    try {
      const sinceMs = clock.now().getTime() - 10 * pollMs
      const open = [...(known?.values() ?? [])].filter(({ status }) => status === 'RUNNING' || status === 'SCHEDULED')
      const found = await listRunActivity(tracking, { sinceMs, ids: open.map(({ id }) => id) })
      const now = new Map(found.map((run) => [run.id as string, run]))
      const events: readonly ServerEvent[] = known === undefined ? [] : compareActivity(known, now)
      known = now
      if (events.length > 0) send(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''))
      else if (Date.now() - saidAtMs > keepAliveMs) send(': still here\n\n')
    } catch (error) {
      server.log.warn({ err: error }, 'the stream of events could not look at the database')
    }
    timer = listeners.size > 0 ? lookIn(pollMs) : undefined
    if (timer === undefined) known = undefined
  }

  addRoute(server, {
    method: 'GET',
    url: '/events',
    tag: 'Events',
    summary: 'Server-sent events: a run has started, has logged metrics, has finished',
    answerType: 'text/event-stream',
    async handle({ request, reply }) {
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      raw.write('retry: 3000\n\n')
      listeners.add(raw)
      request.raw.once('close', () => listeners.delete(raw))
      timer ??= lookIn(0)
    },
  })
  // Streams never end by themselves: they would hold up a server that closes.
  server.addHook('preClose', async () => {
    clearTimeout(timer)
    for (const listener of listeners) listener.end()
    listeners.clear()
  })
}
