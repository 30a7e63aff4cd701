import type { FeatureImportance, ModelFeature, Tree } from '../fitted-model.ts'

/** Each feature's share of the loss reduction of all splits, largest first (Breiman et al. 1984, gain importance). */
export function gainImportance(
  features: readonly ModelFeature[],
  trees: readonly Tree[],
): readonly FeatureImportance[] {
  const gains = new Float64Array(features.length)
  for (const tree of trees) {
    tree.feature.forEach((feature, node) => {
      if (feature >= 0) gains[feature]! += tree.gain[node]!
    })
  }
  return sharesOf(features.map((feature, index) => ({ name: feature.name, amount: gains[index]! })))
}

/** Amounts ≥ 0 as shares of their sum, largest first. */
export function sharesOf(
  amounts: readonly { readonly name: string; readonly amount: number }[],
): readonly FeatureImportance[] {
  const total = amounts.reduce((sum, { amount }) => sum + amount, 0)
  return amounts
    .map(({ name, amount }) => ({ name, share: total > 0 ? amount / total : 0 }))
    .toSorted((a, b) => b.share - a.share)
}
