import type { Kysely } from 'kysely'

import {
  type AliasAction,
  type AliasEvent,
  findAlias,
  holdModel,
  listAliasEvents,
  moveAlias,
  readAliasHistory,
  type Reason,
  requireReason,
} from './alias.ts'
import { checkAliasPolicy } from './alias-policy.ts'
import type { RegistryContext } from './context.ts'
import { NothingToRollBackError } from './errors.ts'
import { requireAliasName } from './entry-rules.ts'
import type { ModelVersion } from './model-version.ts'
import { type ModelReference, parseModelReference, requireAlias } from './reference.ts'
import { requireModel, resolveIn } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

export interface PromoteOptions extends Reason {
  /** True: although no gate has judged the version, or callers of the present one would break. */
  readonly force?: boolean
}

export interface AliasMoved {
  readonly version: ModelVersion
  /** Undefined when the alias named this version already. */
  readonly event: AliasEvent | undefined
}

interface Assignment extends PromoteOptions {
  readonly reference: ModelReference
  readonly alias: string
  readonly action: AliasAction
}

async function assignAlias(ctx: RegistryContext, assignment: Assignment): Promise<AliasMoved> {
  const { reference, alias, action, force } = assignment
  const reason = requireReason(assignment, action)
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, AliasMoved>(async (tables) => {
    await holdModel(tables, reference.model, at)
    const version = await resolveIn(tables, reference)
    if ((await findAlias(tables, reference.model, alias)) === version.version) return { version, event: undefined }
    if (force !== true) await checkAliasPolicy(ctx, tables, { version, alias })
    const change = { model: reference.model, alias, version: version.version, action, at, ...reason }
    return { version, event: await moveAlias(tables, change) }
  })
}

/**
 * Gives an alias to a version, with who and why kept. Refuses what would break a promise (see alias-policy.ts), unless
 * forced. Promotions of many processes happen one after the other.
 */
export async function promote(
  ctx: RegistryContext,
  reference: string,
  alias: string,
  options: PromoteOptions,
): Promise<AliasMoved> {
  requireAlias(alias)
  return await assignAlias(ctx, { ...options, reference: parseModelReference(reference), alias, action: 'promote' })
}

/** Like `promote`, for an MLflow client: nothing can be forced, and any alias that MLflow takes is taken. */
export async function setAlias(
  ctx: RegistryContext,
  version: { readonly model: string; readonly version: number },
  alias: string,
  reason: Reason,
): Promise<AliasMoved> {
  requireAliasName(alias)
  return await assignAlias(ctx, { ...reason, reference: { kind: 'version', ...version }, alias, action: 'set' })
}

/** Takes an alias away; the history keeps what it named. Undefined when the model has no such alias. */
export async function removeAlias(
  ctx: RegistryContext,
  model: string,
  alias: string,
  reason: Reason,
): Promise<AliasEvent | undefined> {
  const { who, why } = requireReason(reason, 'remove')
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, AliasEvent | undefined>(async (tables) => {
    if (!(await holdModel(tables, model, at))) await requireModel(tables, model)
    if ((await findAlias(tables, model, alias)) === undefined) return undefined
    return await moveAlias(tables, { model, alias, version: undefined, action: 'remove', at, who, why })
  })
}

/** The version that an alias would go back to: the last one before the present that is still there. */
async function previousVersion(tables: Kysely<ModelsTables>, model: string, alias: string) {
  const { stack, current } = readAliasHistory(await listAliasEvents(tables, model, alias))
  const rows = await tables
    .selectFrom('model_versions')
    .select('version')
    .where('model', '=', model)
    .where('deleted_at', 'is', null)
    .execute()
  const there = new Set(rows.map((row) => row.version))
  const before = current === undefined ? stack : stack.slice(0, -1)
  return { current, previous: before.findLast((version) => there.has(version) && version !== current) }
}

/** Gives an alias back to the version that had it before, by its history; throws conflict when there is none. */
export async function rollback(
  ctx: RegistryContext,
  model: string,
  alias: string,
  reason: Reason,
): Promise<AliasMoved> {
  const { who, why } = requireReason(reason, 'rollback')
  requireAlias(alias)
  parseModelReference(model)
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, AliasMoved>(async (tables) => {
    if (!(await holdModel(tables, model, at))) await requireModel(tables, model)
    const { previous, current } = await previousVersion(tables, model, alias)
    if (previous === undefined) throw new NothingToRollBackError(model, alias, current)
    const event = await moveAlias(tables, { model, alias, version: previous, action: 'rollback', at, who, why })
    return { version: await resolveIn(tables, { kind: 'version', model, version: previous }), event }
  })
}
