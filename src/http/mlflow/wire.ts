import { z } from 'zod'

import { MlflowError } from './mlflow-error.ts'

// The types of fields as protobuf's JSON writes them: an absent field may be null, a whole number may be text.

export const text = z.string()

/** A whole number, also as text; `toInteger` reads it. */
export const integer = z.union([z.int(), z.string().regex(/^-?\d{1,19}$/)])

const specialDoubles = z.enum(['NaN', 'Infinity', '-Infinity'])

/** Any double; `toDouble` reads it. */
export const double = z.union([z.number(), specialDoubles, z.string().regex(/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/)])

/** True or false, also as text in a query. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false'])])

export const keyValue = z.object({ key: text.nullish(), value: text.nullish() })

/** An id of an experiment: some clients send the number. */
export const experimentId = z.union([text, z.int()])

export function toInteger(value: z.infer<typeof integer>, name: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${JSON.stringify(value)} for parameter '${name}' supplied: it is beyond 2^53.`,
  )
}

export function toDouble(value: z.infer<typeof double>): number {
  return Number(value)
}

/** A double as protobuf's JSON has it: what JSON has no number for is text. */
export function fromDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

export function toFlag(value: z.infer<typeof flag>): boolean {
  return value === true || value === 'true'
}

/** Keys and values as an object; a missing value is an empty text, as in protobuf. */
export function toEntries(pairs: readonly z.infer<typeof keyValue>[]): [key: string, value: string][] {
  return pairs.map(({ key, value }) => [key ?? '', value ?? ''])
}

/** An object as a list of keys and values. */
export function toPairs(entries: Readonly<Record<string, string>>): readonly { key: string; value: string }[] {
  return Object.entries(entries).map(([key, value]) => ({ key, value }))
}

/** A list as the wire has it: an empty one is left out. */
export function unlessEmpty<Name extends string, T>(name: Name, list: readonly T[]): { [K in Name]?: readonly T[] } {
  return (list.length === 0 ? {} : { [name]: list }) as { [K in Name]?: readonly T[] }
}
