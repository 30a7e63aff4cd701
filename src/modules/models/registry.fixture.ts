import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { digestBytes } from '../../kernel/hash.ts'
import type { Database } from '../../ports/database.ts'
import { contract, type ModelContract, type QualityFacts } from '../contracts/index.ts'
import { trackingMigrations } from '../tracking/index.ts'
import type { RegistryContext } from './context.ts'
import type { Registration } from './register.ts'
import { modelsMigrations } from './migrations.ts'

const ticking = { now: () => new Date() }

export const smallContract: ModelContract = contract({
  name: 'churn',
  task: 'binary',
  target: 'churned',
  owners: { dataScience: 'ana@shop.example', engineering: 'ben@shop.example' },
  input: { recency_days: { type: 'number', min: 0 } },
  output: { churn_probability: { type: 'number' } },
  quality: { rocAuc: { min: 0.7, interval: 'lower' } },
  latency: { p95Ms: 20 },
})

export const smallFacts: QualityFacts = {
  metrics: { rocAuc: { value: 0.74, lower: 0.72, upper: 0.76 } },
  latency: { p95Ms: 1 },
}

/** A registration that holds; `seed` makes models of different content. */
export function registration(seed: string, change: Partial<Registration> = {}): Registration {
  return {
    contract: smallContract,
    model: { digest: digestBytes(`model ${seed}`), sizeBytes: 1000, files: 2 },
    reportDigest: digestBytes(`report ${seed}`),
    signature: {
      task: 'binary',
      inputs: [{ name: 'recency_days', type: 'number', nullable: true }],
      output: { name: 'score' },
    },
    facts: smallFacts,
    runId: 'r1',
    ...change,
  }
}

export const reason = { who: 'ana', why: 'better on every slice' }

export interface TestRegistry extends RegistryContext, AsyncDisposable {
  readonly file: string
  readonly folder: string
}

export async function openRegistry(openDatabase: (options: { file: string }) => Database): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-models-'))
  const file = join(folder, 'baton.db')
  const database = openDatabase({ file })
  await database.migrate([...trackingMigrations, ...modelsMigrations])
  return {
    database,
    clock: ticking,
    file,
    folder,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
