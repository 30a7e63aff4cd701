import { BatonError } from '../kernel/errors.ts'

export class NoProjectError extends BatonError {
  constructor(folder: string, options: { readonly exact: boolean }) {
    super({
      code: 'config.no_project',
      kind: 'not_found',
      message: options.exact
        ? `${folder} is no project: it has no baton.config.ts.`
        : `There is no baton.config.ts in ${folder} or in a folder above it.`,
      hint: 'Go to your project, name it with --project, or begin one with "baton init NAME --from data.csv --target COLUMN".',
      details: { folder },
    })
  }
}

/** Node reads a file as CommonJS, where its package says so or says nothing that fits. */
const isCommonJs = (cause: unknown): boolean =>
  cause instanceof SyntaxError && /import statement outside a module|Unexpected token 'export'/.test(cause.message)

export class ConfigFileError extends BatonError {
  constructor(file: string, cause: unknown) {
    super({
      code: 'config.unreadable',
      kind: 'usage',
      message: `baton.config.ts could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: isCommonJs(cause)
        ? 'The package.json of the project, or of a folder above it, makes its files CommonJS: write "type": "module" into one beside baton.config.ts.'
        : 'Mend the file; it must end in "export default defineConfig({ … })".',
      where: { file },
      cause,
    })
  }
}

export class UnknownSettingError extends BatonError {
  constructor(
    name: string,
    options: { readonly origin: string; readonly near: string | undefined; readonly all: readonly string[] },
  ) {
    super({
      code: 'config.unknown_setting',
      kind: 'usage',
      message: `There is no setting "${name}".`,
      hint:
        options.near === undefined
          ? `The settings are ${options.all.join(', ')}.`
          : `Did you mean "${options.near}"? The settings are ${options.all.join(', ')}.`,
      where: { file: options.origin },
      details: { setting: name, ...(options.near === undefined ? {} : { near: options.near }) },
    })
  }
}

export class InvalidSettingError extends BatonError {
  constructor(name: string, options: { readonly value: unknown; readonly origin: string; readonly expected: string }) {
    super({
      code: 'config.invalid_setting',
      kind: 'usage',
      message: `The setting "${name}" is ${JSON.stringify(options.value) ?? 'undefined'}, which it cannot be.`,
      hint: `Give it ${options.expected}.`,
      where: { file: options.origin },
      details: { setting: name },
    })
  }
}
