import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Sends a signal to every process of a group; one that is gone is no error. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return
    throw error
  }
}

/** Whether any process of a group still runs; a zombie that nobody reaps does not count where /proc tells. */
export function isGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isLiveMember(name, groupId))
}

function isLiveMember(pid: string, groupId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(group) === groupId && state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}

/** Ends what is left of a group: SIGTERM, and SIGKILL after the grace. */
export async function endGroup(groupId: number, graceMs: number): Promise<void> {
  if (!isGroupAlive(groupId)) return
  signalGroup(groupId, 'SIGTERM')
  for (const deadline = Date.now() + graceMs; Date.now() < deadline; ) {
    await sleep(20)
    if (!isGroupAlive(groupId)) return
  }
  signalGroup(groupId, 'SIGKILL')
  for (const deadline = Date.now() + 1000; Date.now() < deadline && isGroupAlive(groupId); ) await sleep(20)
}

/** The largest resident memory of a process so far (VmHWM), where /proc tells. */
export function readPeakMemory(pid: number): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found ? Number(found[1]) * 1024 : undefined
  } catch {
    return undefined
  }
}
