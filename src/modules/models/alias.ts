import type { Kysely } from 'kysely'

import { newId } from '../../kernel/ids.ts'
import { ReasonRequiredError } from './errors.ts'
import type { ModelsTables } from './tables.ts'

/** `set` and `remove` come from MLflow clients, the others from people and pipelines of Baton. */
export type AliasAction = 'register' | 'promote' | 'rollback' | 'set' | 'remove'

/** One change of an alias, as it is kept. */
export interface AliasEvent {
  readonly alias: string
  readonly from: number | undefined
  /** Undefined when the alias was taken away. */
  readonly to: number | undefined
  readonly action: AliasAction
  readonly who: string
  readonly why: string
  readonly at: string
}

/** Who changes an alias, and for what reason; neither may be empty. */
export interface Reason {
  readonly who: string
  readonly why: string
}

export function requireReason(reason: Reason, action: AliasAction): Reason {
  const who = reason.who.trim()
  const why = reason.why.trim()
  if (who === '') throw new ReasonRequiredError('who', action)
  if (why === '') throw new ReasonRequiredError('why', action)
  return { who, why }
}

export async function listAliasEvents(
  tables: Kysely<ModelsTables>,
  model: string,
  alias?: string,
): Promise<readonly AliasEvent[]> {
  let query = tables.selectFrom('alias_events').selectAll().where('model', '=', model)
  query = alias === undefined ? query.orderBy('at').orderBy('alias') : query.where('alias', '=', alias)
  const rows = await query.orderBy('number').execute()
  return rows.map((row) => ({
    alias: row.alias,
    from: row.from_version ?? undefined,
    to: row.to_version ?? undefined,
    action: row.action as AliasAction,
    who: row.who,
    why: row.why,
    at: row.at,
  }))
}

/** What the history of an alias says. */
export interface AliasHistory {
  /** The versions that it has named and could go back to, the last one last. */
  readonly stack: readonly number[]
  /** The version that it names now; undefined when it was taken away. */
  readonly current: number | undefined
}

/**
 * Reads the history of an alias. Naming a version adds one, a rollback takes back to the version it names: going
 * back twice reaches the version before the previous one. Taking the alias away leaves what it could go back to.
 */
export function readAliasHistory(events: readonly AliasEvent[]): AliasHistory {
  const stack: number[] = []
  let current: number | undefined
  for (const event of events) {
    current = event.to
    if (event.to === undefined) continue
    if (event.action === 'rollback') while (stack.length > 0 && stack.at(-1) !== event.to) stack.pop()
    if (stack.at(-1) !== event.to) stack.push(event.to)
  }
  return { stack, current }
}

export interface AliasChange extends Reason {
  readonly model: string
  readonly alias: string
  /** Undefined takes the alias away. */
  readonly version: number | undefined
  readonly action: AliasAction
  readonly at: string
}

export async function findAlias(
  tables: Kysely<ModelsTables>,
  model: string,
  alias: string,
): Promise<number | undefined> {
  const row = await tables
    .selectFrom('model_aliases')
    .select('version')
    .where('model', '=', model)
    .where('alias', '=', alias)
    .executeTakeFirst()
  return row?.version
}

/**
 * Moves an alias and writes the event, inside the caller's transaction, which holds the model's row. The time of an
 * event is never before that of the one before it, whatever the clocks of two machines say.
 */
export async function moveAlias(tables: Kysely<ModelsTables>, change: AliasChange): Promise<AliasEvent> {
  const { model, alias, version, action, who, why } = change
  const last = await tables
    .selectFrom('alias_events')
    .select(['number', 'at'])
    .where('model', '=', model)
    .where('alias', '=', alias)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const at = last !== undefined && last.at > change.at ? last.at : change.at
  const from = await findAlias(tables, model, alias)
  if (version === undefined) {
    await tables.deleteFrom('model_aliases').where('model', '=', model).where('alias', '=', alias).execute()
  } else {
    await tables
      .insertInto('model_aliases')
      .values({ model, alias, version, updated_at: at })
      .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version, updated_at: at }))
      .execute()
  }
  const event = { model, alias, from_version: from ?? null, to_version: version ?? null, action, who, why, at }
  await tables
    .insertInto('alias_events')
    .values({ id: newId(), number: (last?.number ?? 0) + 1, ...event })
    .execute()
  return { alias, from, to: version, action, who, why, at }
}

/**
 * Takes the model's row for the rest of the transaction, so that changes of one model come one after the other.
 * False when there is no such model.
 */
export async function holdModel(tables: Kysely<ModelsTables>, model: string, at: string): Promise<boolean> {
  const { numUpdatedRows } = await tables
    .updateTable('registered_models')
    .set({ updated_at: at })
    .where('name', '=', model)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}
