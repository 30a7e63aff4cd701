import { BatonError } from '../../kernel/errors.ts'

const list = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`

/** There is nothing to evaluate on. */
export class NoRowsToEvaluateError extends BatonError {
  constructor(dataset: string, facts: { readonly rows: number; readonly target: string }) {
    super({
      code: 'evaluation.no_rows',
      kind: 'usage',
      message:
        facts.rows === 0
          ? `The dataset ${dataset} has no rows, so the model cannot be evaluated on it.`
          : `None of the ${facts.rows.toLocaleString('en')} rows of ${dataset} has a value of the target ${facts.target}.`,
      hint: 'Look at the step that makes this dataset (a split whose test period is empty, a filter that keeps nothing), or give p.evaluate other data.',
    })
  }
}

/** A column that the evaluation needs is not in the data. */
export class MissingColumnError extends BatonError {
  constructor(facts: {
    readonly column: string
    readonly neededFor: string
    readonly dataset: string
    readonly columns: readonly string[]
  }) {
    super({
      code: 'evaluation.missing_column',
      kind: 'usage',
      message: `The dataset ${facts.dataset} has no column ${facts.column}, which is needed as ${facts.neededFor}.`,
      hint: `It has ${list(facts.columns)}. Name another column, or add this one to the dataset.`,
      where: { field: facts.column },
    })
  }
}

/** Nobody said which column the model predicts. */
export class UnknownTargetError extends BatonError {
  constructor() {
    super({
      code: 'evaluation.unknown_target',
      kind: 'usage',
      message: 'Neither the contract, the model nor p.evaluate says which column is the target.',
      hint: "Add `target: 'column'` to p.evaluate, or give it a contract.",
    })
  }
}

/** The labels and the model's positive class do not fit together. */
export class TargetMismatchError extends BatonError {
  constructor(target: string, message: string) {
    super({
      code: 'evaluation.target_mismatch',
      kind: 'usage',
      message,
      hint: 'Set `positive` in the contract, or give data whose target is 0 and 1, true and false, or has the named class.',
      where: { field: target },
    })
  }
}

/** The model gave something that is not a score. */
export class InvalidScoreError extends BatonError {
  constructor(facts: { readonly model: string; readonly row: number; readonly score: number; readonly rows: number }) {
    super({
      code: 'evaluation.invalid_score',
      kind: 'check',
      message: Number.isFinite(facts.score)
        ? `The ${facts.model} gave ${facts.score} for row ${facts.row}, which is not a probability (${facts.rows.toLocaleString('en')} such rows).`
        : `The ${facts.model} gave ${facts.score} for row ${facts.row} (${facts.rows.toLocaleString('en')} such rows).`,
      why: 'Metrics over the remaining rows would flatter the model.',
      hint: Number.isFinite(facts.score)
        ? 'Let the model return the probability of the positive class, not a margin or a class label.'
        : 'Look at this row: a missing or infinite input that training never saw is the usual cause.',
      where: { row: facts.row },
    })
  }
}

/** The heuristic's expression cannot be computed on this data. */
export class InvalidHeuristicError extends BatonError {
  constructor(sql: string, cause: unknown) {
    super({
      code: 'evaluation.invalid_heuristic',
      kind: 'usage',
      message: `The heuristic \`${sql}\` cannot be computed: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Write an SQL expression over the columns of the test data that gives a number, larger for more likely.',
      cause,
    })
  }
}

/** The contract is for another kind of model. */
export class TaskMismatchError extends BatonError {
  constructor(contract: string, facts: { readonly promised: string; readonly model: string }) {
    super({
      code: 'evaluation.task_mismatch',
      kind: 'usage',
      message: `The contract ${contract} is for a ${facts.promised} model, but the model's signature says ${facts.model}.`,
      hint: 'Give p.evaluate the contract of this model, or train a model of the promised kind.',
    })
  }
}

/** A folder holds no report, or one of a format that this version cannot read. */
export class UnreadableReportError extends BatonError {
  constructor(path: string, cause: unknown) {
    super({
      code: 'evaluation.unreadable_report',
      kind: 'usage',
      message: `${path} is not a quality report: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Evaluate the model again with this version of Baton.',
      cause,
    })
  }
}
