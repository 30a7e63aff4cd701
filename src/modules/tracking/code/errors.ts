import { BatonError } from '../../../kernel/errors.ts'

/** Git did not do what was asked. */
export class GitFailedError extends BatonError {
  constructor(args: readonly string[], complaint: string) {
    super({
      code: 'tracking.git_failed',
      kind: 'unavailable',
      message: `git ${args.slice(0, 3).join(' ')} failed: ${complaint || 'it said nothing'}.`,
      hint: 'Check that git is installed and that the project is in a repository that you may read.',
      details: { args },
    })
  }
}

/** The commit of a run is not in this repository any more. */
export class CommitMissingError extends BatonError {
  constructor(runId: string, commit: string) {
    super({
      code: 'tracking.commit_missing',
      kind: 'not_found',
      message: `The commit ${commit} of run ${runId} is not in this repository.`,
      hint: 'Run `git fetch --all`, or take a clone that still has it; it may have been rebased away.',
      details: { runId, commit },
    })
  }
}

/** The run did not record what is needed to run it again. */
export class NotReproducibleError extends BatonError {
  constructor(runId: string, reason: string) {
    super({
      code: 'tracking.not_reproducible',
      kind: 'usage',
      message: `Run ${runId} cannot be reproduced: ${reason}.`,
      hint: 'Name a pipeline run that `baton run` has recorded, in a project where git is installed.',
      details: { runId },
    })
  }
}
