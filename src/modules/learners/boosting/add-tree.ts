import type { Tree } from '../fitted-model.ts'
import { type BinnedTable, type BinRules, bytesOf } from './binned-table.ts'
import { MISSING_BIN } from './bins.ts'

/** Adds a tree's value to the score of every row of a binned table. */
export function addTree(
  scores: Float32Array,
  tree: Tree,
  { table, rules }: { readonly table: BinnedTable; readonly rules: BinRules },
): void {
  const bytes = table.groups.map(bytesOf)
  const { feature, left, right, value } = tree
  // One flat table of 256 flags a node: 1 goes left.
  const flags = new Uint8Array(256 * feature.length)
  for (let node = 0; node < feature.length; node++) flags.set(leftFlags(tree, node, rules), 256 * node)
  for (let row = 0; row < table.rows; row++) {
    let node = 0
    for (let asked = feature[0]!; asked >= 0; asked = feature[node]!) {
      const bin = bytes[asked >> 2]![row * 4 + (asked & 3)]!
      node = flags[256 * node + bin] === 1 ? left[node]! : right[node]!
    }
    scores[row]! += value[node]!
  }
}

function leftFlags(tree: Tree, node: number, rules: BinRules): Uint8Array {
  const categories = tree.leftCategories[node]
  if (categories !== undefined) return categories
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
