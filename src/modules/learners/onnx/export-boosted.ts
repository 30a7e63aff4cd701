import type { BoostedModel } from '../fitted-model.ts'
import { MISSING_BIN } from '../boosting/bins.ts'
import { type AttributeValue, type Edge, type GraphBuilder, ML_DOMAIN } from './graph-builder.ts'

/** The matrix that the trees ask: numeric features first, then one 0/1 column per set of categories that a node asks for. */
interface TreeInputs {
  readonly edge: Edge
  readonly columnOfNumeric: ReadonlyMap<number, number>
  readonly columnOfSet: ReadonlyMap<Uint8Array, number>
}

/**
 * Adds a boosted model to the graph; gives the score, [N, 1]. A categorical split becomes a 0/1 column looked up by
 * category (`LabelEncoder`, `Gather`), because trees of ai.onnx.ml 3 cannot ask for membership in a set.
 */
export function exportBoosted(graph: GraphBuilder, model: BoostedModel): Edge {
  const used = new Set<number>()
  for (const tree of model.trees) for (const feature of tree.feature) if (feature >= 0) used.add(feature)
  if (used.size === 0) return constantScore(graph, model)
  const inputs = treeInputs(graph, model, used)
  const trees = ensembleAttributes(model, inputs)
  const score = graph.node('TreeEnsembleRegressor', [inputs.edge], { domain: ML_DOMAIN, attributes: trees })
  return model.link === 'logistic' ? graph.node('Sigmoid', [score]) : score
}

function constantScore(graph: GraphBuilder, model: BoostedModel): Edge {
  let score = model.base
  for (const tree of model.trees) score = Math.fround(score + tree.value[0]!)
  const value = model.link === 'logistic' ? 1 / (1 + Math.exp(-score)) : score
  return exportConstant(graph, value, model.features[0])
}

/** The same value for every row of `column`, or one single value for a model without any input. */
export function exportConstant(
  graph: GraphBuilder,
  value: number,
  column: { readonly name: string; readonly kind: 'numeric' | 'categorical' } | undefined,
): Edge {
  if (column === undefined) throw new TypeError('a model needs at least one input column')
  const raw = graph.column(column.name, column.kind === 'numeric' ? 'float' : 'string')
  return graph.node('Expand', [graph.floats([value], [1, 1]), graph.node('Shape', [raw])])
}

function treeInputs(graph: GraphBuilder, model: BoostedModel, used: ReadonlySet<number>): TreeInputs {
  const blocks: Edge[] = []
  const columnOfNumeric = new Map<number, number>()
  const columnOfSet = new Map<Uint8Array, number>()
  let width = 0
  model.features.forEach((feature, index) => {
    if (!used.has(index) || feature.kind !== 'numeric') return
    blocks.push(graph.column(feature.name, 'float'))
    columnOfNumeric.set(index, width++)
  })
  model.features.forEach((feature, index) => {
    if (!used.has(index) || feature.kind !== 'categorical') return
    const unknown = feature.categories.length
    const code = graph.node('LabelEncoder', [graph.column(feature.name, 'string')], {
      domain: ML_DOMAIN,
      attributes: {
        keys_strings: { strings: feature.categories },
        values_int64s: { ints: feature.categories.map((_, position) => position) },
        default_int64: { int: unknown },
      },
    })
    const sets = distinctSets(model, index)
    const table = new Float32Array((unknown + 1) * sets.length)
    sets.forEach(({ members, flags }, position) => {
      for (let bin = 0; bin < unknown; bin++) table[bin * sets.length + position] = flags[bin]!
      table[unknown * sets.length + position] = flags[MISSING_BIN]!
      for (const member of members) columnOfSet.set(member, width + position)
    })
    width += sets.length
    const looked = graph.node('Gather', [graph.floats(table, [unknown + 1, sets.length]), code], {
      attributes: { axis: { int: 0 } },
    })
    blocks.push(graph.node('Reshape', [looked, graph.ints([-1, sets.length])]))
  })
  const edge = blocks.length === 1 ? blocks[0]! : graph.node('Concat', blocks, { attributes: { axis: { int: 1 } } })
  return { edge, columnOfNumeric, columnOfSet }
}

function distinctSets(model: BoostedModel, feature: number): { flags: Uint8Array; members: Uint8Array[] }[] {
  const sets = new Map<string, { flags: Uint8Array; members: Uint8Array[] }>()
  for (const tree of model.trees) {
    tree.feature.forEach((asked, node) => {
      const flags = tree.leftCategories[node]
      if (asked !== feature || flags === undefined) return
      const key = Buffer.from(flags).toString('latin1')
      const known = sets.get(key)
      if (known === undefined) sets.set(key, { flags, members: [flags] })
      else known.members.push(flags)
    })
  }
  return Array.from(sets.values())
}

function ensembleAttributes(model: BoostedModel, inputs: TreeInputs): Readonly<Record<string, AttributeValue>> {
  const count = model.trees.reduce((sum, tree) => sum + tree.feature.length, 0)
  const leaves = model.trees.reduce((sum, tree) => sum + (tree.feature.length + 1) / 2, 0)
  const treeIds = new Int32Array(count)
  const nodeIds = new Int32Array(count)
  const featureIds = new Int32Array(count)
  const thresholds = new Float32Array(count)
  const trueIds = new Int32Array(count)
  const falseIds = new Int32Array(count)
  const missingTrue = new Int32Array(count)
  const modes: string[] = []
  const leafTrees = new Int32Array(leaves)
  const leafNodes = new Int32Array(leaves)
  const leafValues = new Float32Array(leaves)
  let at = 0
  let leaf = 0
  model.trees.forEach((tree, treeId) => {
    for (let node = 0; node < tree.feature.length; node++, at++) {
      treeIds[at] = treeId
      nodeIds[at] = node
      const feature = tree.feature[node]!
      if (feature < 0) {
        modes.push('LEAF')
        leafTrees[leaf] = treeId
        leafNodes[leaf] = node
        leafValues[leaf++] = tree.value[node]!
        continue
      }
      const categories = tree.leftCategories[node]
      // A 0/1 column above ½ is a member: members go to the false branch of ≤, which is the left child.
      featureIds[at] =
        categories === undefined ? inputs.columnOfNumeric.get(feature)! : inputs.columnOfSet.get(categories)!
      thresholds[at] = categories === undefined ? tree.threshold[node]! : 0.5
      modes.push('BRANCH_LEQ')
      trueIds[at] = categories === undefined ? tree.left[node]! : tree.right[node]!
      falseIds[at] = categories === undefined ? tree.right[node]! : tree.left[node]!
      missingTrue[at] = categories === undefined ? tree.missingLeft[node]! : 0
    }
  })
  return {
    n_targets: { int: 1 },
    aggregate_function: { string: 'SUM' },
    post_transform: { string: 'NONE' },
    base_values: { floats: [model.base] },
    nodes_treeids: { ints: treeIds },
    nodes_nodeids: { ints: nodeIds },
    nodes_featureids: { ints: featureIds },
    nodes_values: { floats: thresholds },
    nodes_hitrates: { floats: new Float32Array(count).fill(1) },
    nodes_modes: { strings: modes },
    nodes_truenodeids: { ints: trueIds },
    nodes_falsenodeids: { ints: falseIds },
    nodes_missing_value_tracks_true: { ints: missingTrue },
    target_treeids: { ints: leafTrees },
    target_nodeids: { ints: leafNodes },
    target_ids: { ints: new Int32Array(leaves) },
    target_weights: { floats: leafValues },
  }
}
