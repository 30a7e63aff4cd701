import type { QualityFacts } from './facts.ts'
import { judgeInterface } from './judge-interface.ts'
import { judgeLimits } from './judge-limits.ts'
import { judgeBehaviour, judgeQuality, judgeSlices } from './judge-quality.ts'
import type { ModelContract } from './model-contract.ts'
import { answeredBy, type JudgedPromise } from './promise.ts'

/** A contract held against what was measured. */
export interface Judgement {
  readonly contract: string
  readonly holds: boolean
  readonly promises: readonly JudgedPromise[]
}

/**
 * Holds every promise of a contract against the facts. Quality, slices and behaviour are data science's promises,
 * latency, size and environment engineering's; an interface that differs belongs to the side that differs.
 * A fact that is missing breaks its promise.
 */
export function judge(contract: ModelContract, facts: QualityFacts): Judgement {
  const dataScience = [
    ...judgeQuality(contract, facts),
    ...judgeSlices(contract, facts),
    ...judgeBehaviour(contract, facts),
  ]
  const promises = [
    ...judgeInterface(contract, facts),
    ...dataScience.map((verdict) => answeredBy(contract, 'data science', verdict)),
    ...judgeLimits(contract, facts).map((verdict) => answeredBy(contract, 'engineering', verdict)),
  ]
  return { contract: contract.name, holds: promises.every((promise) => promise.holds), promises }
}

/** The promises that do not hold, worst first within each side. */
export function brokenPromises(judgement: Judgement): readonly JudgedPromise[] {
  return judgement.promises.filter((promise) => !promise.holds)
}
