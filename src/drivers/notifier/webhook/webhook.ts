import { throwIfAborted } from '../../../kernel/errors.ts'
import type { Notification, NotificationOutcome, Notifier } from '../../../ports/notifier.ts'
import { readStart } from './read-start.ts'
import { parseRetryAfter } from './retry-after.ts'

export interface WebhookOptions {
  /** What the receiver sees as the sender: `baton/0.1.0`. */
  readonly userAgent?: string
}

const retryableStatuses = new Set([408, 425, 429])
const mostRedirects = 3
const answerBytes = 2048

/** Where a redirect leads, when it stays on the same host and keeps the method and body (RFC 9110: 307, 308). */
function sameHostTarget(response: Response, from: string): string | undefined {
  if (response.status !== 307 && response.status !== 308) return undefined
  const location = response.headers.get('location')
  if (location === null || !URL.canParse(location, from)) return undefined
  const target = new URL(location, from)
  return target.origin === new URL(from).origin ? target.href : undefined
}

async function toOutcome(response: Response): Promise<NotificationOutcome> {
  const { status } = response
  if (status >= 200 && status < 300) {
    // The status is the answer: a body that breaks off afterwards does not take it back.
    await response.body?.cancel().catch(() => {})
    return { state: 'delivered', status }
  }
  if (status >= 500 || retryableStatuses.has(status)) {
    await response.body?.cancel().catch(() => {})
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now())
    return { state: 'retryable', reason: `status ${status}`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  }
  if (status >= 300 && status < 400) {
    await response.body?.cancel().catch(() => {})
    return { state: 'refused', status, body: 'a redirect that is not followed: give the final address' }
  }
  return { state: 'refused', status, body: await readStart(response, answerBytes) }
}

/** The name of a network failure, never with the address or a header in it. */
function failureReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = (cause as { code?: unknown } | undefined)?.code
  if (typeof code === 'string') return `connection failed (${code})`
  return cause instanceof Error && cause.name === 'TimeoutError' ? 'no answer in time' : 'connection failed'
}

/** Posts notifications with the platform's fetch. Headers are sent and never shown; redirects to other hosts are refused. */
export function createWebhookNotifier(options: WebhookOptions = {}): Notifier {
  return {
    async send(notification: Notification, { timeoutMs, signal }): Promise<NotificationOutcome> {
      throwIfAborted(signal)
      const timeout = AbortSignal.timeout(timeoutMs)
      const headers = new Headers({ 'content-type': 'application/json', 'user-agent': options.userAgent ?? 'baton' })
      for (const [name, value] of Object.entries(notification.headers)) headers.set(name, value.reveal())
      headers.set('idempotency-key', notification.idempotencyKey)
      let url = notification.url.reveal()
      try {
        for (let redirects = 0; ; redirects += 1) {
          const response = await fetch(url, {
            method: 'POST',
            headers,
            body: notification.body,
            redirect: 'manual',
            signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
          })
          const target = redirects < mostRedirects ? sameHostTarget(response, url) : undefined
          if (target === undefined) return await toOutcome(response)
          await response.body?.cancel().catch(() => {})
          url = target
        }
      } catch (error) {
        throwIfAborted(signal)
        return {
          state: 'retryable',
          reason: timeout.aborted ? `no answer within ${timeoutMs} ms` : failureReason(error),
        }
      }
    },
  }
}
