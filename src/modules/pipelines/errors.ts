import { BatonError, type ErrorFacts, type ErrorPlace } from '../../kernel/errors.ts'

/** The pipeline file describes something that is not a graph. */
export class InvalidGraphError extends BatonError {
  constructor(message: string, hint: string, where?: ErrorPlace) {
    super({ code: 'pipelines.graph_invalid', kind: 'usage', message, hint, ...(where ? { where } : {}) })
  }
}

/** A step was named that the pipeline does not have. */
export class UnknownStepError extends BatonError {
  constructor(pipeline: string, step: string, nearest: string | undefined) {
    super({
      code: 'pipelines.unknown_step',
      kind: 'not_found',
      message: `Pipeline ${pipeline} has no step "${step}".`,
      hint: nearest ? `Did you mean "${nearest}"?` : `Run \`baton run ${pipeline} --dry-run\` to see the steps it has.`,
      details: { pipeline, step },
    })
  }
}

/** A step asks for an implementation that this installation does not have. */
export class UnknownStepKindError extends BatonError {
  constructor(step: string, kind: string, known: readonly string[]) {
    super({
      code: 'pipelines.unknown_step_kind',
      kind: 'internal',
      message: `Step ${step} is of kind "${kind}", which nothing here can run.`,
      hint: `Known kinds: ${known.join(', ')}. The pipeline may have been written for a newer Baton.`,
    })
  }
}

/** With --only or --from, a step outside the selection has no current result. */
export class UpstreamNotReadyError extends BatonError {
  constructor(pipeline: string, step: string, reason: string) {
    super({
      code: 'pipelines.upstream_not_ready',
      kind: 'conflict',
      message: `Step ${step} is needed first and has no current result (${reason}).`,
      hint: `Run \`baton run ${pipeline}\`, or \`baton run ${pipeline} --from ${step}\`.`,
      details: { pipeline, step },
    })
  }
}

/** The work of a step ended badly and said so itself. */
export class StepFailedError extends BatonError {
  constructor(
    step: string,
    message: string,
    options: Partial<Pick<ErrorFacts, 'hint' | 'why' | 'where' | 'cause'>> = {},
  ) {
    const { why, where } = options
    super({
      code: 'pipelines.step_failed',
      kind: 'check',
      message: `Step ${step} failed: ${message}`,
      hint: options.hint ?? 'Read the last lines of its log, mend the code, then run the same command again.',
      details: { step },
      ...(why === undefined ? {} : { why }),
      ...(where === undefined ? {} : { where }),
      cause: options.cause,
    })
  }
}

export class StepTimedOutError extends BatonError {
  constructor(step: string, timeoutMs: number) {
    super({
      code: 'pipelines.step_timed_out',
      kind: 'check',
      message: `Step ${step} was stopped after its timeout of ${timeoutMs / 1000} s.`,
      hint: 'Give the step a longer `timeoutMs`, or find out what it waits for in its log.',
      details: { step, timeoutMs },
    })
  }
}

/** A step ended well but did not leave what it declares. */
export class OutputNotWrittenError extends BatonError {
  constructor(step: string, output: string, found: string, hint: string) {
    super({
      code: 'pipelines.output_not_written',
      kind: 'check',
      message: `Step ${step} ended without its output "${output}": ${found}.`,
      hint,
      details: { step, output },
    })
  }
}

/** A step kind returned other outputs than the graph declares. */
export class OutputMismatchError extends BatonError {
  constructor(step: string, message: string) {
    super({
      code: 'pipelines.output_mismatch',
      kind: 'internal',
      message: `Step ${step} ${message}.`,
      hint: 'This is a fault in the step kind, not in the pipeline; report it.',
    })
  }
}

export class PythonMissingError extends BatonError {
  constructor(looked: readonly string[]) {
    super({
      code: 'pipelines.python_missing',
      kind: 'unavailable',
      message: `No Python interpreter was found (looked at ${looked.join(', ')}).`,
      hint: 'Make a virtual environment with `python3 -m venv .venv`, or name one as `python` in baton.config.ts.',
    })
  }
}

/** A metrics line of a step is not what the contract says. */
export class InvalidMetricsError extends BatonError {
  constructor(step: string, line: number, found: string) {
    super({
      code: 'pipelines.metrics_invalid',
      kind: 'check',
      message: `Step ${step} wrote a metric that is not {"name": string, "value": finite number}: ${found}`,
      hint: 'Write one JSON object a line to the file that BATON_METRICS names.',
      where: { file: 'BATON_METRICS', line },
    })
  }
}

/** A run was named that has no record of the step. */
export class StepNotInRunError extends BatonError {
  constructor(step: string, runId: string) {
    super({
      code: 'pipelines.step_not_in_run',
      kind: 'not_found',
      message: `Run ${runId} has no finished step ${step}.`,
      hint: 'Name a run of this pipeline (`baton runs list`), or leave --run out to compare with the last good run.',
      details: { step, runId },
    })
  }
}

/** A step declares an environment variable that is not set. */
export class EnvMissingError extends BatonError {
  constructor(step: string, name: string) {
    super({
      code: 'pipelines.env_missing',
      kind: 'usage',
      message: `Step ${step} needs the environment variable ${name}, which is not set.`,
      hint: `Set ${name}, or give it a default in the pipeline: p.env('${name}', { default: '…' }).`,
      details: { step, name },
    })
  }
}

/** The disk that holds the store, or the folder for temporary files, is full. */
export class DiskFullError extends BatonError {
  constructor(what: string, cause: unknown) {
    super({
      code: 'pipelines.disk_full',
      kind: 'unavailable',
      message: `${what} stopped because the disk is full.`,
      hint: 'Free some space, then run the same command again: nothing that was finished is lost.',
      cause,
    })
  }
}

/** Whether the system refused a write for lack of space. */
export function isDiskFull(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
}
