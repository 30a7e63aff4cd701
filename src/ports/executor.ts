/** How a command ended. */
export interface ProcessExit {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly timedOut: boolean
  readonly wallMs: number
  /** The largest resident memory of the process, where the platform tells. */
  readonly peakMemoryBytes?: number
}

export interface ProcessRequest {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment of the process; nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>
  /** Both output streams go here, in order of arrival, as raw bytes. The caller may drop what is too much. */
  readonly onOutput: (bytes: Uint8Array, stream: 'stdout' | 'stderr') => void
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * Runs one process. Laws:
 * 1. When the promise settles, the process and all its children have ended.
 * 2. An aborted signal or a timeout ends the whole process group: SIGTERM, then SIGKILL after a short grace.
 * 3. Output is delivered completely before the promise settles, and memory does not grow with it.
 * 4. A command that cannot be started rejects with an unavailable error that names it.
 */
export interface Executor {
  execute(request: ProcessRequest): Promise<ProcessExit>
}
