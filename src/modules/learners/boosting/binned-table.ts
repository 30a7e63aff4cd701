import type { CategoricalColumn, FeatureColumn } from '../data/training-table.ts'
import type { ModelFeature } from '../fitted-model.ts'
import { categoryBins, writeCategoryBins, writeNumericBins } from './bins.ts'

/** How one feature was cut into bins, learned on training rows only. */
export type FeatureBins =
  | { readonly kind: 'numeric'; readonly limits: Float32Array }
  | { readonly kind: 'categorical'; readonly binOfCode: Uint8Array; readonly bins: number }

export interface BinRules {
  readonly features: readonly ModelFeature[]
  readonly bins: readonly FeatureBins[]
}

/**
 * A table as bytes: four features share one 32-bit word per row, so that one load serves four histograms.
 * Feature f is byte f % 4 (little-endian) of word `row` in group f >> 2.
 */
export interface BinnedTable {
  readonly rows: number
  readonly groups: readonly Uint32Array[]
}

const LEAST_CATEGORY_COUNT = 2

/** Learns the bins of a categorical column, and the categories that have one. */
export function learnCategoryBins(
  column: CategoricalColumn,
  maxBins: number,
): { readonly feature: ModelFeature; readonly bins: Extract<FeatureBins, { kind: 'categorical' }> } {
  const { binOfCode, codeOfBin } = categoryBins(column.codes, column.categories.length, {
    maxBins,
    leastCount: LEAST_CATEGORY_COUNT,
  })
  const categories = Array.from(codeOfBin, (code) => column.categories[code]!)
  return {
    feature: { name: column.name, kind: 'categorical', type: 'string', categories },
    bins: { kind: 'categorical', binOfCode, bins: codeOfBin.length },
  }
}

/** Applies learned bins to another table with the same columns. */
export function binTable(
  table: { readonly rows: number; readonly features: readonly FeatureColumn[] },
  rules: BinRules,
): BinnedTable {
  const groups = Array.from({ length: Math.ceil(table.features.length / 4) }, () => new Uint32Array(table.rows))
  table.features.forEach((column, index) => {
    const bytes = bytesOf(groups[index >> 2]!)
    const rule = rules.bins[index]!
    if (rule.kind === 'numeric' && column.kind === 'numeric') {
      writeNumericBins(column.values, rule.limits, bytes, index & 3)
    } else if (rule.kind === 'categorical' && column.kind === 'categorical') {
      writeCategoryBins(column.codes, rule.binOfCode, bytes, index & 3)
    } else throw new TypeError(`column ${column.name} is ${column.kind}, but its bins are ${rule.kind}`)
  })
  return { rows: table.rows, groups }
}

/** The bytes of a group: the bin of feature f in row r is at 4 r + f % 4. */
export function bytesOf(group: Uint32Array): Uint8Array {
  return new Uint8Array(group.buffer, group.byteOffset, group.byteLength)
}
