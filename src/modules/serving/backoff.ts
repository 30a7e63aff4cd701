import { InterruptedError, throwIfAborted } from '../../kernel/errors.ts'

const longestPauseMs = 60_000
const longestWishMs = 300_000

/**
 * The pause before try `attempt` + 1 (the first try is 1): exponential with full jitter (Brooker, AWS 2015),
 * and never shorter than the receiver asked for. `random` is in [0, 1).
 */
export function pauseMs(
  attempt: number,
  options: { firstMs: number; retryAfterMs: number | undefined; random: number },
): number {
  const ceiling = Math.min(longestPauseMs, options.firstMs * 2 ** (attempt - 1))
  const wished = Math.min(longestWishMs, options.retryAfterMs ?? 0)
  return wished + Math.round(options.random * ceiling)
}

/** Waits, and rejects at once when asked to stop. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal)
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(new InterruptedError())
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
