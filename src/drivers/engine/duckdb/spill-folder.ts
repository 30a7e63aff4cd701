import { readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { isAbandoned, ownedName } from '../../../kernel/owned-name.ts'

/** Where a session of this process may spill to; the engine makes the folder when it needs it. */
export async function newSpillFolder(temporaryFolder: string): Promise<string> {
  await mkdir(resolve(temporaryFolder), { recursive: true })
  return resolve(temporaryFolder, ownedName('duckdb'))
}

/** Removes what sessions of killed processes of this host have spilled: that can be as large as the data. */
export async function removeDeadSpills(temporaryFolder: string): Promise<void> {
  let names: string[]
  try {
    names = readdirSync(temporaryFolder)
  } catch {
    return
  }
  for (const name of names) {
    if (!name.startsWith('duckdb-') || !isAbandoned(name)) continue
    await rm(join(temporaryFolder, name), { recursive: true, force: true })
  }
}
