import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { type Digest, digestValue } from '../../kernel/hash.ts'
import type { Json } from '../../kernel/json.ts'
import type { FolderStore } from '../../ports/folder-store.ts'
import { listAliasEvents, readAliasHistory } from './alias.ts'
import type { RegistryContext } from './context.ts'
import type { ModelsTables, ModelVersionRow } from './tables.ts'

export interface ModelProblem {
  readonly model: string
  readonly version?: number
  /** One sentence for a person. */
  readonly what: string
}

export interface VerifyContext extends RegistryContext {
  readonly folders: FolderStore
  /** A folder on the store's disk for copies that are removed at once. */
  readonly temporaryFolder: string
}

async function folderProblem(ctx: VerifyContext, digest: Digest): Promise<string | undefined> {
  if (!(await ctx.folders.has(digest))) return 'is not in the store'
  const copy = await mkdtemp(join(ctx.temporaryFolder, 'verify-model-'))
  try {
    await ctx.folders.restore(digest, join(copy, 'folder'))
    return undefined
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** What is wrong with a version that passed a gate: its folders and its contract must be what was recorded. */
async function gatedProblems(
  ctx: VerifyContext,
  row: ModelVersionRow,
  seen: Map<string, string | undefined>,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (const [part, digest] of [
    ['model folder', row.model_digest],
    ['quality report', row.report_digest],
  ] as const) {
    if (digest === null) {
      problems.push(`has no ${part} although it passed a gate`)
      continue
    }
    if (!seen.has(digest)) seen.set(digest, await folderProblem(ctx, digest as Digest))
    const problem = seen.get(digest)
    if (problem !== undefined) problems.push(`its ${part} ${digest} ${problem}`)
  }
  const contract = JSON.parse(row.contract ?? 'null') as Json
  if (digestValue('model-contract/1', contract) !== row.contract_digest)
    problems.push('its contract is not the recorded one')
  return problems
}

/**
 * Looks at every version that is not deleted: what passed a gate has its folders and its contract as they were
 * recorded, no number is missing, each alias is what its history says.
 */
export async function verifyModels(
  ctx: VerifyContext,
): Promise<{ readonly versions: number; readonly problems: readonly ModelProblem[] }> {
  const tables = ctx.database.tables<ModelsTables>()
  const problems: ModelProblem[] = []
  let checked = 0
  const seen = new Map<string, string | undefined>()
  const models = tables.selectFrom('registered_models').selectAll().where('deleted_at', 'is', null)
  for (const model of await models.orderBy('name').execute()) {
    const versions = await tables
      .selectFrom('model_versions')
      .selectAll()
      .where('model', '=', model.name)
      .orderBy('version')
      .execute()
    if (versions.some((row, i) => row.version !== i + 1) || versions.length !== model.last_version)
      problems.push({
        model: model.name,
        what: `has versions ${versions.map((row) => row.version).join(', ')}, but its last is ${model.last_version}`,
      })
    for (const row of versions) {
      if (row.deleted_at !== null) continue
      checked += 1
      if (row.origin !== 'gate') continue
      for (const what of await gatedProblems(ctx, row, seen))
        problems.push({ model: model.name, version: row.version, what })
    }
    for (const alias of await tables
      .selectFrom('model_aliases')
      .selectAll()
      .where('model', '=', model.name)
      .execute()) {
      const { current } = readAliasHistory(await listAliasEvents(tables, model.name, alias.alias))
      if (current !== alias.version)
        problems.push({
          model: model.name,
          version: alias.version,
          what: `has the alias ${alias.alias}, but its history says ${current ?? 'none'}`,
        })
    }
  }
  return { versions: checked, problems }
}
