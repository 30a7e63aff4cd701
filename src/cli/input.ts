import { InvalidOptionError } from './errors.ts'

/** What was typed after the command's name, with commander's names for options (`keepGoing`). */
export interface CommandInput {
  readonly args: readonly (string | undefined)[]
  readonly options: Readonly<Record<string, unknown>>
}

/** A required argument; commander has already refused the call without it. */
export function argument(input: CommandInput, index: number): string {
  return input.args[index] ?? ''
}

export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name]
  return typeof value === 'string' ? value : undefined
}

export function flagOption(input: CommandInput, name: string): boolean {
  return input.options[name] === true
}

export function listOption(input: CommandInput, name: string): readonly string[] {
  const value = input.options[name]
  return Array.isArray(value) ? (value as string[]) : []
}

/** A whole number of at least `least`. */
export function countOption(input: CommandInput, name: string, least = 1): number | undefined {
  const value = textOption(input, name)
  if (value === undefined) return undefined
  const count = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(count) || count < least) {
    throw new InvalidOptionError(`--${name}`, value, `a whole number of at least ${least}`)
  }
  return count
}

/** `name=value` pairs; a later one of the same name wins. */
export function pairsOption(input: CommandInput, name: string): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {}
  for (const text of listOption(input, name)) {
    const at = text.indexOf('=')
    if (at < 1) throw new InvalidOptionError(`--${name}`, text, 'a pair such as name=value')
    pairs[text.slice(0, at)] = text.slice(at + 1)
  }
  return pairs
}
