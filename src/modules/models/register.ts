import type { Kysely } from 'kysely'

import type { Digest } from '../../kernel/hash.ts'
import type { ModelSignature } from '../../ports/model-runtime.ts'
import { contractDigest, judge, type ModelContract, type QualityFacts } from '../contracts/index.ts'
import { holdModel, moveAlias, requireReason } from './alias.ts'
import type { RegistryContext } from './context.ts'
import { GateFailedError } from './errors.ts'
import { folderUri, type GatedVersion, gateTags, loadVersions } from './model-version.ts'
import { requireAlias } from './reference.ts'
import type { ModelsTables } from './tables.ts'

export interface Registration {
  readonly contract: ModelContract
  /** The model's folder in the store. */
  readonly model: { readonly digest: Digest; readonly sizeBytes: number; readonly files: number }
  readonly reportDigest: Digest
  readonly signature: ModelSignature
  /** What was measured of the model; the gate holds it against the contract. */
  readonly facts: QualityFacts
  readonly runId?: string
  /** Who runs it. */
  readonly user?: string
  /** Names the new version too; `who` and `why` are kept. */
  readonly alias?: { readonly name: string; readonly who: string; readonly why: string }
}

export interface Registered {
  readonly version: GatedVersion
  /** False when this very model, report and contract were registered before: nothing new was made. */
  readonly created: boolean
}

async function findSame(tables: Kysely<ModelsTables>, input: Registration, digest: Digest) {
  return await tables
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', input.contract.name)
    .where('model_digest', '=', input.model.digest)
    .where('report_digest', '=', input.reportDigest)
    .where('contract_digest', '=', digest)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

async function wasNamed(tables: Kysely<ModelsTables>, version: GatedVersion, alias: string): Promise<boolean> {
  const event = await tables
    .selectFrom('alias_events')
    .select('id')
    .where('model', '=', version.model)
    .where('alias', '=', alias)
    .where('to_version', '=', version.version)
    .executeTakeFirst()
  return event !== undefined
}

/**
 * Makes a model version when the contract holds, all or nothing; throws `GateFailedError` when it does not.
 * Version numbers count from 1 without gaps, also when many processes register at once. Registering the same
 * model, report and contract again gives the version that is there; its alias is not moved a second time, so a
 * rollback stays.
 */
export async function registerModel(ctx: RegistryContext, input: Registration): Promise<Registered> {
  const { contract } = input
  const reason = input.alias && requireReason(input.alias, 'register')
  if (input.alias) requireAlias(input.alias.name)
  const judgement = judge(contract, { ...input.facts, signature: input.signature, sizeBytes: input.model.sizeBytes })
  if (!judgement.holds) throw new GateFailedError(contract.name, judgement)
  const at = ctx.clock.now().toISOString()
  const digest = contractDigest(contract)
  return await ctx.database.transaction<ModelsTables, Registered>(async (tables) => {
    await tables
      .insertInto('registered_models')
      .values({
        name: contract.name,
        description: contract.description ?? '',
        user_name: input.user ?? null,
        last_version: 0,
        created_at: at,
        updated_at: at,
        deleted_at: null,
      })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
    await holdModel(tables, contract.name, at)
    const same = await findSame(tables, input, digest)
    const row = same ?? (await insertVersion(tables, { ...input, digest, judgement, at }))
    const version = (await loadVersions(tables, [row]))[0] as GatedVersion
    if (input.alias && reason && !(await wasNamed(tables, version, input.alias.name)))
      await moveAlias(tables, {
        model: contract.name,
        alias: input.alias.name,
        version: version.version,
        action: 'register',
        at,
        ...reason,
      })
    return { version, created: same === undefined }
  })
}

interface NewVersion extends Registration {
  readonly digest: Digest
  readonly judgement: ReturnType<typeof judge>
  readonly at: string
}

async function insertVersion(tables: Kysely<ModelsTables>, input: NewVersion) {
  const model = input.contract.name
  const version = await takeVersionNumber(tables, model)
  const address = folderUri(input.model.digest)
  const row = await tables
    .insertInto('model_versions')
    .values({
      model,
      version,
      origin: 'gate',
      run_id: input.runId ?? null,
      run_link: null,
      logged_model_id: null,
      source: address,
      location: address,
      stage: 'None',
      status: 'READY',
      status_message: null,
      description: '',
      user_name: input.user ?? null,
      created_at: input.at,
      updated_at: input.at,
      deleted_at: null,
      model_digest: input.model.digest,
      size_bytes: input.model.sizeBytes,
      files: input.model.files,
      report_digest: input.reportDigest,
      contract_digest: input.digest,
      contract: JSON.stringify(input.contract),
      signature: JSON.stringify(input.signature),
      judgement: JSON.stringify(input.judgement),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const tags = gateTags({ modelDigest: input.model.digest, contractDigest: input.digest })
  await tables
    .insertInto('model_version_tags')
    .values(Object.entries(tags).map(([key, value]) => ({ model, version, key, value })))
    .execute()
  return row
}

/** The next number of a model's versions, inside a transaction that holds the model's row. */
export async function takeVersionNumber(tables: Kysely<ModelsTables>, model: string): Promise<number> {
  const { last_version } = await tables
    .updateTable('registered_models')
    .set((row) => ({ last_version: row('last_version', '+', 1) }))
    .where('name', '=', model)
    .returning('last_version')
    .executeTakeFirstOrThrow()
  return last_version
}
