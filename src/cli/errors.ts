import { BatonError } from '../kernel/errors.ts'

function meant(name: string | undefined, otherwise: string): string {
  return name === undefined ? otherwise : `Did you mean "${name}"? ${otherwise}`
}

export class UnknownCommandError extends BatonError {
  constructor(name: string, options: { readonly group: string; readonly near?: string | undefined }) {
    super({
      code: 'cli.unknown_command',
      kind: 'usage',
      message: `There is no command "${options.group} ${name}".`,
      hint: meant(options.near, `"${options.group} --help" lists what there is.`),
      details: { command: name, ...(options.near === undefined ? {} : { near: options.near }) },
    })
  }
}

export class UnknownOptionError extends BatonError {
  constructor(name: string, options: { readonly command: string; readonly near?: string | undefined }) {
    super({
      code: 'cli.unknown_option',
      kind: 'usage',
      message: `"${options.command}" has no option ${name}.`,
      hint: meant(options.near, `"${options.command} --help" lists what it takes.`),
      details: { option: name, ...(options.near === undefined ? {} : { near: options.near }) },
    })
  }
}

export class WrongArgumentsError extends BatonError {
  constructor(message: string, command: string) {
    super({
      code: 'cli.wrong_arguments',
      kind: 'usage',
      message,
      hint: `"${command} --help" shows an example.`,
    })
  }
}

export class InvalidOptionError extends BatonError {
  constructor(option: string, value: string, expected: string) {
    super({
      code: 'cli.invalid_option',
      kind: 'usage',
      message: `${option} is "${value}", and it must be ${expected}.`,
      hint: `Give ${option} ${expected}.`,
      details: { option, value },
    })
  }
}
