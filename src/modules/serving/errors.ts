import { BatonError } from '../../kernel/errors.ts'
import { nearest } from '../../kernel/nearest.ts'

const list = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`

export class InvalidPredictOptionsError extends BatonError {
  constructor(step: string, problem: string) {
    super({
      code: 'serving.invalid_predict_options',
      kind: 'usage',
      message: `Step ${step} cannot predict: ${problem}.`,
      hint: 'Correct the options of p.predict.',
    })
  }
}

export class InvalidNotifyOptionsError extends BatonError {
  constructor(step: string, problem: string) {
    super({
      code: 'serving.invalid_notify_options',
      kind: 'usage',
      message: `Step ${step} cannot notify: ${problem}.`,
      hint: 'Correct the options of p.notify.',
    })
  }
}

export class InputNotFoundError extends BatonError {
  constructor(path: string) {
    super({
      code: 'serving.input_not_found',
      kind: 'not_found',
      message: `There is no file ${path}.`,
      hint: 'Give an existing CSV, Parquet or JSON lines file, or a dataset by its name.',
      where: { file: path },
    })
  }
}

export class UnknownFormatError extends BatonError {
  constructor(what: 'input' | 'output', path: string, known: readonly string[]) {
    super({
      code: 'serving.unknown_format',
      kind: 'usage',
      message: `The ${what} ${path} has no known format.`,
      hint: `Its name must end in ${known.join(', ')}.`,
      where: { file: path },
    })
  }
}

export class SameFileError extends BatonError {
  constructor(path: string) {
    super({
      code: 'serving.same_file',
      kind: 'usage',
      message: `${path} is both input and output.`,
      hint: 'Give another --output.',
      where: { file: path },
    })
  }
}

/** The input lacks columns that the contract promises. */
export class MissingInputColumnsError extends BatonError {
  constructor(input: string, missing: readonly string[], columns: readonly string[]) {
    const near = missing.flatMap((name) => {
      const meant = nearest(name, columns)
      return meant === undefined ? [] : [`${meant} may be meant for ${name}`]
    })
    super({
      code: 'serving.missing_columns',
      kind: 'usage',
      message: `${input} lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${list(missing)} of the model's contract.`,
      hint:
        near.length > 0 ? `${near.join('; ')}: rename and run again.` : `It has ${list(columns)}. Add what is missing.`,
      details: { missing, columns },
    })
  }
}

export class ColumnTakenError extends BatonError {
  constructor(input: string, column: string) {
    super({
      code: 'serving.column_taken',
      kind: 'usage',
      message: `${input} already has a column ${column}, which the scores would overwrite.`,
      hint: 'Leave it out of --columns, or rename it in the input.',
      where: { field: column },
    })
  }
}

export class UnknownColumnsError extends BatonError {
  constructor(input: string, column: string, columns: readonly string[]) {
    const meant = nearest(column, columns)
    super({
      code: 'serving.unknown_column',
      kind: 'usage',
      message: `${input} has no column ${column}.`,
      hint: meant === undefined ? `It has ${list(columns)}.` : `Did you mean ${meant}?`,
      where: { field: column },
    })
  }
}

/** More rows break the contract's input than the step allows. */
export class TooManyRejectedError extends BatonError {
  constructor(options: {
    rejected: number
    rows: number
    maxShare: number
    reasons: Readonly<Record<string, number>>
  }) {
    const { rejected, rows, maxShare, reasons } = options
    const worst = Object.entries(reasons)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, 3)
      .map(([reason, count]) => `${reason} (${count})`)
    super({
      code: 'serving.too_many_rejected',
      kind: 'check',
      message: `${rejected} of ${rows} rows break the contract's input, more than the share of ${maxShare} that is allowed: ${worst.join(', ')}.`,
      hint: 'Mend the step that makes these rows, or raise maxRejectedShare if they are meant to be left out.',
      details: { rejected, rows, reasons },
    })
  }
}

/** A notification address that cannot be used. Its content is not shown: it may hold a secret. */
export class InvalidAddressError extends BatonError {
  constructor(step: string, problem: string) {
    super({
      code: 'serving.invalid_address',
      kind: 'usage',
      message: `Step ${step} cannot notify: ${problem}.`,
      hint: 'Give an http:// or https:// address, in the pipeline or by the environment variable that `to` names.',
    })
  }
}

/** Two rows have the same key, or one has none, so that they could not be told apart. */
export class KeyNotUniqueError extends BatonError {
  constructor(step: string, key: string, problem: string) {
    super({
      code: 'serving.key_not_unique',
      kind: 'check',
      message: `Step ${step} cannot notify: ${problem}.`,
      hint: 'Give `key` the column that tells the rows apart, or select one row per key in a step before.',
      where: { field: key },
    })
  }
}

/** The receiver did not answer well in any try; what is undelivered is kept and sent by the next run. */
export class NotDeliveredError extends BatonError {
  constructor(options: { step: string; host: string; attempts: number; reason: string }) {
    const { step, host, attempts, reason } = options
    super({
      code: 'serving.not_delivered',
      kind: 'unavailable',
      message: `Step ${step} could not deliver to ${host}: ${reason} (${attempts} tries).`,
      hint: 'Run the pipeline again when the receiver answers: what was delivered is not sent again, the rest is sent with the same keys.',
    })
  }
}

/** The receiver refused batches. They are kept with its answer and tried again by the next run. */
export class RefusedByReceiverError extends BatonError {
  constructor(options: {
    step: string
    host: string
    refused: readonly { batch: string; status: number; rows: number; answer: string }[]
    stopped: boolean
  }) {
    const { step, host, refused, stopped } = options
    const rows = refused.reduce((sum, each) => sum + each.rows, 0)
    const batches = `${refused.length} ${refused.length === 1 ? 'batch' : 'batches'} (${rows} rows)`
    const first = refused[0]
    const answer = first === undefined ? '' : `, first with status ${first.status}: ${first.answer.slice(0, 200)}`
    const end = stopped ? '; nothing more was sent after five refusals in a row' : ''
    super({
      code: 'serving.refused',
      kind: 'check',
      message: `${host} refused ${batches} of step ${step}${answer}${end}.`,
      hint: 'Mend what the answer names (address, credentials, columns) and run again: only refused and unsent batches are sent.',
      details: { refused },
    })
  }
}
