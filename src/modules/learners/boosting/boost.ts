import type { ModelTask } from '../../../ports/model-runtime.ts'
import type { TrainingTable } from '../data/training-table.ts'
import type { BoostedModel, FitResult, Tree } from '../fitted-model.ts'
import { type Random, sampleWithoutReplacement, seededRandom } from '../random.ts'
import type { GradientBoostingSpec } from '../spec.ts'
import { type BinnedTable, type BinRules, binTable, learnBins } from './binned-table.ts'
import { MISSING_BIN } from './bins.ts'
import { createWorkspace, growTree, type GrowRules } from './grow-tree.ts'
import { gainImportance } from './importance.ts'
import { lossOf } from './loss.ts'

export interface BoostOptions {
  readonly task: ModelTask
  readonly seed: number
  /** Feature name → 1 (the score must not fall when it rises) or −1. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>
  /** Called after each round; throws to stop. */
  readonly onRound?: (round: number, limit: number) => void
}

/**
 * Fits histogram gradient boosting. With a validation table, training ends `patience` rounds after the best
 * validation loss and keeps the trees up to it; without one, it grows `roundsWithoutValidation` trees.
 */
export function fitBoosting(
  spec: GradientBoostingSpec,
  data: { readonly train: TrainingTable; readonly validation?: TrainingTable },
  options: BoostOptions,
): FitResult {
  const { train, validation } = data
  const loss = lossOf(options.task)
  const rules = learnBins(train, spec.maxBins, options.seed)
  const table = binTable(train, rules)
  const held = validation === undefined ? undefined : binTable(validation, rules)
  const base = loss.base(train.target, train.weight)
  const scores = new Float64Array(train.rows).fill(base)
  const heldScores = validation === undefined ? undefined : new Float64Array(validation.rows).fill(base)
  const gradients = new Float32Array(train.rows)
  const hessians = new Float32Array(train.rows)
  const workspace = createWorkspace(train.rows)
  const random = seededRandom(options.seed)
  const growRules = growRulesOf(spec, rules, options)
  const trainRows = { target: train.target, weight: train.weight }
  const limit = validation === undefined ? spec.roundsWithoutValidation : spec.maxRounds

  const trees: Tree[] = []
  const history: { round: number; train: number; validation?: number }[] = []
  let bestRound = 0
  let bestLoss = Infinity
  for (let round = 1; round <= limit; round++) {
    loss.derive(scores, trainRows, gradients, hessians)
    const used = chooseRows(workspace.rows, spec.rowSample, random)
    const { tree, leaves } = growTree({
      table,
      bins: rules,
      gradients,
      hessians,
      used,
      features: chooseFeatures(rules, spec.columnSample, random),
      rules: growRules,
      workspace,
    })
    trees.push(tree)
    if (used === train.rows) {
      for (const { start, end, value } of leaves) {
        for (let i = start; i < end; i++) scores[workspace.rows[i]!]! += value
      }
    } else addTree(scores, tree, { table, rules })
    const trainLoss = loss.mean(scores, trainRows)
    if (validation === undefined) history.push({ round, train: trainLoss })
    else {
      addTree(heldScores!, tree, { table: held!, rules })
      const validationLoss = loss.mean(heldScores!, { target: validation.target, weight: validation.weight })
      history.push({ round, train: trainLoss, validation: validationLoss })
      if (validationLoss < bestLoss) {
        bestLoss = validationLoss
        bestRound = round
      }
    }
    options.onRound?.(round, limit)
    const stuck = tree.feature.length === 1 && spec.rowSample === 1 && spec.columnSample === 1
    if (stuck || (validation !== undefined && round - bestRound >= spec.patience)) break
  }
  const kept = validation === undefined ? trees : trees.slice(0, bestRound)
  const model: BoostedModel = {
    kind: 'boosted',
    link: options.task === 'binary' ? 'logistic' : 'identity',
    base,
    features: rules.features,
    trees: kept,
  }
  return {
    model,
    task: options.task,
    rounds: kept.length,
    history,
    importance: gainImportance(rules.features, kept),
  }
}

function growRulesOf(spec: GradientBoostingSpec, rules: BinRules, options: BoostOptions): GrowRules {
  const monotone = Int8Array.from(rules.features, (feature) =>
    feature.kind === 'numeric' ? (options.monotone?.[feature.name] ?? 0) : 0,
  )
  return { ...spec, maxDepth: spec.maxDepth ?? Infinity, monotone }
}

function chooseRows(rows: Int32Array, share: number, random: Random): number {
  if (share === 1) {
    for (let row = 0; row < rows.length; row++) rows[row] = row
    return rows.length
  }
  const chosen = sampleWithoutReplacement(rows.length, Math.max(1, Math.round(share * rows.length)), random)
  rows.set(chosen)
  return chosen.length
}

function chooseFeatures(rules: BinRules, share: number, random: Random): Int32Array {
  const count = rules.features.length
  return sampleWithoutReplacement(count, share === 1 ? count : Math.max(1, Math.round(share * count)), random)
}

/** Adds a tree's value to the score of every row of a binned table. */
function addTree(
  scores: Float64Array,
  tree: Tree,
  { table, rules }: { readonly table: BinnedTable; readonly rules: BinRules },
): void {
  const bytes = table.groups.map((group) => new Uint8Array(group.buffer))
  const flags = tree.leftCategories.map((categories, node) => categories ?? binFlags(tree, node, rules))
  const { feature, left, right, value } = tree
  for (let row = 0; row < table.rows; row++) {
    let node = 0
    for (let asked = feature[0]!; asked >= 0; asked = feature[node]!) {
      node = flags[node]![bytes[asked >> 2]![row * 4 + (asked & 3)]!] === 1 ? left[node]! : right[node]!
    }
    scores[row]! += value[node]!
  }
}

function binFlags(tree: Tree, node: number, rules: BinRules): Uint8Array {
  const flags = new Uint8Array(256)
  const rule = tree.feature[node]! < 0 ? undefined : rules.bins[tree.feature[node]!]
  if (rule?.kind !== 'numeric') return flags
  const threshold = tree.threshold[node]!
  for (let bin = 0; bin <= rule.limits.length; bin++) {
    flags[bin] = (bin < rule.limits.length ? rule.limits[bin]! : Infinity) <= threshold ? 1 : 0
  }
  flags[MISSING_BIN] = tree.missingLeft[node]!
  return flags
}
