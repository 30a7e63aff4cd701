import { setTimeout as sleep } from 'node:timers/promises'

import { DatabaseBusyError } from '../errors.ts'
import { isBusy } from './failures.ts'

const longestPauseMs = 25

/**
 * Repeats work that another process's lock turned away, with a growing random pause, until the time is up.
 * SQLite's own busy handler would sleep inside the call and stop every timer and socket of this process meanwhile.
 */
export async function retryWhileBusy<T>(work: () => T, options: { file: string; busyTimeoutMs: number }): Promise<T> {
  const started = performance.now()
  for (let attempt = 0; ; attempt += 1) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error)) throw error
      const waitedMs = performance.now() - started
      if (waitedMs >= options.busyTimeoutMs) throw new DatabaseBusyError(options.file, waitedMs, error)
      await sleep(Math.random() * Math.min(longestPauseMs, 2 ** attempt))
    }
  }
}
