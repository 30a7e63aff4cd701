import type { FeatureColumn } from './data/training-table.ts'
import type { BoostedModel, FittedModel, LinearModel, Tree } from './fitted-model.ts'
import { standardise } from './linear/design.ts'

/** Columns to score, found by name. */
export interface ScoringTable {
  readonly rows: number
  readonly features: readonly FeatureColumn[]
}

/**
 * Scores rows in this thread as the exported model does: the same float32 comparisons and sums of trees; exponentials
 * and logarithms may differ in the last bits of float32. A probability (binary) or value (regression) per row.
 */
export function predictFitted(model: FittedModel, table: ScoringTable): Float64Array {
  switch (model.kind) {
    case 'constant':
      return new Float64Array(table.rows).fill(model.value)
    case 'boosted':
      return predictBoosted(model, table)
    case 'linear':
      return predictLinear(model, table)
    case 'blended': {
      const total = new Float64Array(table.rows)
      for (const member of model.members) {
        const scores = predictFitted(member, table)
        for (let row = 0; row < scores.length; row++) total[row]! += scores[row]! / model.members.length
      }
      return total
    }
  }
}

function columnOf(table: ScoringTable, name: string): FeatureColumn {
  const column = table.features.find((candidate) => candidate.name === name)
  if (column === undefined) throw new TypeError(`no column ${name} to score`)
  return column
}

function predictBoosted(model: BoostedModel, table: ScoringTable): Float64Array {
  const numeric: (Float32Array | undefined)[] = []
  const bins: (Int32Array | undefined)[] = []
  model.features.forEach((feature, index) => {
    const column = columnOf(table, feature.name)
    if (feature.kind === 'numeric' && column.kind === 'numeric') numeric[index] = column.values
    else if (feature.kind === 'categorical' && column.kind === 'categorical') {
      bins[index] = positionsIn(feature.categories, column)
    } else throw new TypeError(`column ${feature.name} is not ${feature.kind}`)
  })
  const scores = new Float64Array(table.rows)
  for (let row = 0; row < table.rows; row++) {
    let score = 0
    for (const tree of model.trees) score = Math.fround(score + tree.value[leafOf(tree, { numeric, bins, row })]!)
    score = Math.fround(score + model.base)
    scores[row] = model.link === 'logistic' ? 1 / (1 + Math.exp(-score)) : score
  }
  return scores
}

function leafOf(
  tree: Tree,
  at: {
    readonly numeric: readonly (Float32Array | undefined)[]
    readonly bins: readonly (Int32Array | undefined)[]
    readonly row: number
  },
): number {
  let node = 0
  for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
    const categories = tree.leftCategories[node]
    let left: boolean
    if (categories !== undefined) {
      const bin = at.bins[feature]![at.row]!
      left = bin < 0 ? tree.missingLeft[node] === 1 : categories[bin] === 1
    } else {
      const value = at.numeric[feature]![at.row]!
      left = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!
    }
    node = left ? tree.left[node]! : tree.right[node]!
  }
  return node
}

/** The position of each row's category in a list of known ones; −1 for missing and unknown. */
function positionsIn(known: readonly string[], column: Extract<FeatureColumn, { kind: 'categorical' }>): Int32Array {
  const position = new Map(known.map((category, index) => [category, index]))
  const positions = column.categories.map((category) => position.get(category) ?? -1)
  return column.codes.map((code) => (code < 0 ? -1 : positions[code]!))
}

function predictLinear(model: LinearModel, table: ScoringTable): Float64Array {
  const scores = new Float64Array(table.rows).fill(model.intercept)
  for (const term of model.numeric) {
    const column = columnOf(table, term.name)
    if (column.kind !== 'numeric') throw new TypeError(`column ${term.name} is not numeric`)
    const ready = standardise(column.values, term)
    for (let row = 0; row < scores.length; row++) {
      scores[row]! += term.weight * ready[row]!
      if (Number.isNaN(column.values[row])) scores[row]! += term.missingWeight
    }
  }
  for (const term of model.categorical) {
    const column = columnOf(table, term.name)
    if (column.kind !== 'categorical') throw new TypeError(`column ${term.name} is not categorical`)
    positionsIn(term.categories, column).forEach((position, row) => {
      const missing = column.codes[row]! < 0
      scores[row]! += missing ? term.missingWeight : position < 0 ? 0 : term.weights[position]!
    })
  }
  return model.link === 'logistic' ? scores.map((score) => 1 / (1 + Math.exp(-score))) : scores
}
