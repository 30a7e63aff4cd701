import type { ModelTask } from '../../ports/model-runtime.ts'
import { fitBoosting } from './boosting/boost.ts'
import { sharesOf } from './boosting/importance.ts'
import { concatenateTables, type TrainingTable } from './data/training-table.ts'
import type { FitResult } from './fitted-model.ts'
import { fitLinear } from './linear/fit-linear.ts'
import { predictFitted } from './predict.ts'
import type { LearnerSpec } from './spec.ts'
import { fitZeroRule } from './zero-rule.ts'

export interface FitInput {
  readonly spec: LearnerSpec
  readonly task: ModelTask
  readonly train: TrainingTable
  /** Decides when boosting stops and what the validation loss is; learned from only when `refit`. */
  readonly validation?: TrainingTable
  /** After the rounds are chosen on validation, learn again from train and validation rows together. */
  readonly refit: boolean
  readonly seed: number
  /** Feature name → 1 (the score must not fall when it rises) or −1; heeded by gradient boosting. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>
  /** Threads beside this one that boosting may use; they never change the result. */
  readonly helpers?: number
}

export interface FitProgress {
  /** `choose`: on train with validation held out; `refit`: on both. */
  readonly phase: 'choose' | 'refit'
  readonly learner: LearnerSpec['kind']
  readonly round: number
  readonly limit: number
}

type OnProgress = (progress: FitProgress) => void

/**
 * Fits a learner in this thread; `onProgress` may throw to stop. With validation rows, the validation loss is that of
 * the model fitted on the train rows alone, also when the model given back is a refitted one.
 */
export function fitLearner(input: FitInput, onProgress: OnProgress): FitResult {
  const { train, validation, task } = input
  const chosen = fitOnce(
    input,
    input.spec,
    { train, ...(validation ? { validation } : {}), phase: 'choose' },
    onProgress,
  )
  if (validation === undefined) return chosen
  const validationLoss = meanLoss(predictFitted(chosen.model, validation), validation, task)
  if (!input.refit) return { ...chosen, validationLoss }
  const both = concatenateTables(train, validation)
  const final = fitOnce(input, withRounds(input.spec, chosen), { train: both, phase: 'refit' }, onProgress)
  return { ...final, validationLoss, history: chosen.history }
}

interface Rows {
  readonly train: TrainingTable
  readonly validation?: TrainingTable
  readonly phase: FitProgress['phase']
}

function fitOnce(input: FitInput, spec: LearnerSpec, rows: Rows, onProgress: OnProgress): FitResult {
  const { task, seed, monotone, helpers = 0 } = input
  const onRound = (round: number, limit: number): void =>
    onProgress({ phase: rows.phase, learner: spec.kind, round, limit })
  switch (spec.kind) {
    case 'zeroRule':
      return fitZeroRule(rows.train, task)
    case 'logisticRegression':
    case 'ridgeRegression':
      return fitLinear(spec, rows.train, { seed, onRound })
    case 'gradientBoosting':
      return fitBoosting(spec, rows, { task, seed, helpers, onRound, ...(monotone === undefined ? {} : { monotone }) })
    case 'blend':
      return blend(
        spec.members.map((member) => fitOnce(input, member, rows, onProgress)),
        task,
      )
  }
}

/** The spec with early stopping replaced by the number of rounds that it chose. */
function withRounds(spec: LearnerSpec, chosen: FitResult): LearnerSpec {
  if (spec.kind === 'gradientBoosting') {
    return { ...spec, roundsWithoutValidation: Math.max(1, chosen.rounds ?? 1) }
  }
  if (spec.kind === 'blend') {
    return {
      ...spec,
      members: spec.members.map((member, index) => {
        const rounds = chosen.memberRounds?.[index]
        return member.kind === 'gradientBoosting' && rounds !== undefined
          ? { ...member, roundsWithoutValidation: Math.max(1, rounds) }
          : member
      }),
    }
  }
  return spec
}

function blend(parts: readonly FitResult[], task: ModelTask): FitResult {
  const shares = new Map<string, number>()
  for (const part of parts) {
    for (const { name, share } of part.importance) shares.set(name, (shares.get(name) ?? 0) + share)
  }
  const boosted = parts.find((part) => part.rounds !== undefined)
  return {
    model: { kind: 'blended', members: parts.map((part) => part.model) },
    task,
    ...(boosted?.rounds === undefined ? {} : { rounds: boosted.rounds }),
    memberRounds: parts.map((part) => part.rounds),
    history: boosted?.history ?? [],
    importance: sharesOf(Array.from(shares, ([name, amount]) => ({ name, amount }))),
  }
}

/** Weighted log loss in nats with probabilities kept within [1e-15, 1 − 1e-15] (binary), or the mean squared error. */
export function meanLoss(predictions: Float64Array, table: TrainingTable, task: ModelTask): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < table.rows; row++) {
    const weight = table.weight?.[row] ?? 1
    const prediction = predictions[row]!
    const y = table.target[row]!
    total += weight
    if (task === 'regression') sum += weight * (prediction - y) ** 2
    else {
      const p = Math.min(1 - 1e-15, Math.max(1e-15, prediction))
      sum -= weight * (y * Math.log(p) + (1 - y) * Math.log1p(-p))
    }
  }
  return sum / total
}
