import { BatonError } from '../../kernel/errors.ts'

export class FolderNotEmptyError extends BatonError {
  constructor(folder: string) {
    super({
      code: 'init.folder_not_empty',
      kind: 'conflict',
      message: `${folder} is already there and not empty.`,
      hint: 'Choose another name, or empty the folder first: baton init never writes over files.',
      details: { folder },
    })
  }
}

export class BadProjectNameError extends BatonError {
  constructor(name: string) {
    super({
      code: 'init.bad_name',
      kind: 'usage',
      message: `"${name}" cannot be the name of a project.`,
      hint: 'Use letters, digits, "-", "_" and ".", beginning with a letter or digit; it becomes a folder.',
      details: { name },
    })
  }
}

export class MissingFileError extends BatonError {
  constructor(path: string) {
    super({
      code: 'init.missing_file',
      kind: 'not_found',
      message: `There is no file ${path}.`,
      hint: 'Check the path after --from; it is read from the folder where you are.',
      details: { path },
    })
  }
}

export class UnknownFormatError extends BatonError {
  constructor(path: string) {
    super({
      code: 'init.unknown_format',
      kind: 'usage',
      message: `${path} is no table that baton init can read.`,
      hint: 'It reads .csv, .csv.gz, .parquet, .jsonl and .ndjson files.',
      details: { path },
    })
  }
}

export class EmptyTableError extends BatonError {
  constructor(path: string, rows: number) {
    super({
      code: 'init.too_few_rows',
      kind: 'usage',
      message: `${path} has ${rows} rows of data, too few to learn from and to test on.`,
      hint: 'Give a table with at least 20 rows.',
      where: { file: path },
      details: { rows },
    })
  }
}

export class UnknownTargetError extends BatonError {
  constructor(target: string, options: { readonly columns: readonly string[]; readonly near: string | undefined }) {
    const shown = options.columns.slice(0, 12).join(', ')
    const list = `The ${options.columns.length} columns are ${shown}${options.columns.length > 12 ? ', …' : ''}.`
    super({
      code: 'init.unknown_target',
      kind: 'usage',
      message: `The table has no column "${target}".`,
      hint:
        options.near === undefined
          ? `${list} A position such as #31, or last, does too.`
          : `Did you mean "${options.near}"? ${list}`,
      details: { target, ...(options.near === undefined ? {} : { near: options.near }) },
    })
  }
}

export class UnsuitableTargetError extends BatonError {
  constructor(target: string, problem: string, hint: string) {
    super({
      code: 'init.unsuitable_target',
      kind: 'usage',
      message: `The column "${target}" cannot be the target: ${problem}.`,
      hint,
      details: { target },
    })
  }
}

export class MulticlassTargetError extends BatonError {
  constructor(target: string, classes: number) {
    super({
      code: 'init.multiclass',
      kind: 'usage',
      message: `The column "${target}" has ${classes} different texts, and models with more than two classes are not there yet.`,
      hint: 'Predict one class against the rest: add a column with two values, and name it with --target.',
      details: { target, classes },
    })
  }
}

export class NoFeaturesError extends BatonError {
  constructor(target: string, excluded: number) {
    super({
      code: 'init.no_features',
      kind: 'usage',
      message: `Beside "${target}" there is no column to learn from; ${excluded} are constant, identifiers, dates or of no type that a model reads.`,
      hint: 'Give a table with at least one column of numbers or categories.',
    })
  }
}

export class UnknownTemplateError extends BatonError {
  constructor(name: string, options: { readonly templates: readonly string[]; readonly near: string | undefined }) {
    const list = `There is: ${options.templates.join(', ')}.`
    super({
      code: 'init.unknown_template',
      kind: 'not_found',
      message: `There is no template "${name}".`,
      hint: options.near === undefined ? list : `Did you mean "${options.near}"? ${list}`,
      details: { template: name },
    })
  }
}
