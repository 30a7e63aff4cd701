import type { Config } from '../config/index.ts'
import type { CliApp, CliBackend, CliTools, RunningServer, ServeOptions } from './app-interface.ts'
import type { Screen } from './print/screen.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly debug: boolean
  readonly project?: string
}

/** The terminal and the process around one call of `baton`; a test gives its own. */
export interface Surroundings {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin?: AsyncIterable<Uint8Array | string>
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly backend: CliBackend
}

export interface OutputStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** What a command works with. */
export interface Shell {
  readonly global: GlobalOptions
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly now: () => Date
  /** For progress and remarks, on the error stream. */
  readonly remarks: { readonly screen: Screen; readonly write: (text: string) => void }
  /** A line beside the result; nothing when `--quiet`. */
  remark(line: string): void
  /** The first line of standard input; empty when there is none. */
  firstInputLine(): Promise<string>
  /** Text of the result that is too long to hold: straight to the output stream. */
  output(text: string): Promise<void>
  config(): Promise<Config>
  /** The open project; opened at the first call, closed by the command line when the command is done. */
  app(): Promise<CliApp>
  /** The project in just this folder, which need not be the one that the reader stands in; opened and closed alike. */
  appIn(folder: string): Promise<CliApp>
  tools(): Promise<CliTools>
  /** Starts the server; the caller stops it. */
  serve(options: ServeOptions): Promise<RunningServer>
}
