import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { newId, type RunId } from '../../../kernel/ids.ts'
import type { RunRecorder } from '../recorder.ts'

/** Who works in a folder, so that a later process can tell whether its owner is gone. */
interface Owner {
  readonly pid: number
  readonly host: string
  /** Start of the process in clock ticks, since a pid is used again; empty where the platform does not tell. */
  readonly started: string
  readonly pipelineRunId: RunId
}

/** The folder of one pipeline run's temporary files. */
export interface WorkFolder {
  /** A new empty folder for one attempt of a step. */
  open(step: string): string
  close(folder: string): void
  /** Removes everything. */
  remove(): void
}

export function openWorkFolder(stateFolder: string, pipelineRunId: RunId): WorkFolder {
  const root = join(stateFolder, 'tmp', `run-${pipelineRunId}`)
  const unnamed = join(stateFolder, 'tmp', `new-${pipelineRunId}`)
  mkdirSync(unnamed, { recursive: true })
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '', pipelineRunId }
  writeFileSync(join(unnamed, 'owner.json'), JSON.stringify(owner))
  // The folder gets the name that a cleaner looks for only when it says who owns it.
  renameSync(unnamed, root)
  return {
    open(step) {
      const folder = join(root, `${step}-${newId().slice(-12)}`)
      mkdirSync(folder)
      return folder
    },
    close: (folder) => rmSync(folder, { recursive: true, force: true }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Removes the work folders of runs whose process was killed, and marks those runs as killed. */
export async function removeAbandonedFolders(stateFolder: string, recorder: RunRecorder): Promise<void> {
  const parent = join(stateFolder, 'tmp')
  for (const name of listFolders(parent)) {
    const folder = join(parent, name)
    const runId = name.slice('run-'.length) as RunId
    const owner = readOwner(folder)
    if (owner !== undefined && isAlive(owner)) continue
    await recorder.abandonPipelineRun(owner?.pipelineRunId ?? runId)
    rmSync(folder, { recursive: true, force: true })
  }
}

function listFolders(parent: string): string[] {
  try {
    return readdirSync(parent).filter((name) => /^run-[0-9a-f]{32}$/.test(name))
  } catch {
    return []
  }
}

function readOwner(folder: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Owner
  } catch {
    return undefined
  }
}

/** A process of another machine counts as alive: nothing here can know. */
function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const started = startOf(owner.pid)
  return started === undefined || owner.started === '' || started === owner.started
}

/** Field 22 of /proc/<pid>/stat, where there is one. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
