import type { FeatureColumn, TrainingTable } from '../data/training-table.ts'
import type { ModelFeature } from '../fitted-model.ts'
import { seededRandom } from '../random.ts'
import { binLimits, categoryBins, writeCategoryBins, writeNumericBins } from './bins.ts'

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

/** Learns the bins of every feature. */
export function learnBins(table: TrainingTable, maxBins: number, seed: number): BinRules {
  const features: ModelFeature[] = []
  const bins = table.features.map((column, index): FeatureBins => {
    if (column.kind === 'numeric') {
      features.push({ name: column.name, kind: 'numeric', type: column.type })
      return { kind: 'numeric', limits: binLimits(column.values, maxBins, seededRandom(seed + index)) }
    }
    const { binOfCode, codeOfBin } = categoryBins(column.codes, column.categories.length, {
      maxBins,
      leastCount: LEAST_CATEGORY_COUNT,
    })
    const categories = Array.from(codeOfBin, (code) => column.categories[code]!)
    features.push({ name: column.name, kind: 'categorical', type: 'string', categories })
    return { kind: 'categorical', binOfCode, bins: codeOfBin.length }
  })
  return { features, bins }
}

/** Applies learned bins to a table with the same columns. `allocate` gives the words of one group. */
export function binTable(
  table: { readonly rows: number; readonly features: readonly FeatureColumn[] },
  rules: BinRules,
  allocate: (length: number) => Uint32Array = (length) => new Uint32Array(length),
): BinnedTable {
  const groups = Array.from({ length: Math.ceil(table.features.length / 4) }, () => allocate(table.rows))
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
