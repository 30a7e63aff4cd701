import { BatonError } from '../../kernel/errors.ts'
import { brokenPromises, type Judgement } from '../contracts/index.ts'

/** A model does not keep its contract, so no version was made. */
export class GateFailedError extends BatonError {
  constructor(model: string, judgement: Judgement) {
    const broken = brokenPromises(judgement)
    const lines = broken.map(
      (promise) => `${promise.promise}: ${promise.explain} Side: ${promise.side} (${promise.owner}).`,
    )
    const owners = [...new Set(broken.map((promise) => `${promise.side} (${promise.owner})`))]
    const many = broken.length === 1 ? 'a promise' : `${broken.length} promises`
    super({
      code: 'models.gate_failed',
      kind: 'check',
      message: `${model} breaks ${many} of its contract, so no version was made:\n${lines.map((line) => `  ${line}`).join('\n')}`,
      hint: `${owners.join(' and ')}: mend the model, or agree on another contract with the other side.`,
      details: { model, broken },
    })
  }
}

export class InvalidModelReferenceError extends BatonError {
  constructor(reference: string) {
    super({
      code: 'models.invalid_reference',
      kind: 'usage',
      message: `"${reference}" does not name a model.`,
      hint: 'Write churn for the latest version, churn@7 for one version, or churn@champion for an alias.',
    })
  }
}

export class ModelNotFoundError extends BatonError {
  constructor(model: string, known: readonly string[]) {
    super({
      code: 'models.not_found',
      kind: 'not_found',
      message: `There is no model ${model}.`,
      hint:
        known.length === 0
          ? 'Register one by a pipeline with p.register, then run it.'
          : `Models here: ${known.join(', ')}.`,
    })
  }
}

export class ModelVersionNotFoundError extends BatonError {
  constructor(model: string, version: number, latest: number) {
    super({
      code: 'models.version_not_found',
      kind: 'not_found',
      message: `Model ${model} has no version ${version}.`,
      hint: latest === 0 ? `${model} has no version yet.` : `Its versions are 1 to ${latest}.`,
    })
  }
}

export class AliasNotFoundError extends BatonError {
  constructor(model: string, alias: string, known: readonly string[]) {
    const hint =
      known.length === 0
        ? `Give it one: baton models promote ${model}@VERSION --to ${alias} --why "…".`
        : `Aliases of ${model}: ${known.join(', ')}.`
    super({ code: 'models.alias_not_found', kind: 'not_found', message: `Model ${model} has no alias ${alias}.`, hint })
  }
}

export class InvalidAliasError extends BatonError {
  constructor(alias: string) {
    super({
      code: 'models.invalid_alias',
      kind: 'usage',
      message: `"${alias}" cannot be an alias.`,
      hint: 'An alias is lower-case letters, digits, - and _, begins with a letter, and is not "latest": champion, challenger.',
    })
  }
}

/** Somebody must answer for a change of an alias. */
export class ReasonRequiredError extends BatonError {
  constructor(missing: 'who' | 'why', action: string) {
    super({
      code: 'models.reason_required',
      kind: 'usage',
      message: `A ${action} needs ${missing === 'why' ? 'a reason' : 'a name'} and got none.`,
      hint:
        missing === 'why' ? 'Say it with --why "…": it is kept in the history.' : 'Say who you are with --who NAME.',
      why: 'Whoever looks at this in a year must be able to see who did it and for what reason.',
    })
  }
}

export class NothingToRollBackError extends BatonError {
  constructor(model: string, alias: string, current: number | undefined) {
    super({
      code: 'models.nothing_to_roll_back',
      kind: 'conflict',
      message:
        current === undefined
          ? `The alias ${alias} of ${model} was never given to a version.`
          : `${model}@${current} is the first version that ${alias} named, so there is none to go back to.`,
      hint: `See the history with baton models show ${model}, or promote another version.`,
    })
  }
}

export interface InterfaceChange {
  readonly path: string
  readonly explain: string
}

/** A promotion would break callers of the version that has the alias now. */
export class InterfaceChangedError extends BatonError {
  constructor(options: {
    model: string
    alias: string
    from: number
    to: number
    changes: readonly InterfaceChange[]
  }) {
    const { model, alias, from, to, changes } = options
    super({
      code: 'models.interface_changed',
      kind: 'check',
      message: `${model}@${to} cannot take the place of ${model}@${from} as ${alias}: ${changes.map((change) => change.explain).join('; ')}.`,
      hint: 'Tell the callers first, then promote with --force.',
      why: 'Requests that the present version accepts would be refused.',
      details: { changes },
    })
  }
}

/** The report measured another model than the one to be registered. */
export class ReportMismatchError extends BatonError {
  constructor(model: string, reported: string) {
    super({
      code: 'models.report_mismatch',
      kind: 'usage',
      message: `The quality report is of the model ${reported}, not of ${model}.`,
      hint: 'Give p.register the report that p.evaluate made of this very model.',
      why: 'A gate that reads the facts of another model proves nothing.',
    })
  }
}
