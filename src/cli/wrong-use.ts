import type { Command, CommanderError } from 'commander'

import type { BatonError } from '../kernel/errors.ts'
import { nearest } from '../kernel/nearest.ts'
import { UnknownCommandError, UnknownOptionError, WrongArgumentsError } from './errors.ts'

/** The deepest command that the words of a call name. */
function calledCommand(program: Command, argv: readonly string[]): Command {
  let command = program
  for (const word of argv) {
    const next = command.commands.find((candidate) => candidate.name() === word)
    if (next !== undefined) command = next
  }
  return command
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

/** What commander refused, as an error of ours that names the nearest right word. */
export function toWrongUse(program: Command, argv: readonly string[], refusal: CommanderError): BatonError {
  const command = calledCommand(program, argv)
  const name = fullName(command)
  const word = /'([^']*)'/.exec(refusal.message)?.[1] ?? ''
  switch (refusal.code) {
    case 'commander.unknownCommand': {
      const near = nearest(
        word,
        command.commands.map((candidate) => candidate.name()),
      )
      return new UnknownCommandError(word, { group: name, near })
    }
    case 'commander.unknownOption': {
      const known = [...command.options, ...program.options].map((option) => option.long ?? option.flags)
      return new UnknownOptionError(word, { command: name, near: nearest(word.split('=')[0]!, known) })
    }
    case 'commander.missingArgument':
      return new WrongArgumentsError(`"${name}" needs <${word}>, and it is missing.`, name)
    case 'commander.excessArguments': {
      const { registeredArguments } = command
      const takes = registeredArguments.map((each) => `<${each.name()}>`).join(' ')
      const most = takes === '' ? 'options only' : `only ${takes} and options`
      const message = `"${name}" takes ${most}, and more words were given.`
      return new WrongArgumentsError(`${message} A text with spaces stands in quotes.`, name)
    }
    case 'commander.optionMissingArgument':
      return new WrongArgumentsError(`The option "${word}" of "${name}" needs a value, and it has none.`, name)
    default:
      return new WrongArgumentsError(
        `"${name}" was called in a wrong way: ${refusal.message.replace(/^error: /, '')}.`,
        name,
      )
  }
}
