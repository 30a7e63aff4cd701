import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'

import type { Digest } from '../../kernel/hash.ts'
import type { ModelSignature } from '../../ports/model-runtime.ts'
import { type Judgement, type ModelContract, parseModelContract } from '../contracts/index.ts'
import type { ModelsTables, ModelVersionRow } from './tables.ts'

/** MLflow's stages, in its writing. A stage is a label; what guards a release is the gate and the alias. */
export const stages = ['None', 'Staging', 'Production', 'Archived'] as const
export type Stage = (typeof stages)[number]

export type VersionStatus = 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY'

/** What every version has, whoever made it. */
export interface VersionFacts {
  readonly model: string
  readonly version: number
  /** `gate`: made by p.register when its contract held; `client`: created by an MLflow client. */
  readonly origin: 'gate' | 'client'
  /** The run that made it. */
  readonly runId: string | undefined
  readonly runLink: string | undefined
  /** The logged model (MLflow 3) that it is. */
  readonly loggedModelId: string | undefined
  /** As it was given: a URI of MLflow. */
  readonly source: string
  /** Where its files are fetched. */
  readonly location: string
  readonly stage: Stage
  readonly status: VersionStatus
  readonly statusMessage: string | undefined
  readonly description: string
  readonly user: string | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly aliases: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** A version that an MLflow client has created: a place and what was said about it, judged by nobody. */
export interface ClientVersion extends VersionFacts {
  readonly origin: 'client'
}

/** An immutable entry: a model, the report it was judged by and the contract it holds. */
export interface GatedVersion extends VersionFacts {
  readonly origin: 'gate'
  readonly modelDigest: Digest
  readonly sizeBytes: number
  readonly files: number
  readonly reportDigest: Digest
  readonly contractDigest: Digest
  readonly contract: ModelContract
  readonly signature: ModelSignature
  readonly judgement: Judgement
}

export type ModelVersion = GatedVersion | ClientVersion

/** Tags that only the gate writes; a client that sets one would forge its verdict. */
export const gateTagPrefix = 'baton.'

/** The address of a model folder in the artifact proxy: by content, so that it outlives a rename of the model. */
export function folderUri(digest: Digest): string {
  return `mlflow-artifacts:/models/${digest.slice('sha256:'.length)}`
}

/** What a gated version is tagged with, so that any client sees and finds it. */
export function gateTags(facts: { readonly modelDigest: string; readonly contractDigest: string }) {
  return {
    'baton.contract.holds': 'true',
    'baton.contract.digest': facts.contractDigest,
    'baton.model.digest': facts.modelDigest,
  }
}

interface Named {
  readonly tags: Record<string, string>
  readonly aliases: string[]
}

const rowsAtOnce = 400

/** The tags and aliases of versions, by `keyOf`. */
async function namesOf(
  tables: Kysely<ModelsTables>,
  rows: readonly ModelVersionRow[],
): Promise<ReadonlyMap<string, Named>> {
  const found = new Map<string, Named>(rows.map((row) => [keyOf(row), { tags: {}, aliases: [] }]))
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const chosen = areVersions(rows.slice(first, first + rowsAtOnce))
    for (const row of await tables.selectFrom('model_version_tags').selectAll().where(chosen).orderBy('key').execute())
      found.get(keyOf(row))!.tags[row.key] = row.value
    for (const row of await tables.selectFrom('model_aliases').selectAll().where(chosen).orderBy('alias').execute())
      found.get(keyOf(row))!.aliases.push(row.alias)
  }
  return found
}

/** True for rows of these versions, in any table with the columns `model` and `version`. */
function areVersions(rows: readonly ModelVersionRow[]): RawBuilder<SqlBool> {
  const byModel = Map.groupBy(rows, (row) => row.model)
  const parts = Array.from(
    byModel,
    ([model, some]) => sql`(model = ${model} and version in (${sql.join(some.map((row) => row.version))}))`,
  )
  return sql<SqlBool>`(${sql.join(parts, sql` or `)})`
}

function keyOf({ model, version }: { readonly model: string; readonly version: number }): string {
  return `${model}\n${version}`
}

/** The versions of these rows, in their order, without the texts that the gate has read. */
export async function loadVersionFacts(
  tables: Kysely<ModelsTables>,
  rows: readonly ModelVersionRow[],
): Promise<readonly VersionFacts[]> {
  const names = await namesOf(tables, rows)
  return rows.map((row) => toFacts(row, names.get(keyOf(row))!))
}

/** The whole versions of these rows, in their order. */
export async function loadVersions(
  tables: Kysely<ModelsTables>,
  rows: readonly ModelVersionRow[],
): Promise<readonly ModelVersion[]> {
  const names = await namesOf(tables, rows)
  return rows.map((row) => toModelVersion(row, names.get(keyOf(row))!))
}

function toFacts(row: ModelVersionRow, { tags, aliases }: Named): VersionFacts {
  return {
    model: row.model,
    version: row.version,
    origin: row.origin as VersionFacts['origin'],
    runId: row.run_id ?? undefined,
    runLink: row.run_link ?? undefined,
    loggedModelId: row.logged_model_id ?? undefined,
    source: row.source,
    location: row.location,
    stage: row.stage as Stage,
    status: row.status as VersionStatus,
    statusMessage: row.status_message ?? undefined,
    description: row.description,
    user: row.user_name ?? undefined,
    tags,
    aliases,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toModelVersion(row: ModelVersionRow, named: Named): ModelVersion {
  const facts = toFacts(row, named)
  if (row.origin !== 'gate') return { ...facts, origin: 'client' }
  return {
    ...facts,
    origin: 'gate',
    modelDigest: row.model_digest as Digest,
    sizeBytes: Number(row.size_bytes),
    files: row.files!,
    reportDigest: row.report_digest as Digest,
    contractDigest: row.contract_digest as Digest,
    contract: parseModelContract(JSON.parse(row.contract!)),
    signature: JSON.parse(row.signature!) as ModelSignature,
    judgement: JSON.parse(row.judgement!) as Judgement,
  }
}
