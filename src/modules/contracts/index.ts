export { contract, parseModelContract } from './declare.ts'
export type {
  BehaviourSpec,
  BinaryCosts,
  ModelContract,
  RegressionCosts,
  SliceSpec,
} from './declare.ts'
export { describeContract } from './describe.ts'
export { contractDigest } from './digest.ts'
export type { BaselineName, Measured, MeasuredBehaviour, MeasuredSlice, QualityFacts } from './facts.ts'
export type { Judgement } from './judge.ts'
export { brokenPromises, judge } from './judge.ts'
export type { JudgedPromise, Side } from './promise.ts'
export { checkInput } from './check-input.ts'
export type { BreakingChange } from './changes.ts'
export { breakingChanges } from './changes.ts'
