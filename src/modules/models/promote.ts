import { breakingChanges } from '../contracts/index.ts'
import {
  type AliasEvent,
  aliasStack,
  findAlias,
  holdModel,
  listAliasEvents,
  moveAlias,
  type Reason,
  requireReason,
} from './alias.ts'
import type { RegistryContext } from './context.ts'
import { InterfaceChangedError, ModelNotFoundError, NothingToRollBackError } from './errors.ts'
import type { ModelVersion } from './model-version.ts'
import { parseModelReference, requireAlias } from './reference.ts'
import { resolveIn } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

export interface PromoteOptions extends Reason {
  /** True: promote although callers of the present version would break. */
  readonly force?: boolean
}

export interface AliasMoved {
  readonly version: ModelVersion
  /** Undefined when the alias named this version already. */
  readonly event: AliasEvent | undefined
}

/**
 * Gives an alias to a version, with who and why kept. Refuses a version whose contract would break callers of the
 * version that has the alias now, unless forced. Promotions of many processes happen one after the other.
 */
export async function promote(
  ctx: RegistryContext,
  reference: string,
  alias: string,
  options: PromoteOptions,
): Promise<AliasMoved> {
  const reason = requireReason(options, 'promote')
  requireAlias(alias)
  const parsed = parseModelReference(reference)
  const at = ctx.clock.now().toISOString()
  return await ctx.database.transaction<ModelsTables, AliasMoved>(async (tables) => {
    await holdModel(tables, parsed.model, at)
    const version = await resolveIn(tables, parsed)
    const from = await findAlias(tables, parsed.model, alias)
    if (from === version.version) return { version, event: undefined }
    if (from !== undefined && options.force !== true) {
      const present = await resolveIn(tables, { kind: 'version', model: parsed.model, version: from })
      const changes = breakingChanges(present.contract, version.contract)
      if (changes.length > 0)
        throw new InterfaceChangedError({ model: parsed.model, alias, from, to: version.version, changes })
    }
    const event = await moveAlias(tables, {
      model: parsed.model,
      alias,
      version: version.version,
      action: 'promote',
      at,
      ...reason,
    })
    return { version, event }
  })
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
    if (!(await holdModel(tables, model, at))) {
      const known = await tables.selectFrom('registered_models').select('name').orderBy('name').execute()
      throw new ModelNotFoundError(
        model,
        known.map((each) => each.name),
      )
    }
    const stack = aliasStack(await listAliasEvents(tables, model, alias))
    const previous = stack.at(-2)
    if (previous === undefined) throw new NothingToRollBackError(model, alias, stack.at(-1))
    const event = await moveAlias(tables, { model, alias, version: previous, action: 'rollback', at, who, why })
    return { version: await resolveIn(tables, { kind: 'version', model, version: previous }), event }
  })
}
