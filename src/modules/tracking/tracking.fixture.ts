import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import type { TrackingContext } from './context.ts'
import { trackingMigrations } from './migrations.ts'

/** Tracking on a real SQLite file in a folder of its own; `tick` moves the clock, which stands still otherwise. */
export interface TrackingFixture extends TrackingContext, AsyncDisposable {
  readonly folder: string
  readonly file: string
  tick(ms: number): void
}

export async function openTracking(): Promise<TrackingFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-tracking-'))
  const file = join(folder, 'baton.db')
  const database = openTestDatabase({ file })
  await database.migrate(trackingMigrations)
  let nowMs = Date.UTC(2026, 0, 12, 6)
  return {
    database,
    clock: { now: () => new Date(nowMs) },
    folder,
    file,
    tick: (ms) => {
      nowMs += ms
    },
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
