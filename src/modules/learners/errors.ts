import { BatonError, type ErrorPlace } from '../../kernel/errors.ts'

/** The target column cannot be learned from. */
export class TargetError extends BatonError {
  constructor(message: string, hint: string, details?: Readonly<Record<string, unknown>>) {
    super({ code: 'learners.target', kind: 'usage', message, hint, ...(details ? { details } : {}) })
  }
}

/** A column named in the options is not in the table. */
export class ColumnMissingError extends BatonError {
  constructor(column: string, role: string, columns: readonly string[]) {
    super({
      code: 'learners.column_missing',
      kind: 'usage',
      message: `The ${role} column "${column}" is not in the training table.`,
      hint: `Use one of its columns: ${columns.slice(0, 20).join(', ')}${columns.length > 20 ? ', …' : ''}.`,
      where: { field: column },
      details: { column, columns },
    })
  }
}

/** Nothing is left to learn from. */
export class NoFeaturesError extends BatonError {
  constructor(dropped: readonly string[]) {
    super({
      code: 'learners.no_features',
      kind: 'usage',
      message: `No feature column is left${dropped.length > 0 ? ` (dropped: ${dropped.join('; ')})` : ''}.`,
      hint: 'Take columns out of `exclude`, or give the table some that vary.',
    })
  }
}

/** Train or validation has no rows, or fewer than learning needs. */
export class TooFewRowsError extends BatonError {
  constructor(input: string, rows: number) {
    super({
      code: 'learners.too_few_rows',
      kind: 'usage',
      message: `The ${input} input has ${rows} rows.`,
      hint: 'Check the split: its periods or shares leave too few rows on this side.',
      details: { input, rows },
    })
  }
}

/** A feature has a type that the baseline learners cannot use. */
export class FeatureTypeError extends BatonError {
  constructor(column: string, sqlType: string) {
    super({
      code: 'learners.feature_type',
      kind: 'usage',
      message: `Feature "${column}" has type ${sqlType}, which a learner cannot use.`,
      hint: 'Put the column in `exclude`, or cast it in SQL.',
      where: { field: column },
    })
  }
}

/** A learner, its parameters or the task do not fit together. */
export class LearnerOptionsError extends BatonError {
  constructor(message: string, hint: string, where?: ErrorPlace) {
    super({ code: 'learners.options', kind: 'usage', message, hint, ...(where ? { where } : {}) })
  }
}

/** The user's training code left something that is neither a plan nor a model. */
export class TrainingCodeError extends BatonError {
  constructor(message: string, hint: string) {
    super({ code: 'learners.training_code', kind: 'usage', message, hint })
  }
}

/** A row's weight is null, negative or infinite. */
export class WeightError extends BatonError {
  constructor(column: string, row: number) {
    super({
      code: 'learners.weight',
      kind: 'usage',
      message: `Weight "${column}" of row ${row} is null, negative or infinite.`,
      hint: 'Make the weights numbers ≥ 0 in SQL.',
      where: { row, field: column },
    })
  }
}

/** Gradient boosting keeps its bins and gradients in one memory of 4 GiB. */
export class TableTooLargeError extends BatonError {
  constructor(sizeBytes: number) {
    super({
      code: 'learners.table_too_large',
      kind: 'usage',
      message: `Training needs ${(sizeBytes / 2 ** 30).toFixed(1)} GiB for bins and gradients, and 4 GiB is the limit.`,
      hint: 'Train on a sample of the rows (USING SAMPLE in SQL), or exclude columns that do not help.',
      details: { sizeBytes },
    })
  }
}
