import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const dayMs = 24 * 60 * 60 * 1000

/** Folders of commands that were killed: nothing has changed in them for a day. Tables and runs look after their own. */
export function findTemporaryLeftovers(temporaryFolder: string, nowMs: number): readonly string[] {
  return readdirSync(temporaryFolder)
    .filter((name) => /^(\.restore|duckdb|new|predict|reproduce|verify-model)-/.test(name))
    .map((name) => join(temporaryFolder, name))
    .filter((path) => {
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat !== undefined && nowMs - stat.mtimeMs > dayMs
    })
}
