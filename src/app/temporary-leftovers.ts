import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { isAbandoned } from '../kernel/owned-name.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Folders of commands that were killed: their process is gone, or nothing has changed in them for a day. Tables and runs look after their own. */
export function findTemporaryLeftovers(temporaryFolder: string, nowMs: number): readonly string[] {
  return readdirSync(temporaryFolder)
    .filter((name) => /^(\.restore|duckdb|new|predict|reproduce|verify-model)-/.test(name))
    .filter((name) => {
      const stat = statSync(join(temporaryFolder, name), { throwIfNoEntry: false })
      return stat !== undefined && (isAbandoned(name) || nowMs - stat.mtimeMs > dayMs)
    })
    .map((name) => join(temporaryFolder, name))
}
