import type { Selectable } from 'kysely'

import type { Digest } from '../../kernel/hash.ts'
import type { ModelSignature } from '../../ports/model-runtime.ts'
import { type Judgement, type ModelContract, parseModelContract } from '../contracts/index.ts'
import type { ModelsTables } from './tables.ts'

/** One immutable entry of the registry: a model, the report it was judged by and the contract it holds. */
export interface ModelVersion {
  readonly model: string
  readonly version: number
  /** The run that registered it. */
  readonly runId: string | undefined
  readonly modelDigest: Digest
  readonly sizeBytes: number
  readonly files: number
  readonly reportDigest: Digest
  readonly contractDigest: Digest
  readonly contract: ModelContract
  readonly signature: ModelSignature
  readonly judgement: Judgement
  readonly status: 'ready'
  readonly createdAt: string
}

export function toModelVersion(row: Selectable<ModelsTables['model_versions']>): ModelVersion {
  return {
    model: row.model,
    version: row.version,
    runId: row.run_id ?? undefined,
    modelDigest: row.model_digest as Digest,
    sizeBytes: Number(row.size_bytes),
    files: row.files,
    reportDigest: row.report_digest as Digest,
    contractDigest: row.contract_digest as Digest,
    contract: parseModelContract(JSON.parse(row.contract)),
    signature: JSON.parse(row.signature) as ModelSignature,
    judgement: JSON.parse(row.judgement) as Judgement,
    status: 'ready',
    createdAt: row.created_at,
  }
}
