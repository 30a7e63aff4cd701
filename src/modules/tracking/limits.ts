import { posix } from 'node:path'

import { InvalidEntryError } from './errors.ts'

/** What MLflow's validation allows (mlflow/utils/validation.py); a client may rely on all of it. */
export const limits = {
  keyCharacters: 250,
  paramCharacters: 6000,
  tagCharacters: 8000,
  runNameCharacters: 250,
  experimentNameCharacters: 500,
  experimentTagCharacters: 20_000,
  noteCharacters: 8000,
} as const

/** Refuses a metric, param or tag key that MLflow's clients and file names could not carry. */
export function checkKey(key: string, what: 'metric' | 'param' | 'tag' | 'input' | 'output'): void {
  if (key.length === 0) throw new InvalidEntryError(`A ${what} has an empty key.`, 'Give it a name.')
  if (key.length > limits.keyCharacters) {
    throw new InvalidEntryError(
      `The ${what} key "${key.slice(0, 60)}…" has ${key.length} characters.`,
      `Use at most ${limits.keyCharacters}.`,
    )
  }
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(key)) {
    throw new InvalidEntryError(
      `The ${what} key "${key}" has a character that is not allowed.`,
      'Use letters, digits, underscores, dashes, periods, spaces, colons and slashes.',
    )
  }
  if (posix.normalize(key) !== key || key === '.' || key.startsWith('/') || key.endsWith('/') || key.startsWith('..')) {
    throw new InvalidEntryError(
      `The ${what} key "${key}" is not a plain path.`,
      'Leave out a leading slash, "..", "." and double or trailing slashes.',
    )
  }
}

/** What to do with a value that is longer than MLflow keeps: refuse it, or keep its beginning as MLflow does. */
export type TooLong = 'refuse' | 'truncate'

export function fitValue(value: string, options: { most: number; what: string; tooLong: TooLong }): string {
  if (value.length <= options.most) return value
  if (options.tooLong === 'truncate') return value.slice(0, options.most)
  throw new InvalidEntryError(
    `${options.what} has ${value.length} characters.`,
    `Use at most ${options.most}; keep longer texts as an artifact.`,
  )
}

/** A time in milliseconds or a step: JavaScript must be able to hold it exactly. */
export function checkInteger(value: number, what: string, least: number = Number.MIN_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new InvalidEntryError(
    `${what} is ${value}.`,
    least === 0 ? 'Give a whole number of 0 or more.' : 'Give a whole number between -2^53 and 2^53.',
  )
}
