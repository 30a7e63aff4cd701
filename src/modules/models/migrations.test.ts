import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { trackingMigrations } from '../tracking/index.ts'
import {
  createVersion,
  getVersion,
  modelsMigrations,
  registerModel,
  renameModel,
  resolveModel,
  rollback,
  showModel,
} from './index.ts'
import { openRegistry, reason, registration } from './registry.fixture.ts'

const s3 = (name: string) => `s3://bucket/${name}`

describe('the migration from the first registry', () => {
  it('keeps versions, aliases and their history', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const database = openTestDatabase({ file: join(ctx.folder, 'old.db') })
    await using old = { ...ctx, database, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
    const [first, ...rest] = modelsMigrations
    await database.migrate([...trackingMigrations, first!])
    const { contract, signature, judgement } = (await registerModel(ctx, registration('a'))).version
    const digest = `sha256:${'a'.repeat(64)}`
    const at = '2026-01-02T03:04:05.000Z'
    const tables = database.tables<Record<string, Record<string, unknown>>>()
    await tables
      .insertInto('registered_models')
      .values({ name: 'churn', last_version: 2, created_at: at, updated_at: at })
      .execute()
    for (const version of [1, 2])
      await tables
        .insertInto('model_versions')
        .values({
          model: 'churn',
          version,
          run_id: `r${version}`,
          model_digest: digest,
          size_bytes: 1000,
          files: 2,
          report_digest: `sha256:${String(version).repeat(64)}`,
          contract_digest: digest,
          contract: JSON.stringify(contract),
          signature: JSON.stringify(signature),
          judgement: JSON.stringify(judgement),
          status: 'ready',
          created_at: at,
        })
        .execute()
    await tables
      .insertInto('model_aliases')
      .values({ model: 'churn', alias: 'champion', version: 2, updated_at: at })
      .execute()
    for (const number of [1, 2])
      await tables
        .insertInto('alias_events')
        .values({
          id: `e${number}`,
          model: 'churn',
          alias: 'champion',
          number,
          from_version: null,
          to_version: number,
          action: 'promote',
          ...reason,
          at,
        })
        .execute()
    await database.migrate([...trackingMigrations, first!, ...rest])
    expect(await resolveModel(old, 'churn@champion')).toMatchObject({
      version: 2,
      runId: 'r2',
      origin: 'gate',
      location: `mlflow-artifacts:/models/${'a'.repeat(64)}`,
      tags: { 'baton.contract.holds': 'true', 'baton.model.digest': digest },
      contract,
      createdAt: at,
    })
    expect((await rollback(old, 'churn', 'champion', reason)).version.version).toBe(1)
    expect((await createVersion(old, { model: 'churn', source: s3('x') })).version).toBe(3)
    expect(await getVersion(old, { kind: 'latest', model: 'churn' })).toMatchObject({ origin: 'client' })
    await renameModel(old, 'churn', 'other')
    expect((await showModel(old, 'other')).history).toHaveLength(3)
  })
})
