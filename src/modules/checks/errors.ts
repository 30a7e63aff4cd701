import { BatonError } from '../../kernel/errors.ts'

/** A schema that contradicts itself: a rule that its column's type cannot have. */
export class InvalidSchemaError extends BatonError {
  constructor(dataset: string, problem: string, field: string) {
    super({
      code: 'checks.invalid_schema',
      kind: 'usage',
      message: `The schema of ${dataset} cannot be used: ${problem}.`,
      hint: 'Correct the column in the contract or the schema of the ingest step.',
      where: { field },
    })
  }
}
