import type { ModelTask } from '../../../ports/model-runtime.ts'
import type { TrainingTable } from '../data/training-table.ts'
import type { BoostedModel, FitResult, Tree } from '../fitted-model.ts'
import { type Random, sampleWithoutReplacement, seededRandom } from '../random.ts'
import type { GradientBoostingSpec } from '../spec.ts'
import { addTree } from './add-tree.ts'
import { type BinRules, binTable } from './binned-table.ts'
import { type Call, floatBits } from './calls.ts'
import { type GrowRules, growTree, type LeafRange } from './grow-tree.ts'
import { gainImportance } from './importance.ts'
import { baseScore, meanScoreLoss } from './loss.ts'
import type { NodeSums } from './split.ts'
import { chunksOf, createWorkspace, type Workspace } from './workspace.ts'

export interface BoostOptions {
  readonly task: ModelTask
  readonly seed: number
  /** Feature name → 1 (the score must not fall when it rises) or −1. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>
  /** Threads beside this one; they change how long it takes, never the result. */
  readonly helpers?: number
  /** Called after each round; throws to stop. */
  readonly onRound?: (round: number, limit: number) => void
}

interface Tables {
  readonly train: TrainingTable
  readonly validation?: TrainingTable
}

/**
 * Fits histogram gradient boosting. With a validation table, training ends `patience` rounds after the best
 * validation loss and keeps the trees up to it; without one, it grows `roundsWithoutValidation` trees.
 */
export function fitBoosting(spec: GradientBoostingSpec, data: Tables, options: BoostOptions): FitResult {
  const { seed, helpers = 0 } = options
  const workspace = createWorkspace(data.train, { maxBins: spec.maxBins, seed, helpers })
  try {
    return boost(spec, data, { options, rules: workspace.rules, workspace })
  } finally {
    workspace.team.close()
  }
}

interface Prepared {
  readonly options: BoostOptions
  readonly rules: BinRules
  readonly workspace: Workspace
}

function boost(spec: GradientBoostingSpec, { train, validation }: Tables, prepared: Prepared): FitResult {
  const { options, rules, workspace } = prepared
  const { task } = options
  const held = validation === undefined ? undefined : binTable(validation, rules)
  const base = baseScore(task, train.target, train.weight)
  workspace.scores.fill(base)
  const heldScores = new Float32Array(validation?.rows ?? 0).fill(base)
  const random = seededRandom(options.seed)
  const growRules = growRulesOf(spec, rules, options)
  const limit = validation === undefined ? spec.roundsWithoutValidation : spec.maxRounds
  const totalWeight = train.weight?.reduce((sum, weight) => sum + weight, 0) ?? train.rows

  const trees: Tree[] = []
  const trainLosses: number[] = []
  const validationLosses: number[] = []
  let bestRound = 0
  let bestLoss = Infinity
  let state = derive(workspace, task)
  for (let round = 1; round <= limit; round++) {
    const used = chooseRows(workspace.rows, spec.rowSample, random)
    const features = chooseFeatures(rules, spec.columnSample, random)
    const total = used === train.rows ? state.total : sumPairs(workspace, used)
    const { tree, leaves } = growTree({ bins: rules, used, total, features, rules: growRules, workspace })
    trees.push(tree)
    if (used === train.rows) addLeaves(workspace, leaves)
    else addTree(workspace.scores, tree, { table: workspace.table, rules })
    state = derive(workspace, task)
    trainLosses.push(state.loss / totalWeight)
    if (validation !== undefined && held !== undefined) {
      addTree(heldScores, tree, { table: held, rules })
      const loss = meanScoreLoss(task, heldScores, validation)
      validationLosses.push(loss)
      if (loss < bestLoss) {
        bestLoss = loss
        bestRound = round
      }
    }
    options.onRound?.(round, limit)
    const stuck = leaves.length === 1 && spec.rowSample === 1 && spec.columnSample === 1
    if (stuck || (validation !== undefined && round - bestRound >= spec.patience)) break
  }
  const kept = validation === undefined ? trees : trees.slice(0, bestRound)
  const link = task === 'binary' ? 'logistic' : 'identity'
  const model: BoostedModel = { kind: 'boosted', link, base, features: rules.features, trees: kept }
  return {
    model,
    task,
    rounds: kept.length,
    history: trainLosses.map((loss, index) => {
      const validationLoss = validationLosses[index]
      return { round: index + 1, train: loss, ...(validationLoss === undefined ? {} : { validation: validationLoss }) }
    }),
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

/** Gradients of all rows at their present scores, with their sums and the summed loss. */
function derive(workspace: Workspace, task: ModelTask): { readonly loss: number; readonly total: NodeSums } {
  const { team, scores, pairs, sums, rows, address } = workspace
  const name = task === 'binary' ? 'deriveLogistic' : 'deriveSquared'
  const chunks = chunksOf({ start: 0, end: rows.length })
  team.run(
    chunks.map(({ start, end }, index): Call => {
      const { target, weight } = address
      return [name, target, weight, scores.byteOffset, pairs.byteOffset, start, end, sums.byteOffset + index * 24]
    }),
  )
  let loss = 0
  let gradient = 0
  let hessian = 0
  for (let index = 0; index < chunks.length; index++) {
    loss += sums[3 * index]!
    gradient += sums[3 * index + 1]!
    hessian += sums[3 * index + 2]!
  }
  return { loss, total: { gradient, hessian, rows: rows.length } }
}

function sumPairs({ rows, pairs }: Workspace, used: number): NodeSums {
  let gradient = 0
  let hessian = 0
  for (let i = 0; i < used; i++) {
    gradient += pairs[2 * rows[i]!]!
    hessian += pairs[2 * rows[i]! + 1]!
  }
  return { gradient, hessian, rows: used }
}

/** Adds each leaf's value to the scores of its rows. */
function addLeaves({ team, rows, scores }: Workspace, leaves: readonly LeafRange[]): void {
  team.run(
    leaves.map(
      ({ start, end, value }): Call => ['addScores', rows.byteOffset, start, end, scores.byteOffset, floatBits(value)],
    ),
  )
}
