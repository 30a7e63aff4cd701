import { createHmac, randomBytes } from 'node:crypto'

import { TooManyAttemptsError } from './errors.ts'
import { hashPassword, verifyPassword } from './password.ts'

/** Checks passwords without deriving a key for each of the thousand requests of a training script. */
export interface PasswordChecks {
  check(user: string, password: string, hash: string | null | undefined): Promise<boolean>
}

const keptMs = 5 * 60_000
const mostKept = 1000
const mostFailures = 10
const pauseMs = 30_000

/**
 * Remembers for five minutes that a password was right, under a key of this process, so that neither the password
 * nor anything it can be had from is kept. The stored hash is part of what is remembered: a changed password counts at
 * once. After ten failures in a row a name has to wait, while those who are known go on.
 */
export function createPasswordChecks(nowMs: () => number): PasswordChecks {
  const secret = randomBytes(32)
  const right = new Map<string, number>()
  const running = new Map<string, Promise<boolean>>()
  const failures = new Map<string, { count: number; lastMs: number }>()

  let decoy: Promise<string> | undefined
  /** As slow as a real check, for a user who is not there: nobody can tell from the time which names exist. */
  async function pretendToVerify(password: string): Promise<false> {
    decoy ??= hashPassword(randomBytes(16).toString('hex'))
    await verifyPassword(password, await decoy)
    return false
  }

  function keep(key: string): void {
    right.set(key, nowMs() + keptMs)
    if (right.size > mostKept) right.delete(right.keys().next().value!)
  }

  function refuseTooMany(user: string): void {
    const failed = failures.get(user)
    if (failed === undefined) return
    if (nowMs() - failed.lastMs > pauseMs) failures.delete(user)
    else if (failed.count >= mostFailures) throw new TooManyAttemptsError(pauseMs / 1000)
  }

  function countFailure(user: string): void {
    failures.set(user, { count: (failures.get(user)?.count ?? 0) + 1, lastMs: nowMs() })
    if (failures.size > mostKept) failures.delete(failures.keys().next().value!)
  }

  return {
    async check(user, password, hash) {
      const key = createHmac('sha256', secret)
        .update(JSON.stringify([user, password, hash]))
        .digest('base64')
      if ((right.get(key) ?? 0) > nowMs()) return true
      refuseTooMany(user)
      // Sixteen clients that start together cost one derivation.
      const check = running.get(key) ?? (hash ? verifyPassword(password, hash) : pretendToVerify(password))
      running.set(key, check)
      const isRight = await check.finally(() => running.delete(key))
      if (isRight) {
        keep(key)
        failures.delete(user)
      } else countFailure(user)
      return isRight
    },
  }
}
