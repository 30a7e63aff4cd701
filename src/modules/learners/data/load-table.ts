import type { ColumnBatch, ColumnValues, TableSession } from '../../../ports/table-engine.ts'
import { TargetError, WeightError } from '../errors.ts'
import type { Plan } from '../plan.ts'
import type { ChosenColumn } from './choose-columns.ts'
import { quoteName } from './sql-names.ts'
import type { Target } from './target.ts'
import { type FeatureColumn, sharedFloat32, sharedInt32, type TrainingTable } from './training-table.ts'

const BATCH_ROWS = 16_384
const TARGET = '__target'
const WEIGHT = '__weight'

/** The categories of each text column seen so far; shared by train and validation, so that codes agree. */
export type Dictionaries = Map<string, Map<string, number>>

export interface LoadRequest {
  readonly sql: string
  readonly rows: number
  /** `train` or `validation`, for errors. */
  readonly input: string
  readonly columns: readonly ChosenColumn[]
  readonly target: Target
  readonly plan: Plan
  readonly dictionaries: Dictionaries
  readonly signal?: AbortSignal
}

/** Reads a table batch by batch into float32 and code columns: rows × columns × 4 bytes, never a row object. */
export async function loadTable(session: TableSession, request: LoadRequest): Promise<TrainingTable> {
  const { columns, plan, rows, signal } = request
  const target = sharedFloat32(rows)
  const weight = plan.weight === undefined ? undefined : sharedFloat32(rows)
  const writers = columns.map((column) => columnWriter(column, rows, request.dictionaries))
  const selected = [
    ...columns.map((column, index) => `${quoteName(column.name)} AS c${index}`),
    `${request.target.sql} AS ${TARGET}`,
    ...(plan.weight === undefined ? [] : [`CAST(${quoteName(plan.weight)} AS DOUBLE) AS ${WEIGHT}`]),
  ]
  const query = `SELECT ${selected.join(', ')} FROM ${request.sql}`
  let done = 0
  for await (const batch of session.batches(query, { batchRows: BATCH_ROWS, ...(signal ? { signal } : {}) })) {
    writers.forEach((writer, index) => writer.write(batch.columns[`c${index}`]!, done))
    writeTarget(target, batch, { at: done, request })
    if (weight !== undefined) writeWeight(weight, batch, { at: done, column: plan.weight! })
    done += batch.rows
  }
  const features = writers.map((writer) => writer.finish())
  return { rows, features, target, ...(weight === undefined ? {} : { weight }) }
}

interface ColumnWriter {
  write(values: ColumnValues, at: number): void
  finish(): FeatureColumn
}

function columnWriter(column: ChosenColumn, rows: number, dictionaries: Dictionaries): ColumnWriter {
  const { name, type } = column
  if (type !== 'string') {
    const target = sharedFloat32(rows)
    return {
      write: (values, at) => target.set(values as Float64Array, at),
      finish: () => ({ name, kind: 'numeric', type, values: target }),
    }
  }
  const codes = sharedInt32(rows)
  const dictionary = dictionaries.get(name) ?? new Map<string, number>()
  dictionaries.set(name, dictionary)
  return {
    write(values, at) {
      for (let i = 0; i < values.length; i++) {
        const text = values[i] as string | null
        if (text === null || text === '') {
          codes[at + i] = -1
          continue
        }
        let code = dictionary.get(text)
        if (code === undefined) dictionary.set(text, (code = dictionary.size))
        codes[at + i] = code
      }
    },
    finish: () => ({ name, kind: 'categorical', type: 'string', codes, categories: Array.from(dictionary.keys()) }),
  }
}

function writeTarget(
  target: Float32Array,
  batch: ColumnBatch,
  { at, request }: { readonly at: number; readonly request: LoadRequest },
): void {
  const values = batch.columns[TARGET] as Float64Array
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) {
    const name = request.plan.target
    throw new TargetError(
      request.target.task === 'binary'
        ? `Target "${name}" is null, or neither of its two values, in row ${at + bad + 1} of the ${request.input} input.`
        : `Target "${name}" is null or not finite in row ${at + bad + 1} of the ${request.input} input.`,
      'Leave such rows out in SQL.',
      { row: at + bad + 1 },
    )
  }
  target.set(values, at)
}

function writeWeight(
  weight: Float32Array,
  batch: ColumnBatch,
  { at, column }: { readonly at: number; readonly column: string },
): void {
  const values = batch.columns[WEIGHT] as Float64Array
  const bad = values.findIndex((value) => !(value >= 0 && value < Infinity))
  if (bad >= 0) throw new WeightError(column, at + bad + 1)
  weight.set(values, at)
}
