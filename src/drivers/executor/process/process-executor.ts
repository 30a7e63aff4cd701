import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

import type { Executor, ProcessExit, ProcessRequest } from '../../../ports/executor.ts'
import { CommandNotStartedError } from './errors.ts'
import { endGroup, readPeakMemory } from './group.ts'
import { createGuard, type Guard } from './guard.ts'

export interface ProcessExecutorOptions {
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs?: number
}

const sampleMs = 100
/** A grandchild that left the group may hold the pipes open; its output is not waited for longer than this. */
const drainMs = 2000

/**
 * Runs each command in a process group of its own, so that Ctrl-C in the terminal reaches only us and a stop reaches all
 * its children. When this process is killed, a guard ends the groups. The memory peak is sampled from /proc on Linux, for
 * the command itself.
 */
export function createProcessExecutor({ graceMs = 5000 }: ProcessExecutorOptions = {}): Executor {
  const guard = createGuard()
  return {
    async execute(request) {
      request.signal?.throwIfAborted()
      const started = performance.now()
      const failure = new AbortController()
      const child = await start(request, guard, (error) => failure.abort(error))
      const groupId = child.pid!
      const stop = watchForStop(request, groupId, { graceMs, failure: failure.signal })
      const memory = watchMemory(groupId)
      try {
        const ended = await whenEnded(child)
        await stop.settled()
        await endGroup(groupId, graceMs)
        await whenDrained(child)
        failure.signal.throwIfAborted()
        return toExit(ended, { started, timedOut: stop.timedOut(), peakMemoryBytes: memory.peak() })
      } finally {
        stop.cancel()
        memory.cancel()
        guard.drop(groupId)
      }
    },
  }
}

function start(request: ProcessRequest, guard: Guard, onFailure: (error: unknown) => void): Promise<ChildProcess> {
  const { command, args, cwd, env, onOutput } = request
  guard.wake()
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) guard.add(child.pid)
  // An error of the caller's must end the command and reach the caller, not end this process.
  const take = (bytes: Buffer, stream: 'stdout' | 'stderr'): void => {
    try {
      onOutput(bytes, stream)
    } catch (error) {
      onFailure(error)
    }
  }
  child.stdout.on('data', (bytes: Buffer) => take(bytes, 'stdout'))
  child.stderr.on('data', (bytes: Buffer) => take(bytes, 'stderr'))
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child))
    child.once('error', (cause) => reject(new CommandNotStartedError(command, cwd, cause)))
  })
}

interface Ended {
  readonly exitCode: number | null
  readonly signal: string | null
}

function whenEnded(child: ChildProcess): Promise<Ended> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve({ exitCode: child.exitCode, signal: child.signalCode })
  }
  return new Promise((resolve) => child.once('exit', (exitCode, signal) => resolve({ exitCode, signal })))
}

async function whenDrained(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null && !stream.closed)
  const closed = Promise.all(streams.map((stream) => new Promise((resolve) => stream!.once('close', resolve))))
  const late = new AbortController()
  await Promise.race([closed, sleep(drainMs, undefined, { signal: late.signal }).catch(() => undefined)])
  late.abort()
  for (const stream of streams) stream!.destroy()
}

/** Ends the group on an abort or after the timeout. */
function watchForStop(
  { timeoutMs, signal }: ProcessRequest,
  groupId: number,
  { graceMs, failure }: { readonly graceMs: number; readonly failure: AbortSignal },
): { timedOut(): boolean; settled(): Promise<void>; cancel(): void } {
  let ending: Promise<void> | undefined
  let isTimedOut = false
  const end = (): void => void (ending ??= endGroup(groupId, graceMs))
  const onTimeout = (): void => {
    isTimedOut = true
    end()
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs)
  signal?.addEventListener('abort', end, { once: true })
  failure.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  return {
    timedOut: () => isTimedOut,
    settled: async () => ending,
    cancel() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
    },
  }
}

function watchMemory(pid: number): { peak(): number | undefined; cancel(): void } {
  let peak: number | undefined
  const look = (): void => {
    peak = readPeakMemory(pid) ?? peak
  }
  look()
  const timer = setInterval(look, sampleMs)
  timer.unref()
  return { peak: () => peak, cancel: () => clearInterval(timer) }
}

function toExit(
  ended: Ended,
  facts: { readonly started: number; readonly timedOut: boolean; readonly peakMemoryBytes: number | undefined },
): ProcessExit {
  const { started, timedOut, peakMemoryBytes } = facts
  const exit = { ...ended, timedOut, wallMs: performance.now() - started }
  return peakMemoryBytes === undefined ? exit : { ...exit, peakMemoryBytes }
}
