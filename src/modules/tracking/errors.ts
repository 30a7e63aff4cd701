import { BatonError, type ErrorPlace } from '../../kernel/errors.ts'

/** No run has this id, or an id that begins or ends like this. */
export class RunNotFoundError extends BatonError {
  constructor(id: string) {
    super({
      code: 'tracking.run_not_found',
      kind: 'not_found',
      message: `Run with id=${id} not found.`,
      hint: 'List the runs with `baton runs list` and take an id from there.',
      details: { id },
    })
  }
}

/** Several runs have an id that begins or ends like this. */
export class AmbiguousRunError extends BatonError {
  constructor(id: string, candidates: readonly string[]) {
    super({
      code: 'tracking.run_ambiguous',
      kind: 'conflict',
      message: `"${id}" stands for several runs: ${candidates.join(', ')}.`,
      hint: 'Give more characters of the id; its end tells runs apart sooner than its beginning.',
      details: { id, candidates },
    })
  }
}

/** Too few characters of an id. */
export class RunIdTooShortError extends BatonError {
  constructor(id: string, least: number) {
    super({
      code: 'tracking.run_id_too_short',
      kind: 'usage',
      message: `"${id}" is too short for a run id.`,
      hint: `Give at least ${least} characters of the beginning or the end of the id.`,
      details: { id },
    })
  }
}

/** A run ends once. */
export class RunAlreadyFinishedError extends BatonError {
  constructor(id: string, status: string) {
    super({
      code: 'tracking.run_already_finished',
      kind: 'conflict',
      message: `The run ${id} has already ended as ${status}.`,
      hint: 'Start a new run; what a run has recorded does not change.',
      details: { id, status },
    })
  }
}

/** A deleted run takes nothing more. */
export class RunDeletedError extends BatonError {
  constructor(id: string) {
    super({
      code: 'tracking.run_deleted',
      kind: 'usage',
      message: `The run ${id} must be in the 'active' state. Current state is deleted.`,
      hint: 'Restore the run first, or log to another one.',
      details: { id },
    })
  }
}

/** A param is written once. */
export class ParamChangedError extends BatonError {
  constructor(runId: string, facts: { key: string; logged: string; attempted: string }) {
    super({
      code: 'tracking.param_changed',
      kind: 'usage',
      message: `Changing param values is not allowed. Param with key='${facts.key}' was already logged with value='${facts.logged}' for run ID='${runId}'. Attempted logging new value '${facts.attempted}'.`,
      hint: 'Log a value that changes during the run as a metric, or start a run of its own for the new value.',
      details: { runId, ...facts },
    })
  }
}

/** A key, value, step or time that the store does not take. */
export class InvalidEntryError extends BatonError {
  constructor(message: string, hint: string) {
    super({ code: 'tracking.invalid_entry', kind: 'usage', message, hint })
  }
}

/** No experiment has this id or name. */
export class ExperimentNotFoundError extends BatonError {
  constructor(message: string) {
    super({
      code: 'tracking.experiment_not_found',
      kind: 'not_found',
      message,
      hint: 'Run the pipeline once, which makes its experiment, or create it.',
    })
  }
}

/** Names of experiments are unique, deleted ones included. */
export class ExperimentExistsError extends BatonError {
  constructor(name: string) {
    super({
      code: 'tracking.experiment_exists',
      kind: 'conflict',
      message: `Experiment(name=${name}) already exists.`,
      hint: 'Take another name, or use the experiment that is there; a deleted one can be restored.',
      details: { name },
    })
  }
}

/** A deleted experiment takes nothing more. */
export class ExperimentDeletedError extends BatonError {
  constructor(id: string) {
    super({
      code: 'tracking.experiment_deleted',
      kind: 'usage',
      message: `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
      hint: 'Restore the experiment first, or take another one.',
      details: { id },
    })
  }
}

/** There is no such tag to remove. */
export class TagNotFoundError extends BatonError {
  constructor(key: string, of: { readonly what: 'run' | 'experiment'; readonly id: string }) {
    super({
      code: 'tracking.tag_not_found',
      kind: 'not_found',
      message: `No tag with name: ${key} in ${of.what} with id ${of.id}.`,
      hint: `Look at the tags of the ${of.what}: it may be gone already.`,
      details: { key, ...of },
    })
  }
}

/** No logged model has this id, or it was deleted. */
export class LoggedModelNotFoundError extends BatonError {
  constructor(id: string) {
    super({
      code: 'tracking.logged_model_not_found',
      kind: 'not_found',
      message: `Logged model with ID '${id}' not found.`,
      hint: 'Search the logged models of the experiment, and take an id from there.',
      details: { id },
    })
  }
}

/** There is no such tag to remove. */
export class LoggedModelTagNotFoundError extends BatonError {
  constructor(id: string, key: string) {
    super({
      code: 'tracking.logged_model_tag_not_found',
      kind: 'not_found',
      message: `No tag with key '${key}' found for model with ID '${id}'.`,
      hint: 'Look at the tags of the model: it may be gone already.',
      details: { id, key },
    })
  }
}

/** The text is not a filter, or names something that cannot be searched. */
export class InvalidFilterError extends BatonError {
  constructor(message: string, where: ErrorPlace = {}) {
    super({
      code: 'tracking.invalid_filter',
      kind: 'usage',
      message,
      where,
      hint: "Write comparisons joined by AND, as in: metrics.rocAuc > 0.7 and params.horizonDays = '30' and status = 'FINISHED'.",
    })
  }
}

/** A page token of another list, or a damaged one. */
export class InvalidPageTokenError extends BatonError {
  constructor(reason: string) {
    super({
      code: 'tracking.invalid_page_token',
      kind: 'usage',
      message: `The page token cannot be used: ${reason}.`,
      hint: 'Ask for the first page again, and pass its token on with the same filter and order.',
    })
  }
}
