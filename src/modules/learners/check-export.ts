import { InternalError } from '../../kernel/errors.ts'
import type { ModelRuntime } from '../../ports/model-runtime.ts'
import type { ColumnBatch, ColumnValues } from '../../ports/table-engine.ts'
import type { TrainingTable } from './data/training-table.ts'
import type { FittedModel } from './fitted-model.ts'
import { predictFitted } from './predict.ts'

const CHECKED_ROWS = 256
const TOLERANCE = 1e-4

/** Loads what was written and compares its scores with those of the fitted model on the first training rows. */
export async function checkExport(
  runtime: ModelRuntime,
  folder: string,
  { model, table }: { readonly model: FittedModel; readonly table: TrainingTable },
): Promise<void> {
  const head = firstRows(table, CHECKED_ROWS)
  const expected = predictFitted(model, head)
  await using loaded = await runtime.load(folder)
  const actual = await loaded.predict(toBatch(head))
  const off = expected.findIndex(
    (value, row) => !(Math.abs(value - actual[row]!) <= TOLERANCE * Math.max(1, Math.abs(value))),
  )
  if (off >= 0) {
    throw new InternalError(
      `The exported model scores row ${off} as ${actual[off]}, the fitted one as ${expected[off]}.`,
    )
  }
}

function firstRows(table: TrainingTable, limit: number): TrainingTable {
  const rows = Math.min(limit, table.rows)
  const features = table.features.map((column) =>
    column.kind === 'numeric'
      ? { ...column, values: column.values.subarray(0, rows) }
      : { ...column, codes: column.codes.subarray(0, rows) },
  )
  return { rows, features, target: table.target.subarray(0, rows) }
}

/** Training columns as a runtime takes them. */
export function toBatch(table: Pick<TrainingTable, 'rows' | 'features'>): ColumnBatch {
  const columns = table.features.map((column): [string, ColumnValues] => [
    column.name,
    column.kind === 'numeric'
      ? Float64Array.from(column.values)
      : Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]!)),
  ])
  return { rows: table.rows, columns: Object.fromEntries(columns) }
}
