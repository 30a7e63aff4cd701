import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import { listAudit } from '../../modules/access/index.ts'
import type { HttpApp } from '../http-app.ts'
import { addRoute } from '../native/route.ts'

const entry = z.object({
  id: z.string(),
  at: z.string(),
  lastAt: z.string().describe('of the last of the writes that this entry counts'),
  count: z.number().describe('writes of one minute that differ in nothing but the time are one entry'),
  who: z.string(),
  action: z.string(),
  method: z.string(),
  route: z.string(),
  target: z.string(),
  outcome: z.string().describe('done, or the status and the code of the refusal'),
  address: z.string(),
})

const query = z.object({
  who: z.string().optional(),
  action: z.string().optional(),
  target: z.string().optional(),
  since: z.iso.datetime().optional(),
  limit: z.int().min(1).max(1000).optional(),
  after: z.string().optional().describe('the id of the last entry of the page before'),
})

/** Who wrote what, and when. */
export function auditRoutes(server: FastifyInstance, app: HttpApp): void {
  addRoute(server, {
    method: 'GET',
    url: '/audit',
    tag: 'Access',
    summary: 'Every write that was made or tried, newest first',
    query,
    answer: z.object({ entries: z.array(entry), next: z.string().optional() }),
    async handle({ query: given }) {
      const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const { items, next } = await listAudit(app.access, wanted)
      return { entries: [...items], ...(next === undefined ? {} : { next }) }
    },
  })
}
