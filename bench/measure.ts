import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Measured {
  readonly seconds: number
  /** The largest resident memory of the whole process tree, sampled ten times a second. */
  readonly peakMiB: number
  readonly exitCode: number
  readonly output: string
}

/** Runs a command and measures its wall time and the memory of its process tree (Linux: from /proc). */
export async function measure(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const started = performance.now()
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  let peakKb = 0
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, treeMemoryKb(child.pid!))
  }, 100)
  const exitCode = await new Promise<number>((done) => child.on('close', (code) => done(code ?? 1)))
  clearInterval(timer)
  return { seconds: (performance.now() - started) / 1000, peakMiB: peakKb / 1024, exitCode, output }
}

/** The same, for a command that must succeed. */
export async function measureSuccess(...call: Parameters<typeof measure>): Promise<Measured> {
  const measured = await measure(...call)
  if (measured.exitCode === 0) return measured
  throw new Error(`${call[0]} ${call[1].join(' ')} ended with ${measured.exitCode}\n${measured.output}`)
}

function treeMemoryKb(root: number): number {
  const parents = new Map<number, number>()
  const memory = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]))
      memory.set(pid, Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0))
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid: number): boolean => pid === root || (pid > 1 && parents.has(pid) && isBelow(parents.get(pid)!))
  let sum = 0
  for (const [pid, kb] of memory) if (isBelow(pid)) sum += kb
  return sum
}
