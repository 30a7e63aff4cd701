import { readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'

import { digestBytes, shortDigest } from '../../../kernel/hash.ts'
import { newId } from '../../../kernel/ids.ts'

/** Processes of two machines or containers may share a store and have the same number. */
const host = shortDigest(digestBytes(hostname()))

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where a session of this process may spill to; the engine makes the folder when it needs it. */
export async function newSpillFolder(temporaryFolder: string): Promise<string> {
  await mkdir(resolve(temporaryFolder), { recursive: true })
  return resolve(temporaryFolder, `duckdb-${host}-${process.pid}-${newId()}`)
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
    const [, owner, pid] = /^duckdb-([0-9a-f]+)-(\d+)-[0-9a-f]+$/.exec(name) ?? []
    if (owner !== host || isRunning(Number(pid))) continue
    await rm(join(temporaryFolder, name), { recursive: true, force: true })
  }
}
