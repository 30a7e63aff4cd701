import { newId } from '../../kernel/ids.ts'
import type { Page } from '../../kernel/page.ts'
import type { AccessContext } from './context.ts'
import type { AccessTables } from './tables.ts'

/** A write that somebody made or tried. */
export interface AuditedWrite {
  readonly who: string
  /** An action of roles.ts. */
  readonly action: string
  readonly method: string
  /** The pattern of the route, not the path: `/api/2.0/mlflow/runs/log-metric`. */
  readonly route: string
  /** What it was about: `run 0198…`, `model churn@7`. */
  readonly target: string
  /** `done`, or the status and error code: `403 access.denied`. */
  readonly outcome: string
  /** The address it came from. */
  readonly address: string
}

export interface AuditEntry extends AuditedWrite {
  readonly id: string
  readonly at: string
  readonly lastAt: string
  /** How many writes that differ in nothing but the time stand in this entry, of one minute at most. */
  readonly count: number
}

export interface AuditQuery {
  readonly who?: string
  readonly action?: string
  readonly target?: string
  /** ISO time: this or later. */
  readonly since?: string
  readonly limit?: number
  /** The id after whose entry the page begins. */
  readonly after?: string
}

const defaultLimit = 100

/** The audit log, newest first. */
export async function listAudit(ctx: AccessContext, query: AuditQuery = {}): Promise<Page<AuditEntry>> {
  const limit = Math.min(query.limit ?? defaultLimit, 1000)
  let rows = ctx.database.tables<AccessTables>().selectFrom('audit_log').selectAll()
  if (query.who !== undefined) rows = rows.where('who', '=', query.who)
  if (query.action !== undefined) rows = rows.where('action', '=', query.action)
  if (query.target !== undefined) rows = rows.where('target', '=', query.target)
  if (query.since !== undefined) rows = rows.where('last_at', '>=', query.since)
  if (query.after !== undefined) rows = rows.where('id', '<', query.after)
  const found = await rows
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = found.slice(0, limit).map(({ last_at, ...row }) => ({ ...row, lastAt: last_at }))
  return found.length > limit ? { items, next: items.at(-1)!.id } : { items }
}

/** Takes writes as they happen. Disposing it writes what is still in memory. */
export interface AuditTrail extends AsyncDisposable {
  /** Kept when the promise is. For what changes who may do what, or what callers get. */
  record(write: AuditedWrite): Promise<void>
  /** Kept within a second; writes of one minute that differ in nothing else are one entry with their number. */
  count(write: AuditedWrite): void
}

const flushMs = 1000
const minuteMs = 60_000

interface Counted {
  readonly id: string
  readonly write: AuditedWrite
  readonly firstMs: number
  lastMs: number
  count: number
  isKept: boolean
}

/**
 * A log of writes that does not slow them down: a training script logs a thousand metrics a second, and that it did so
 * is one line a minute. `onFailure` hears of what could not be kept.
 */
export function openAuditTrail(ctx: AccessContext, onFailure: (error: unknown) => void): AuditTrail {
  const counted = new Map<string, Counted>()
  let flushing: Promise<void> = Promise.resolve()

  async function keep(entry: Counted): Promise<void> {
    const { id, write, count } = entry
    const last_at = new Date(entry.lastMs).toISOString()
    entry.isKept = true
    await ctx.database
      .tables<AccessTables>()
      .insertInto('audit_log')
      .values({ id, at: new Date(entry.firstMs).toISOString(), last_at, count, ...write })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ count, last_at }))
      .execute()
  }

  async function flush(): Promise<void> {
    const nowMs = ctx.clock.now().getTime()
    for (const [key, entry] of counted) {
      if (nowMs - entry.firstMs > minuteMs) counted.delete(key)
      if (entry.isKept) continue
      try {
        await keep(entry)
      } catch (error) {
        entry.isKept = false
        onFailure(error)
      }
    }
  }

  const timer = setInterval(() => {
    flushing = flushing.then(flush)
  }, flushMs)
  timer.unref()
  return {
    async record(write) {
      const nowMs = ctx.clock.now().getTime()
      await keep({ id: newId(nowMs), write, firstMs: nowMs, lastMs: nowMs, count: 1, isKept: false })
    },
    count(write) {
      const nowMs = ctx.clock.now().getTime()
      const key = JSON.stringify(Object.values(write))
      const known = counted.get(key)
      if (known !== undefined && nowMs - known.firstMs <= minuteMs) {
        known.count += 1
        known.lastMs = nowMs
        known.isKept = false
      } else {
        // A flush of the minute before may be under way with the entry that this one takes the place of.
        if (known?.isKept === false) counted.set(`${key} ${known.id}`, known)
        counted.set(key, { id: newId(nowMs), write, firstMs: nowMs, lastMs: nowMs, count: 1, isKept: false })
      }
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await flushing
      await flush()
    },
  }
}
