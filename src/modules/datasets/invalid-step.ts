import { BatonError } from '../../kernel/errors.ts'

/** A step that was declared with options that contradict each other. */
export class InvalidStepError extends BatonError {
  constructor(step: string, problem: string, hint: string) {
    super({
      code: 'datasets.invalid_step',
      kind: 'usage',
      message: `The step ${step} cannot be made: ${problem}.`,
      hint,
      where: { field: step },
    })
  }
}
