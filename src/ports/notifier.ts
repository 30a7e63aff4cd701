import type { Secret } from '../kernel/secret.ts'

export interface Notification {
  /** The address and the headers may hold tokens: only the driver reveals them. */
  readonly url: Secret
  readonly headers: Readonly<Record<string, Secret>>
  readonly body: string
  /** The receiver may use it to drop a repeat: the same content always carries the same key. */
  readonly idempotencyKey: string
}

/** What the other side said. `retryable` covers timeouts, 408, 425, 429 and 5xx. */
export type NotificationOutcome =
  | { readonly state: 'delivered'; readonly status: number }
  | { readonly state: 'refused'; readonly status: number; readonly body: string }
  | { readonly state: 'retryable'; readonly reason: string; readonly retryAfterMs?: number }

/** Sends one message once; retrying is the caller's. Never throws for an answer of the other side. */
export interface Notifier {
  send(notification: Notification, options: { timeoutMs: number; signal?: AbortSignal }): Promise<NotificationOutcome>
}
