import { Command, Option } from 'commander'

import type { CommandSpec, OptionSpec } from './command.ts'
import { commandGroups, commands } from './commands/index.ts'

/** Called when a command was typed in full: its spec, its arguments and options, and the global options. */
export type OnCommand = (
  spec: CommandSpec,
  typed: { args: (string | undefined)[]; options: Record<string, unknown> },
) => void

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.summary)
  if (spec.repeat === true)
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value])
  return option
}

function exampleText(examples: readonly string[]): string {
  return `${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.map((line) => `  ${line}`).join('\n')}\n`
}

function addCommand(parent: Command, spec: CommandSpec, onCommand: OnCommand): void {
  const name = spec.name.split(' ').at(-1)!
  const command = parent.command(spec.args === undefined ? name : `${name} ${spec.args}`).summary(spec.summary)
  command.description(spec.summary).addHelpText('before', exampleText(spec.examples))
  for (const option of spec.options ?? []) command.addOption(toOption(option))
  command.action((...typed: unknown[]) => {
    const args = typed.slice(0, command.registeredArguments.length) as (string | undefined)[]
    onCommand(spec, { args, options: command.optsWithGlobals() })
  })
}

/** The whole tree of commands, as data for commander; nothing heavy is loaded. */
export function buildProgram(onCommand: OnCommand): Command {
  const program = new Command('baton')
    .description('One tool for the whole road of a predictive model: raw data to monitored service.')
    .usage('<command> [options]')
    .option('--json', 'print one JSON document on standard output, all else on standard error')
    .option('--quiet', 'print the result and errors only')
    .option('--debug', 'with an error, print its stack')
    .option('--project <folder>', 'the project, when it is not this folder or one above it')
    .version('', '-V, --version', 'print the version')
    .addHelpText('before', exampleText(['baton init churn --from customers.csv --target churned', 'baton run churn']))
    .addHelpText('after', '\n"baton <command> --help" shows an example of each.')
    .helpCommand('help [command]', 'show the help of a command')
  const groups = new Map<string, Command>()
  for (const spec of commands) {
    const [group] = spec.name.split(' ')
    if (group === spec.name) {
      addCommand(program, spec, onCommand)
      continue
    }
    let parent = groups.get(group!)
    if (parent === undefined) {
      const summary = commandGroups[group!] ?? ''
      const examples = commands.filter(({ name }) => name.startsWith(`${group} `)).map((each) => each.examples[0]!)
      parent = program.command(group!).summary(summary).description(summary)
      parent.addHelpText('before', exampleText(examples))
      groups.set(group!, parent)
    }
    addCommand(parent, spec, onCommand)
  }
  for (const command of [program, ...program.commands, ...[...groups.values()].flatMap((group) => group.commands)]) {
    command
      .showSuggestionAfterError(false)
      .configureHelp({ showGlobalOptions: command !== program })
      .exitOverride()
  }
  return program
}
