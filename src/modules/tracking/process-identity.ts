import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * Names one process for good: its number alone is given to another one later.
 * `machine:boot:namespace:start` on Linux; elsewhere only the start is known.
 */
export type ProcessToken = string

/** `other` cannot be seen from here: another container or machine. */
export type ProcessState = 'alive' | 'gone' | 'other'

/** The token of a process that runs now; undefined when there is none or nobody can tell. */
export function readProcessToken(pid: number = process.pid): ProcessToken | undefined {
  const start = readStart(pid)
  if (start === undefined) return undefined
  return [readLine('/etc/machine-id'), readLine('/proc/sys/kernel/random/boot_id'), readNamespace(), start].join(':')
}

/** Whether the process that once had this number and token still runs. */
export function findProcessState(pid: number, token: ProcessToken): ProcessState {
  const [machine, boot, namespace, start] = token.split(':')
  if (machine !== readLine('/etc/machine-id')) return 'other'
  if (boot !== readLine('/proc/sys/kernel/random/boot_id')) return 'gone'
  if (namespace !== readNamespace()) return 'other'
  return readStart(pid) === start ? 'alive' : 'gone'
}

function readStart(pid: number): string | undefined {
  return process.platform === 'linux' ? readLinuxStart(pid) : readStartByPs(pid)
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; a zombie has ended. The name (field 2) may hold spaces. */
function readLinuxStart(pid: number): string | undefined {
  const text = readText(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

function readStartByPs(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return text === '' ? undefined : text.replaceAll(/[\s:]+/g, '-')
  } catch {
    return undefined
  }
}

function readNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')
  } catch {
    return ''
  }
}

function readLine(path: string): string {
  return readText(path)?.trim() ?? ''
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
