import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { newId } from '../../kernel/ids.ts'
import type { DatasetsContext } from './context.ts'

/** A writer at work: its folder's name says which process it is, so that others can tell whether it still lives. */
export interface WorkFolder {
  readonly id: string
  readonly path: string
}

const prefix = 'tables'

function hostKey(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
}

/** When a process began, in ticks since boot: tells a process from a later one with the same number. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch {
    return '0'
  }
}

function isRunning(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = startOf(pid)
  return now === '0' || start === '0' || now === start
}

/** Gives the work a folder of its own on the store's file system and removes it afterwards. */
export async function withWorkFolder<T>(
  ctx: Pick<DatasetsContext, 'temporaryFolder'>,
  work: (folder: WorkFolder) => Promise<T>,
): Promise<T> {
  const id = newId()
  const path = join(ctx.temporaryFolder, [prefix, hostKey(), process.pid, startOf(process.pid), id].join('-'))
  await mkdir(path, { recursive: true })
  try {
    return await work({ id, path })
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

export interface WorkFolderOwner {
  readonly id: string
  /** `unknown`: the process runs, or ran, on another machine. */
  readonly state: 'alive' | 'dead' | 'unknown'
}

/** Whose folder this is, from its name; undefined for a folder of somebody else. */
export function ownerOf(name: string): WorkFolderOwner | undefined {
  const found = /^tables-([0-9a-f]{8})-(\d+)-(\d+)-([0-9a-f]{32})$/.exec(name)
  if (!found) return undefined
  const [, host, pid, start, id] = found as unknown as [string, string, string, string, string]
  if (host !== hostKey()) return { id, state: 'unknown' }
  return { id, state: isRunning(Number(pid), start) ? 'alive' : 'dead' }
}
