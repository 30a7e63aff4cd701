import { hostname } from 'node:os'

import { digestBytes, shortDigest } from './hash.ts'
import { newId } from './ids.ts'

/** Processes of two machines or containers may share a folder and have the same number. */
const host = shortDigest(digestBytes(hostname()))

/** A name for a temporary file or folder that says which process it belongs to; no two are equal. */
export function ownedName(prefix: string): string {
  return `${prefix}-${host}-${process.pid}-${newId()}`
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a name was given by `ownedName` to a process of this host that runs no more. */
export function isAbandoned(name: string): boolean {
  const [, owner, pid] = /-([0-9a-f]+)-(\d+)-[0-9a-f]+$/.exec(name) ?? []
  return owner === host && !isRunning(Number(pid))
}
