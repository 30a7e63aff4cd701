import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { newId } from '../../../kernel/ids.ts'

const longestWriteMs = 24 * 60 * 60 * 1000

/** A new name that says which process writes it. */
export function newTemporaryName(): string {
  return `put-${process.pid}-${newId()}`
}

/** Temporary files whose writer is gone: its process does not exist, or it is a day old. */
export function findLeftovers(temporaryFolder: string): readonly string[] {
  return readNames(temporaryFolder).filter((name) => {
    const pid = Number(/^put-(\d+)-/.exec(name)?.[1])
    return !Number.isInteger(pid) || !isAlive(pid) || isOld(join(temporaryFolder, name))
  })
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function isOld(path: string): boolean {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() }
  return Date.now() - mtimeMs > longestWriteMs
}
