import { BatonError } from '../../kernel/errors.ts'

/** The folder holds nothing that a runtime can load. */
export class NotAModelError extends BatonError {
  constructor(folder: string, message: string, hint: string, cause?: unknown) {
    super({ code: 'runtime.not_a_model', kind: 'usage', message, hint, where: { file: folder }, cause })
  }
}

/** What the model file takes or gives is not what its description says, or cannot be told from it. */
export class ModelSignatureError extends BatonError {
  constructor(folder: string, message: string, hint: string) {
    super({ code: 'runtime.signature', kind: 'usage', message, hint, where: { file: folder } })
  }
}

/** A batch lacks a column that the model needs. */
export class MissingInputError extends BatonError {
  constructor(column: string, given: readonly string[]) {
    super({
      code: 'runtime.missing_input',
      kind: 'usage',
      message: `The model needs column "${column}", which the data does not have.`,
      hint: `Give the data that column; it has ${given.slice(0, 20).join(', ')}.`,
      where: { field: column },
    })
  }
}

/** A column holds another kind of values than the model takes. */
export class InputTypeError extends BatonError {
  constructor(column: string, wanted: string) {
    super({
      code: 'runtime.input_type',
      kind: 'usage',
      message: `The model takes column "${column}" as ${wanted}, and the data has something else.`,
      hint: 'Cast the column in the query that makes the data.',
      where: { field: column },
    })
  }
}

/** The model failed while it scored. */
export class ScoringError extends BatonError {
  constructor(message: string, cause?: unknown) {
    super({
      code: 'runtime.scoring',
      kind: 'usage',
      message,
      hint: 'Check that the model was made for this data; --debug shows the whole message.',
      cause,
    })
  }
}

/** Python, or a package in it, is not there. */
export class PythonUnavailableError extends BatonError {
  constructor(message: string, hint: string, cause?: unknown) {
    super({ code: 'runtime.python_unavailable', kind: 'unavailable', message, hint, cause })
  }
}
