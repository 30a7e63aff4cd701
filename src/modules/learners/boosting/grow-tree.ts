import type { Tree } from '../fitted-model.ts'
import type { BinRules } from './binned-table.ts'
import { MISSING_BIN } from './bins.ts'
import {
  type Histograms,
  partitionRows,
  releaseHistograms,
  startHistograms,
  subtractHistograms,
  type Workspace,
} from './workspace.ts'
import {
  type Bounds,
  findCategoricalSplit,
  findNumericSplit,
  leafValue,
  type NodeSums,
  type Split,
  type SplitRules,
  UNBOUNDED,
} from './split.ts'

export interface GrowRules extends SplitRules {
  readonly learningRate: number
  readonly maxLeaves: number
  readonly maxDepth: number
  /** Per feature: the score must not fall (1) or rise (−1) with it. */
  readonly monotone: Int8Array
}

export interface GrowInput {
  readonly bins: BinRules
  /** How many entries of the workspace's rows this tree may use. */
  readonly used: number
  /** Sums over those rows. */
  readonly total: NodeSums
  /** Indices of the features that this tree may ask. */
  readonly features: Int32Array
  readonly rules: GrowRules
  readonly workspace: Workspace
}

/** A leaf as a range of `workspace.rows`. */
export interface LeafRange {
  readonly start: number
  readonly end: number
  readonly value: number
}

interface OpenLeaf {
  readonly node: number
  readonly depth: number
  readonly start: number
  readonly end: number
  readonly sums: NodeSums
  readonly bounds: Bounds
  readonly histograms: Histograms | undefined
  readonly split: Split | undefined
}

/** Grows one tree leaf by leaf, always splitting the leaf that gains most, until `maxLeaves` or nothing gains. */
export function growTree(input: GrowInput): { readonly tree: Tree; readonly leaves: readonly LeafRange[] } {
  const { rules, workspace } = input
  const nodes = new NodeList(rules.maxLeaves)
  const groups = Array.from(new Set(Array.from(input.features, (feature) => feature >> 2)))
  const root: OpenLeaf = {
    node: nodes.add(),
    depth: 0,
    start: 0,
    end: input.used,
    sums: input.total,
    bounds: UNBOUNDED,
    histograms: undefined,
    split: undefined,
  }
  const open: OpenLeaf[] = []
  const finished: OpenLeaf[] = []
  const settle = (leaf: OpenLeaf): void => void (leaf.split === undefined ? finished : open).push(leaf)

  const splittable = (leaf: OpenLeaf): boolean =>
    leaf.depth < rules.maxDepth && leaf.sums.rows >= 2 * rules.minSamplesLeaf && leaf.sums.hessian > 0
  settle(splittable(root) ? withSplit(input, { ...root, histograms: startHistograms(workspace, groups, root) }) : root)

  for (let leaves = 1; open.length > 0 && leaves < rules.maxLeaves; leaves++) {
    let pick = 0
    for (let i = 1; i < open.length; i++) if (open[i]!.split!.gain > open[pick]!.split!.gain) pick = i
    const [leaf] = open.splice(pick, 1) as [OpenLeaf]
    const split = leaf.split!
    const middle = partitionRows(workspace, leaf, { feature: split.feature, leftBins: leftBins(split) })
    const [leftBounds, rightBounds] = childBounds(input, leaf, split)
    const { left: leftNode, right: rightNode } = nodes.split(leaf.node, split, thresholdOf(input, split))
    const child = (node: number, range: readonly [number, number], sums: NodeSums, bounds: Bounds): OpenLeaf => {
      const [start, end] = range
      const rows = end - start
      return {
        node,
        depth: leaf.depth + 1,
        start,
        end,
        sums: { ...sums, rows },
        bounds,
        histograms: undefined,
        split: undefined,
      }
    }
    const left = child(leftNode, [leaf.start, middle], split.left, leftBounds)
    const right = child(rightNode, [middle, leaf.end], split.right, rightBounds)
    const [small, large] = left.sums.rows <= right.sums.rows ? [left, right] : [right, left]
    const wanted = leaves + 1 < rules.maxLeaves && splittable(large)
    if (!wanted) {
      release(workspace, leaf)
      settle(small)
      settle(large)
      continue
    }
    const smallHistograms = startHistograms(workspace, groups, small)
    subtractHistograms(workspace, leaf.histograms!, smallHistograms)
    const smallOpen = { ...small, histograms: smallHistograms }
    const largeOpen = withSplit(input, { ...large, histograms: leaf.histograms })
    if (splittable(small)) settle(withSplit(input, smallOpen))
    else {
      release(workspace, smallOpen)
      settle(small)
    }
    settle(largeOpen)
  }

  const leaves = [...finished, ...open].map((leaf): LeafRange => {
    release(workspace, leaf)
    const value = Math.fround(
      rules.learningRate * leafValue(leaf.sums.gradient, leaf.sums.hessian, rules.l2, leaf.bounds),
    )
    nodes.setValue(leaf.node, value)
    return { start: leaf.start, end: leaf.end, value }
  })
  return { tree: nodes.toTree(), leaves }
}

function release(workspace: Workspace, leaf: OpenLeaf): void {
  if (leaf.histograms !== undefined) releaseHistograms(workspace, leaf.histograms)
}

/** The leaf with its best split over all allowed features; without one its histograms go back to the pool. */
function withSplit(input: GrowInput, leaf: OpenLeaf): OpenLeaf {
  const { bins, rules } = input
  let best: Split | undefined
  for (const feature of input.features) {
    const rule = bins.bins[feature]!
    const search = {
      histogram: leaf.histograms!.values,
      offset: feature * 512,
      node: leaf.sums,
      bounds: leaf.bounds,
    }
    const found =
      rule.kind === 'numeric'
        ? findNumericSplit(
            feature,
            { ...search, bins: rule.limits.length + 1, monotone: rules.monotone[feature] as -1 | 0 | 1 },
            rules,
          )
        : findCategoricalSplit(feature, { ...search, bins: rule.bins }, rules)
    if (found !== undefined && (best === undefined || found.gain > best.gain)) best = found
  }
  if (best !== undefined) return { ...leaf, split: best }
  release(input.workspace, leaf)
  return { ...leaf, histograms: undefined }
}

/** Which bins go left, as 256 flags. */
export function leftBins(split: Split): Uint8Array {
  if (split.leftCategories !== undefined) return split.leftCategories
  const flags = new Uint8Array(256)
  flags.fill(1, 0, split.bin + 1)
  flags[MISSING_BIN] = split.missingLeft ? 1 : 0
  return flags
}

/** A split on a constrained feature halves the allowed range at the middle of the two values. */
function childBounds(input: GrowInput, leaf: OpenLeaf, split: Split): readonly [Bounds, Bounds] {
  const monotone = input.rules.monotone[split.feature]!
  if (monotone === 0 || split.leftCategories !== undefined) return [leaf.bounds, leaf.bounds]
  const { l2 } = input.rules
  const left = leafValue(split.left.gradient, split.left.hessian, l2, leaf.bounds)
  const right = leafValue(split.right.gradient, split.right.hessian, l2, leaf.bounds)
  const middle = (left + right) / 2
  const lower = { low: leaf.bounds.low, high: middle }
  const upper = { low: middle, high: leaf.bounds.high }
  return monotone > 0 ? [lower, upper] : [upper, lower]
}

function thresholdOf(input: GrowInput, split: Split): number {
  const rule = input.bins.bins[split.feature]!
  if (rule.kind === 'categorical') return 0
  return split.bin < rule.limits.length ? rule.limits[split.bin]! : Infinity
}

/** Collects nodes in the order they are made; lifetime of one tree. */
class NodeList {
  readonly #size: number
  readonly #feature: Int32Array
  readonly #threshold: Float32Array
  readonly #leftCategories: (Uint8Array | undefined)[] = []
  readonly #missingLeft: Uint8Array
  readonly #left: Int32Array
  readonly #right: Int32Array
  readonly #value: Float32Array
  readonly #gain: Float64Array
  #count = 0

  constructor(maxLeaves: number) {
    this.#size = 2 * maxLeaves - 1
    this.#feature = new Int32Array(this.#size).fill(-1)
    this.#threshold = new Float32Array(this.#size)
    this.#missingLeft = new Uint8Array(this.#size)
    this.#left = new Int32Array(this.#size).fill(-1)
    this.#right = new Int32Array(this.#size).fill(-1)
    this.#value = new Float32Array(this.#size)
    this.#gain = new Float64Array(this.#size)
  }

  add(): number {
    this.#leftCategories.push(undefined)
    return this.#count++
  }

  split(node: number, split: Split, threshold: number): { readonly left: number; readonly right: number } {
    const left = this.add()
    const right = this.add()
    this.#feature[node] = split.feature
    this.#threshold[node] = threshold
    this.#leftCategories[node] = split.leftCategories
    this.#missingLeft[node] = split.missingLeft ? 1 : 0
    this.#left[node] = left
    this.#right[node] = right
    this.#gain[node] = split.gain
    return { left, right }
  }

  setValue(node: number, value: number): void {
    this.#value[node] = value
  }

  toTree(): Tree {
    const n = this.#count
    return {
      feature: this.#feature.slice(0, n),
      threshold: this.#threshold.slice(0, n),
      leftCategories: this.#leftCategories,
      missingLeft: this.#missingLeft.slice(0, n),
      left: this.#left.slice(0, n),
      right: this.#right.slice(0, n),
      value: this.#value.slice(0, n),
      gain: this.#gain.slice(0, n),
    }
  }
}
