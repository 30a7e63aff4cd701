import type { Selectable } from 'kysely'

import type { Clock } from '../../kernel/clock.ts'
import type { Page } from '../../kernel/page.ts'
import type { Database } from '../../ports/database.ts'
import type { ServingTables } from './tables.ts'

/** What the delivery record needs. */
export interface DeliveriesContext {
  readonly database: Database
  readonly clock: Clock
}

/** One batch as it is kept: what was sent, how often it was tried, what the receiver said. */
export interface Delivery {
  readonly batchKey: string
  readonly pipeline: string
  readonly step: string
  readonly runId: string
  readonly host: string
  readonly rows: number
  readonly firstKey: string
  readonly lastKey: string
  readonly state: 'pending' | 'delivered' | 'refused'
  readonly attempts: number
  readonly status: number | undefined
  readonly answer: string | undefined
  readonly createdAt: string
  readonly updatedAt: string
  readonly deliveredAt: string | undefined
}

function toDelivery(row: Selectable<ServingTables['deliveries']>): Delivery {
  return {
    batchKey: row.batch_key,
    pipeline: row.pipeline,
    step: row.step,
    runId: row.run_id,
    host: row.host,
    rows: row.rows,
    firstKey: row.first_key,
    lastKey: row.last_key,
    state: row.state,
    attempts: row.attempts,
    status: row.status ?? undefined,
    answer: row.answer ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    deliveredAt: row.delivered_at ?? undefined,
  }
}

/** A batch that is to be delivered. */
export interface NewDelivery {
  readonly batchKey: string
  readonly pipeline: string
  readonly step: string
  readonly runId: string
  readonly host: string
  readonly receiver: string
  readonly rows: number
  readonly firstKey: string
  readonly lastKey: string
  readonly body: string
}

/**
 * Writes the batch down before it is sent for the first time, with its body, so that a crash cannot lose it.
 * Gives the state it has: `delivered` when it was accepted before, by whatever run.
 */
export async function recordPending(ctx: DeliveriesContext, batch: NewDelivery): Promise<Delivery['state']> {
  const at = ctx.clock.now().toISOString()
  const tables = ctx.database.tables<ServingTables>()
  await tables
    .insertInto('deliveries')
    .values({
      batch_key: batch.batchKey,
      pipeline: batch.pipeline,
      step: batch.step,
      run_id: batch.runId,
      host: batch.host,
      receiver: batch.receiver,
      rows: batch.rows,
      first_key: batch.firstKey,
      last_key: batch.lastKey,
      state: 'pending',
      attempts: 0,
      status: null,
      answer: null,
      body: batch.body,
      created_at: at,
      updated_at: at,
      delivered_at: null,
    })
    .onConflict((conflict) => conflict.column('batch_key').doNothing())
    .execute()
  const row = await tables
    .selectFrom('deliveries')
    .select('state')
    .where('batch_key', '=', batch.batchKey)
    .executeTakeFirstOrThrow()
  return row.state
}

export interface AttemptOutcome {
  readonly state: Delivery['state']
  readonly status?: number
  readonly answer?: string
}

/** Notes one try. What was delivered stays delivered, whatever another process may say afterwards. */
export async function recordAttempt(ctx: DeliveriesContext, batchKey: string, outcome: AttemptOutcome): Promise<void> {
  const at = ctx.clock.now().toISOString()
  await ctx.database
    .tables<ServingTables>()
    .updateTable('deliveries')
    .set((row) => ({
      state: outcome.state,
      attempts: row('attempts', '+', 1),
      status: outcome.status ?? null,
      answer: outcome.answer?.slice(0, 2000) ?? null,
      updated_at: at,
      ...(outcome.state === 'delivered' ? { delivered_at: at, body: null } : {}),
    }))
    .where('batch_key', '=', batchKey)
    .where('state', '<>', 'delivered')
    .execute()
}

/** A batch of an earlier run that was not delivered, with what is to be sent. */
export interface LeftoverDelivery extends Delivery {
  readonly body: string
}

/** What earlier runs of this step left undelivered for this receiver, a few at a time. */
export async function listLeftovers(
  ctx: DeliveriesContext,
  query: {
    readonly pipeline: string
    readonly step: string
    readonly receiver: string
    readonly after: string
    readonly limit: number
  },
): Promise<readonly LeftoverDelivery[]> {
  const rows = await ctx.database
    .tables<ServingTables>()
    .selectFrom('deliveries')
    .selectAll()
    .where('pipeline', '=', query.pipeline)
    .where('step', '=', query.step)
    .where('receiver', '=', query.receiver)
    .where('state', '<>', 'delivered')
    .where('batch_key', '>', query.after)
    .orderBy('batch_key')
    .limit(query.limit)
    .execute()
  return rows.map((row) => ({ ...toDelivery(row), body: row.body ?? '' }))
}

/** The delivery record of a pipeline's steps, newest first, a page at a time. */
export async function listDeliveries(
  ctx: DeliveriesContext,
  query: {
    readonly pipeline?: string
    readonly step?: string
    readonly state?: Delivery['state']
    readonly limit?: number
    readonly after?: string
  } = {},
): Promise<Page<Delivery>> {
  const limit = query.limit ?? 100
  let select = ctx.database.tables<ServingTables>().selectFrom('deliveries').selectAll()
  if (query.pipeline !== undefined) select = select.where('pipeline', '=', query.pipeline)
  if (query.step !== undefined) select = select.where('step', '=', query.step)
  if (query.state !== undefined) select = select.where('state', '=', query.state)
  if (query.after !== undefined) {
    const [at = '', key = ''] = query.after.split(' ')
    select = select.where((where) =>
      where.or([where('created_at', '<', at), where.and([where('created_at', '=', at), where('batch_key', '<', key)])]),
    )
  }
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('batch_key', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(toDelivery)
  const last = items.at(-1)
  return rows.length > limit && last !== undefined ? { items, next: `${last.createdAt} ${last.batchKey}` } : { items }
}
