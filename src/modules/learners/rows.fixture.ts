import type { FeatureColumn, TrainingTable } from './data/training-table.ts'

/** The rows that a test of their number picks, in their order. */
export function takeRows(table: TrainingTable, wanted: (row: number) => boolean): TrainingTable {
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter((row) => wanted(row))
  const floats = (values: Float32Array): Float32Array => Float32Array.from(rows, (row) => values[row]!)
  const features = table.features.map(
    (column): FeatureColumn =>
      column.kind === 'numeric'
        ? { ...column, values: floats(column.values) }
        : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) },
  )
  return {
    rows: rows.length,
    features,
    target: floats(table.target),
    ...(table.weight === undefined ? {} : { weight: floats(table.weight) }),
  }
}
