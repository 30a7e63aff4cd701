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
      details: { model },
    })
  }
}

export class ModelVersionNotFoundError extends BatonError {
  constructor(model: string, version: number, latest: number) {
    super({
      code: 'models.version_not_found',
      kind: 'not_found',
      message: `Model ${model} has no version ${version}.`,
      hint: latest === 0 ? `${model} has no version yet.` : `Its last version is ${latest}; a deleted one is gone.`,
      details: { model, version },
    })
  }
}

export class AliasNotFoundError extends BatonError {
  constructor(model: string, alias: string, known: readonly string[]) {
    const hint =
      known.length === 0
        ? `Give it one: baton models promote ${model}@VERSION --to ${alias} --why "…".`
        : `Aliases of ${model}: ${known.join(', ')}.`
    super({
      code: 'models.alias_not_found',
      kind: 'not_found',
      message: `Model ${model} has no alias ${alias}.`,
      hint,
      details: { model, alias },
    })
  }
}

export class InvalidAliasError extends BatonError {
  constructor(alias: string) {
    super({
      code: 'models.invalid_alias',
      kind: 'usage',
      message: `"${alias}" cannot be an alias.`,
      hint: 'An alias is letters, digits, - and _, begins with a letter, and is neither "latest" nor like "v7": champion, challenger.',
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

/** A name that no MLflow client and no path could carry. */
export class InvalidModelNameError extends BatonError {
  constructor(name: string) {
    super({
      code: 'models.invalid_name',
      kind: 'usage',
      message: `Invalid model name '${name}'. Names cannot be empty, longer than 256 characters, or contain '/' or ':'.`,
      hint: 'Take a name such as churn or "Churn EU".',
    })
  }
}

/** Names of models are unique. */
export class ModelExistsError extends BatonError {
  constructor(model: string) {
    super({
      code: 'models.exists',
      kind: 'conflict',
      message: `Registered Model (name=${model}) already exists.`,
      hint: `Add a version to it, or take another name; "baton models show ${model}" shows it.`,
      details: { model },
    })
  }
}

export class InvalidStageError extends BatonError {
  constructor(stage: string, stages: readonly string[]) {
    super({
      code: 'models.invalid_stage',
      kind: 'usage',
      message: `Invalid Model Version stage: ${stage}. Value must be one of ${stages.join(', ')}.`,
      hint: 'Stages are labels that MLflow keeps for old clients; an alias says more.',
    })
  }
}

/** Versions can be archived only when another one takes over their work. */
export class InactiveStageError extends BatonError {
  constructor(stage: string) {
    super({
      code: 'models.inactive_stage',
      kind: 'usage',
      message: `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. Valid stages are Staging, Production.`,
      hint: 'Leave out archive_existing_versions.',
    })
  }
}

/** The gate's verdict stands in tags that nobody else may write. */
export class ReservedTagError extends BatonError {
  constructor(key: string) {
    super({
      code: 'models.reserved_tag',
      kind: 'usage',
      message: `The tag '${key}' is written by the gate of Baton alone.`,
      hint: 'Take a key that does not begin with "baton.".',
      why: 'Whoever reads it must be able to trust that the contract was checked.',
    })
  }
}

/** A source that the server could not vouch for. */
export class InvalidSourceError extends BatonError {
  constructor(source: string, reason: string) {
    super({
      code: 'models.invalid_source',
      kind: 'usage',
      message: `Invalid model version source: '${source}'. ${reason}`,
      hint: 'Register the artifacts of a run, a logged model, another model version, or a place outside such as s3://….',
      details: { source },
    })
  }
}

/** A release alias on a version that no gate has judged. */
export class GateRequiredError extends BatonError {
  constructor(move: { readonly model: string; readonly version: number; readonly alias: string }) {
    const { model, version, alias } = move
    super({
      code: 'models.gate_required',
      kind: 'check',
      message: `${model}@${version} cannot be ${alias}: ${model} has a contract, and this version was registered without passing its gate.`,
      hint: `Train and register it by a pipeline with p.register, which checks the contract; or an engineer decides otherwise with "baton models promote ${model}@${version} --to ${alias} --force --why …".`,
      why: 'Callers rely on what the contract promises of the version that has this alias.',
      details: move,
    })
  }
}

/** Work that needs a contract, on a version without one. */
export class NotGatedError extends BatonError {
  constructor(model: string, version: number) {
    super({
      code: 'models.not_gated',
      kind: 'usage',
      message: `${model}@${version} was registered by a client, without a contract and a gate.`,
      hint: `Load it with mlflow.pyfunc.load_model("models:/${model}/${version}"), or register the model by a pipeline with p.register.`,
      details: { model, version },
    })
  }
}

/** The text is no filter or order of the registry, or names something that it cannot be searched by. */
export class InvalidSearchError extends BatonError {
  constructor(message: string) {
    super({
      code: 'models.invalid_search',
      kind: 'usage',
      message,
      hint: "Write comparisons joined by AND, as in: name ILIKE '%churn%' and tags.owner = 'ana'.",
    })
  }
}

/** A page token of something else, or a damaged one. */
export class InvalidPageTokenError extends BatonError {
  constructor() {
    super({
      code: 'models.invalid_page_token',
      kind: 'usage',
      message: 'Invalid page token: it is damaged.',
      hint: 'Ask for the first page again, and pass its token on with the same filter and order.',
    })
  }
}

/** A file that no registered version has. */
export class ModelFileNotFoundError extends BatonError {
  constructor(path: string) {
    super({
      code: 'models.file_not_found',
      kind: 'not_found',
      message: `No registered version has the file ${path}.`,
      hint: 'List the folder to see what is there; the files of a deleted version are not given out.',
      details: { path },
    })
  }
}

/** A registered version is what was judged, for good. */
export class ModelFolderReadOnlyError extends BatonError {
  constructor(path: string) {
    super({
      code: 'models.folder_read_only',
      kind: 'usage',
      message: `${path} belongs to a registered version and cannot be changed.`,
      hint: 'Register another version.',
      details: { path },
    })
  }
}
