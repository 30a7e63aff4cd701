import type { Secret } from '../../kernel/secret.ts'
import type { NotificationOutcome, Notifier } from '../../ports/notifier.ts'
import type { StepContext } from '../pipelines/index.ts'
import type { Address } from './address.ts'
import { pause, pauseMs } from './backoff.ts'
import type { NotifyNodeOptions } from './declare.ts'
import { type AttemptOutcome, type DeliveriesContext, recordAttempt, recordPending } from './deliveries.ts'
import { NotDeliveredError, RefusedByReceiverError } from './errors.ts'

export interface Batch {
  readonly batchKey: string
  readonly body: string
  readonly rows: number
}

export interface Deliverer {
  readonly address: Address
  /** Sends a batch that is written down already. */
  deliver(batch: Batch): Promise<void>
  /** Writes a batch down and sends it, unless it was delivered before. */
  deliverNew(batch: Batch & { readonly firstKey: string; readonly lastKey: string }): Promise<void>
  /** Throws when anything was refused. */
  finish(): void
  counts(): { readonly sent: number; readonly before: number }
}

interface Refusal {
  readonly batch: string
  readonly status: number
  readonly rows: number
  readonly answer: string
}

/** After so many refusals in a row, the next would be refused too. */
const mostRefusalsInARow = 5

export interface DelivererOptions {
  readonly step: StepContext
  readonly options: NotifyNodeOptions
  readonly address: Address
  readonly headers: Readonly<Record<string, Secret>>
}

/** Sends batches one after the other: each is written down first, tried with growing pauses, and its outcome written down. */
export function createDeliverer(
  ctx: DeliveriesContext & { readonly notifier: Notifier },
  { step, options, address, headers }: DelivererOptions,
): Deliverer {
  const refused: Refusal[] = []
  /** Batches of this run that were tried: a leftover that is refused again is not tried twice. */
  const tried = new Set<string>()
  let refusedInARow = 0
  let sent = 0
  let before = 0

  async function sendOnce(batch: Batch): Promise<NotificationOutcome> {
    const notification = { url: address.url, headers, body: batch.body, idempotencyKey: batch.batchKey }
    const outcome = await ctx.notifier.send(notification, { timeoutMs: options.requestTimeoutMs, signal: step.signal })
    await recordAttempt(ctx, batch.batchKey, attemptOf(outcome))
    return outcome
  }

  async function send(batch: Batch): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await sendOnce(batch)
      if (outcome.state === 'delivered') {
        sent += 1
        refusedInARow = 0
        return
      }
      if (outcome.state === 'refused') {
        refuse(batch, outcome)
        return
      }
      if (attempt >= options.attempts)
        throw new NotDeliveredError({
          step: step.node.name,
          host: address.host,
          attempts: attempt,
          reason: outcome.reason,
        })
      const { retryAfterMs } = outcome
      const wait = pauseMs(attempt, { firstMs: options.firstRetryMs, retryAfterMs, random: Math.random() })
      step.log(`${address.host}: ${outcome.reason}; try ${attempt + 1} of ${options.attempts} in ${wait} ms`)
      await pause(wait, step.signal)
    }
  }

  function refuse(batch: Batch, outcome: { status: number; body: string }): void {
    refused.push({ batch: batch.batchKey, status: outcome.status, rows: batch.rows, answer: outcome.body })
    refusedInARow += 1
    step.log(
      `${address.host} refused a batch of ${batch.rows} rows with status ${outcome.status}: ${outcome.body.slice(0, 200)}`,
    )
    if (refusedInARow >= mostRefusalsInARow) throw refusal(true)
  }

  const refusal = (stopped: boolean) =>
    new RefusedByReceiverError({ step: step.node.name, host: address.host, refused, stopped })

  return {
    address,
    async deliver(batch) {
      tried.add(batch.batchKey)
      await send(batch)
    },
    async deliverNew(batch) {
      if (tried.has(batch.batchKey)) return
      const { graph, node, runId } = step
      const state = await recordPending(ctx, {
        ...batch,
        pipeline: graph.pipeline,
        step: node.name,
        runId,
        host: address.host,
        receiver: address.receiver,
      })
      if (state === 'delivered') before += 1
      else await send(batch)
    },
    finish() {
      if (refused.length > 0) throw refusal(false)
    },
    counts: () => ({ sent, before }),
  }
}

function attemptOf(outcome: NotificationOutcome): AttemptOutcome {
  if (outcome.state === 'delivered') return { state: 'delivered', status: outcome.status }
  if (outcome.state === 'refused') return { state: 'refused', status: outcome.status, answer: outcome.body }
  return { state: 'pending', answer: outcome.reason }
}
