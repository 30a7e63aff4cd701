import type { Kysely } from 'kysely'

import { breakingChanges } from '../contracts/index.ts'
import { findAlias } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { GateRequiredError, InterfaceChangedError } from './errors.ts'
import type { ModelVersion } from './model-version.ts'
import { resolveIn } from './resolve.ts'
import type { ModelsTables } from './tables.ts'

const defaultGatedAliases = ['champion']

/** True when this alias stands for a release, so that whoever moves it decides what callers get. */
export function isGatedAlias(ctx: Pick<RegistryContext, 'gatedAliases'>, alias: string): boolean {
  return (ctx.gatedAliases ?? defaultGatedAliases).includes(alias.toLowerCase())
}

/**
 * Refuses to give an alias to a version when that would break a promise: a release alias on a version that no gate
 * has judged although the model has a contract, or a version that callers of the present one could not use.
 */
export async function checkAliasPolicy(
  ctx: RegistryContext,
  tables: Kysely<ModelsTables>,
  move: { readonly version: ModelVersion; readonly alias: string },
): Promise<void> {
  const { version, alias } = move
  const { model } = version
  if (version.origin === 'client') {
    if (isGatedAlias(ctx, alias) && (await hasContract(tables, model)))
      throw new GateRequiredError({ model, version: version.version, alias })
    return
  }
  const from = await findAlias(tables, model, alias)
  if (from === undefined || from === version.version) return
  const present = await resolveIn(tables, { kind: 'version', model, version: from })
  if (present.origin === 'client') return
  const changes = breakingChanges(present.contract, version.contract)
  if (changes.length > 0) throw new InterfaceChangedError({ model, alias, from, to: version.version, changes })
}

/** A model has a contract once a version passed a gate; deleting that version does not undo the promise. */
async function hasContract(tables: Kysely<ModelsTables>, model: string): Promise<boolean> {
  const row = await tables
    .selectFrom('model_versions')
    .select('version')
    .where('model', '=', model)
    .where('origin', '=', 'gate')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
