import type { Shell } from './shell.ts'
import type { CommandInput } from './input.ts'
import type { Screen } from './print/screen.ts'

/** An option as commander writes it: `-j, --jobs <count>`. */
export interface OptionSpec {
  readonly flags: string
  readonly summary: string
  /** May stand more than once; the values are collected. */
  readonly repeat?: boolean
}

/** A command as data, light enough that `baton --help` loads all of them. */
export interface CommandSpec {
  /** `run`, or with its group `runs list`. */
  readonly name: string
  /** `<pipeline>`, `[name]`, in commander's notation. */
  readonly args?: string
  readonly summary: string
  /** Shown first; each can be typed as it stands. */
  readonly examples: readonly string[]
  readonly options?: readonly OptionSpec[]
  /** Loads what does the work, when the command is called and not before. */
  load(): Promise<CommandAction>
}

/** What a command does: data first, then the same data for a person or a program. */
export interface CommandAction<Data = unknown> {
  run(shell: Shell, input: CommandInput): Promise<Data>
  text(data: Data, screen: Screen, now: Date): string
  /** What `--json` prints when it is not the data itself. */
  json?(data: Data): unknown
  /** 0 unless the data says that something did not hold. */
  exitCode?(data: Data): number
}

/** Keeps a command's own type of data inside its file. */
export function defineAction<Data>(action: CommandAction<Data>): CommandAction {
  return action
}
