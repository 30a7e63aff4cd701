import { CommanderError } from 'commander'

import { type BatonError, InterruptedError } from '../kernel/errors.ts'
import type { CommandAction, CommandSpec } from './command.ts'
import { exitCodes } from './exit-codes.ts'
import type { Screen } from './print/screen.ts'
import { buildProgram } from './program.ts'
import type { GlobalOptions, Surroundings } from './shell.ts'

interface Call {
  readonly spec: CommandSpec
  readonly args: readonly (string | undefined)[]
  readonly options: Readonly<Record<string, unknown>>
}

type Parsed =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }

/** Reads the words of a call; throws a usage error for a wrong one. */
async function parse(argv: readonly string[]): Promise<Parsed> {
  let call: Call | undefined
  const written: string[] = []
  const program = buildProgram((spec, typed) => {
    call = { spec, ...typed }
  })
  const capture = {
    writeOut: (text: string) => void written.push(text),
    writeErr: (text: string) => void written.push(text),
  }
  for (const command of [program, ...program.commands.flatMap((group) => [group, ...group.commands])]) {
    command.configureOutput(capture)
  }
  try {
    program.parse(argv, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.code === 'commander.version') return { kind: 'version' }
    if (thrown.code === 'commander.help' || thrown.code === 'commander.helpDisplayed') {
      return { kind: 'help', text: written.join('') }
    }
    const { toWrongUse } = await import('./wrong-use.ts')
    throw toWrongUse(program, argv, thrown)
  }
  if (call === undefined) return { kind: 'help', text: program.helpInformation() }
  return { kind: 'call', call }
}

function globalOptions(options: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    debug: options['debug'] === true,
    ...(typeof options['project'] === 'string' ? { project: options['project'] } : {}),
  }
}

/** Before the call is parsed, or when it cannot be, the words themselves say how an error is to be shown. */
function globalWords(argv: readonly string[]): GlobalOptions {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  return { json: words.includes('--json'), quiet: words.includes('--quiet'), debug: words.includes('--debug') }
}

async function perform(around: Surroundings, call: Call): Promise<number> {
  const [action, { openShell }] = await Promise.all([call.spec.load(), import('./open-shell.ts')])
  const global = globalOptions(call.options)
  const jobs = call.options['jobs']
  await using shell = openShell(around, global, typeof jobs === 'string' ? { jobs } : {})
  try {
    const data = await action.run(shell, { args: call.args, options: call.options })
    const text = global.json
      ? await jsonText(toJson(action, data))
      : action.text(data, shell.screenOf(around.stdout), around.now())
    if (text !== '') await shell.output(`${text}\n`)
    return action.exitCode?.(data) ?? 0
  } catch (thrown) {
    return await showError(around, thrown, { ...global, screen: shell.screenOf(around.stderr) })
  }
}

/** Errors inside a result keep their message, and numbers beyond JSON's are text. */
async function jsonText(value: unknown): Promise<string> {
  const [{ BatonError }, { errorToJson }] = await Promise.all([
    import('../kernel/errors.ts'),
    import('./print/error.ts'),
  ])
  return JSON.stringify(
    value,
    (_, part: unknown) => {
      if (part instanceof BatonError) return errorToJson(part).error
      return typeof part === 'bigint' ? part.toString() : part
    },
    2,
  )
}

function toJson(action: CommandAction, data: unknown): unknown {
  const json = action.json === undefined ? data : action.json(data)
  return json ?? null
}

async function showError(
  around: Surroundings,
  thrown: unknown,
  global: GlobalOptions & { readonly screen?: Screen },
): Promise<number> {
  const [{ errorToJson, formatError, toBatonError }, { screenOf }] = await Promise.all([
    import('./print/error.ts'),
    import('./print/screen.ts'),
  ])
  const known: BatonError = toBatonError(thrown)
  const error = around.signal.aborted && known.kind === 'internal' ? new InterruptedError() : known
  if (global.json) around.stdout.write(`${JSON.stringify(errorToJson(error), undefined, 2)}\n`)
  else {
    const screen = global.screen ?? screenOf(around.stderr, around.env, around.cwd)
    around.stderr.write(`${formatError(screen, error, global)}\n`)
  }
  return exitCodes[error.kind]
}

/** Runs one call of the command line and gives its exit code; never throws. */
export async function runCli(around: Surroundings): Promise<number> {
  try {
    const parsed = await parse(around.argv)
    if (parsed.kind === 'call') return await perform(around, parsed.call)
    if (parsed.kind === 'help') around.stdout.write(parsed.text)
    else around.stdout.write(`${(await import('./package-info.ts')).packageVersion()}\n`)
    return 0
  } catch (thrown) {
    return await showError(around, thrown, globalWords(around.argv))
  }
}
