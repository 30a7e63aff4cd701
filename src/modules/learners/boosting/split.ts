import { MISSING_BIN } from './bins.ts'

/** Sums over the rows of a node. */
export interface NodeSums {
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
}

/** What limits a split. Scores must lie within [low, high] for monotone constraints; infinite without. */
export interface SplitRules {
  readonly l2: number
  readonly categoryL2: number
  readonly categorySmoothing: number
  readonly minSamplesLeaf: number
  readonly minHessianLeaf: number
}

export interface Bounds {
  readonly low: number
  readonly high: number
}

export const UNBOUNDED: Bounds = { low: -Infinity, high: Infinity }

export interface Split {
  readonly feature: number
  readonly gain: number
  /** Numeric: bins 0 … bin go left. */
  readonly bin: number
  /** Categorical: 256 flags by bin; 1 goes left. */
  readonly leftCategories: Uint8Array | undefined
  readonly missingLeft: boolean
  readonly left: NodeSums
  readonly right: NodeSums
}

/** The best value of a leaf before shrinkage, −G / (H + λ), within its bounds. */
export function leafValue(gradient: number, hessian: number, l2: number, bounds: Bounds): number {
  const value = -gradient / (hessian + l2)
  return value < bounds.low ? bounds.low : value > bounds.high ? bounds.high : value
}

/** Twice the loss reduction of giving a leaf its best value: G² / (H + λ) when the bounds do not bind. */
function leafGain(gradient: number, hessian: number, l2: number, bounds: Bounds): number {
  if (bounds === UNBOUNDED) return (gradient * gradient) / (hessian + l2)
  const value = leafValue(gradient, hessian, l2, bounds)
  return -(2 * gradient * value + (hessian + l2) * value * value)
}

const LEAST_GAIN = 1e-9

/** The fields of the best split so far; plain numbers, because this is the inner loop over bins. */
interface Best {
  gain: number
  bin: number
  missingLeft: boolean
  gradient: number
  hessian: number
}

export interface NumericSearch {
  readonly histogram: Float64Array
  /** Where the feature begins in its group's histogram. */
  readonly offset: number
  /** Value bins, the missing bin not counted. */
  readonly bins: number
  readonly node: NodeSums
  readonly bounds: Bounds
  readonly monotone: -1 | 0 | 1
}

/** Best split of a numeric feature; missing values are tried on both sides. Undefined when none gains. */
export function findNumericSplit(feature: number, search: NumericSearch, rules: SplitRules): Split | undefined {
  const { histogram, offset, bins, node } = search
  const missingGradient = histogram[offset + 2 * MISSING_BIN]!
  const missingHessian = histogram[offset + 2 * MISSING_BIN + 1]!
  const best: Best = { gain: LEAST_GAIN, bin: -1, missingLeft: false, gradient: 0, hessian: 0 }
  const sawMissing = missingHessian > 1e-12
  // With missing rows, "all values left, missing right" is a split too.
  scanBins(search, rules, { best, gradient: 0, hessian: 0, last: sawMissing ? bins : bins - 1, missingLeft: false })
  if (sawMissing) {
    scanBins(search, rules, {
      best,
      gradient: missingGradient,
      hessian: missingHessian,
      last: bins - 1,
      missingLeft: true,
    })
  }
  if (best.bin < 0) return undefined
  const left = sums(best.gradient, best.hessian, node)
  const right = {
    gradient: node.gradient - left.gradient,
    hessian: node.hessian - left.hessian,
    rows: node.rows - left.rows,
  }
  const missingLeft = sawMissing ? best.missingLeft : left.rows >= right.rows
  return { feature, gain: best.gain, bin: best.bin, leftCategories: undefined, missingLeft, left, right }
}

function sums(gradient: number, hessian: number, node: NodeSums): NodeSums {
  return { gradient, hessian, rows: Math.round((hessian * node.rows) / node.hessian) }
}

function scanBins(
  search: NumericSearch,
  rules: SplitRules,
  from: {
    readonly best: Best
    readonly gradient: number
    readonly hessian: number
    readonly last: number
    readonly missingLeft: boolean
  },
): void {
  const { histogram, offset, node, bounds, monotone } = search
  const { l2 } = rules
  const { best, last, missingLeft } = from
  const totalGradient = node.gradient
  const totalHessian = node.hessian
  // Rows are read off the hessian: rows = hessian × rowsPerHessian.
  const leastHessian = Math.max(rules.minHessianLeaf, ((rules.minSamplesLeaf - 0.5) * totalHessian) / node.rows)
  const parent = leafGain(totalGradient, totalHessian, l2, bounds)
  const constrained = monotone !== 0 || bounds !== UNBOUNDED
  let { gradient, hessian } = from
  let bestGain = best.gain
  for (let bin = 0, at = offset; bin < last; bin++, at += 2) {
    gradient += histogram[at]!
    hessian += histogram[at + 1]!
    if (hessian < leastHessian) continue
    const otherHessian = totalHessian - hessian
    if (otherHessian < leastHessian) break
    const otherGradient = totalGradient - gradient
    let gain: number
    if (constrained) {
      if (monotone !== 0) {
        const left = leafValue(gradient, hessian, l2, bounds)
        const right = leafValue(otherGradient, otherHessian, l2, bounds)
        if (monotone * (right - left) < 0) continue
      }
      gain = leafGain(gradient, hessian, l2, bounds) + leafGain(otherGradient, otherHessian, l2, bounds) - parent
    } else {
      // G₁²/(H₁+λ) + G₂²/(H₂+λ) over one denominator: a division is the dearest thing here.
      const a = hessian + l2
      const b = otherHessian + l2
      gain = (gradient * gradient * b + otherGradient * otherGradient * a) / (a * b) - parent
    }
    if (gain > bestGain) {
      bestGain = gain
      best.gain = gain
      best.bin = bin
      best.missingLeft = missingLeft
      best.gradient = gradient
      best.hessian = hessian
    }
  }
}

export interface CategoricalSearch {
  readonly histogram: Float64Array
  readonly offset: number
  readonly bins: number
  readonly node: NodeSums
  readonly bounds: Bounds
}

const LEAST_CATEGORY_ROWS = 10

/**
 * Best split of a categorical feature. Categories are ordered by smoothed G / (H + smoothing) and cut in two along that
 * order, which holds the best of all 2^(k−1) splits for a convex loss (Fisher 1958). Missing values are one
 * category more. Categories with little support in this node follow the larger side, as unseen ones will.
 */
export function findCategoricalSplit(feature: number, search: CategoricalSearch, rules: SplitRules): Split | undefined {
  const { histogram, offset, bins, node, bounds } = search
  const perHessian = node.rows / node.hessian
  const order: number[] = []
  for (let bin = 0; bin <= MISSING_BIN; bin = bin === bins - 1 ? MISSING_BIN : bin + 1) {
    if (bin < bins || bin === MISSING_BIN) {
      if (histogram[offset + 2 * bin + 1]! * perHessian >= LEAST_CATEGORY_ROWS) order.push(bin)
    }
  }
  if (order.length < 2) return undefined
  const key = (bin: number): number =>
    histogram[offset + 2 * bin]! / (histogram[offset + 2 * bin + 1]! + rules.categorySmoothing)
  order.sort((a, b) => key(a) - key(b) || a - b)
  const l2 = rules.l2 + rules.categoryL2
  const parent = leafGain(node.gradient, node.hessian, l2, bounds)
  const leastHessian = Math.max(rules.minHessianLeaf, (rules.minSamplesLeaf - 0.5) / perHessian)
  let bestGain = LEAST_GAIN
  let best: { cut: number; fromEnd: boolean; gradient: number; hessian: number } | undefined
  // The rows outside the order stay on one side; both sides are tried by scanning from both ends.
  for (const fromEnd of [false, true]) {
    let gradient = 0
    let hessian = 0
    for (let cut = 1; cut < order.length; cut++) {
      const bin = order[fromEnd ? order.length - cut : cut - 1]!
      gradient += histogram[offset + 2 * bin]!
      hessian += histogram[offset + 2 * bin + 1]!
      const otherHessian = node.hessian - hessian
      if (hessian < leastHessian) continue
      if (otherHessian < leastHessian) break
      if (hessian > otherHessian) break
      const gain =
        leafGain(gradient, hessian, l2, bounds) + leafGain(node.gradient - gradient, otherHessian, l2, bounds) - parent
      if (gain > bestGain) {
        bestGain = gain
        best = { cut, fromEnd, gradient, hessian }
      }
    }
  }
  if (best === undefined) return undefined
  // The chosen, smaller side is the left one; everything else goes right.
  const leftCategories = new Uint8Array(256)
  for (let i = 0; i < best.cut; i++) leftCategories[order[best.fromEnd ? order.length - 1 - i : i]!] = 1
  const left = sums(best.gradient, best.hessian, node)
  return {
    feature,
    gain: bestGain,
    bin: -1,
    leftCategories,
    missingLeft: leftCategories[MISSING_BIN] === 1,
    left,
    right: {
      gradient: node.gradient - left.gradient,
      hessian: node.hessian - left.hessian,
      rows: node.rows - left.rows,
    },
  }
}
