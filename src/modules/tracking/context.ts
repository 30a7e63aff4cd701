import type { Kysely } from 'kysely'

import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { TrackingTables } from './tables.ts'

/** What tracking needs of the world. */
export interface TrackingContext {
  readonly database: Database
  readonly clock: Clock
}

/** The tables, inside or outside a transaction. */
export type Tables = Kysely<TrackingTables>

export function tablesOf(ctx: TrackingContext): Tables {
  return ctx.database.tables<TrackingTables>()
}

/** Rows per INSERT: far below the engines' limit of parameters per statement (32,766 and 65,535). */
export const rowsPerInsert = 500

/** Cuts a list into pieces of at most this many. */
export function* inChunks<T>(items: readonly T[], size: number = rowsPerInsert): Generator<readonly T[]> {
  for (let first = 0; first < items.length; first += size) yield items.slice(first, first + size)
}
