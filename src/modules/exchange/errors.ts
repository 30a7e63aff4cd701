import { BatonError } from '../../kernel/errors.ts'

/** What an import was pointed at is no store of MLflow. */
export class NotAStoreError extends BatonError {
  constructor(place: string, problem: string, cause?: unknown) {
    super({
      code: 'exchange.not_a_store',
      kind: 'usage',
      message: `${place} is no store of MLflow: ${problem}.`,
      hint: 'Give the folder mlruns, or the SQLite file of the store (mlflow.db), with --from.',
      where: { file: place },
      ...(cause === undefined ? {} : { cause }),
    })
  }
}

/** An entry of the source that cannot be read; it is left out and named in the summary. */
export class UnreadableEntryError extends BatonError {
  constructor(file: string, problem: string) {
    super({
      code: 'exchange.unreadable',
      kind: 'usage',
      message: `${file} cannot be read: ${problem}.`,
      hint: 'Mend or remove the entry in the source and import again: the rest is not brought twice.',
      where: { file },
    })
  }
}

/** A version cannot have its number, because another one has it here. */
export class VersionTakenError extends BatonError {
  constructor(model: string, version: number) {
    super({
      code: 'exchange.version_taken',
      kind: 'conflict',
      message: `The number ${version} of the model ${model} is taken here by another version.`,
      hint: 'Register the version in Baton under a new number, from the artifacts of its run.',
      details: { model, version },
    })
  }
}
