import { BatonError } from '../../kernel/errors.ts'
import type { ContractProblem } from './problems.ts'

/** A contract says something that it cannot say; every problem names its path. */
export class InvalidContractError extends BatonError {
  constructor(
    kind: 'model contract' | 'data contract',
    name: string | undefined,
    problems: readonly ContractProblem[],
  ) {
    const first = problems[0]
    const title = name === undefined ? `The ${kind}` : `The ${kind} ${name}`
    const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    super({
      code: 'contracts.invalid',
      kind: 'usage',
      message: `${title} is not valid: ${first?.path || 'the contract'}: ${first?.message ?? 'unknown problem'}${others}.`,
      hint: problems
        .map((problem) => `${problem.path || 'contract'}: ${problem.hint ?? problem.message}`)
        .slice(0, 5)
        .join('; '),
      ...(first?.path ? { where: { field: first.path } } : {}),
      details: { problems },
    })
  }
}
