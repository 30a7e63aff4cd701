import type { DuckDBDataChunk } from '@duckdb/node-api'

import type { ColumnBatch, ColumnValues } from '../../../ports/table-engine.ts'

export interface BatchColumn {
  readonly name: string
  readonly numeric: boolean
}

/** Collects the engine's small chunks into batches of a chosen size. */
export interface BatchBuilder {
  /** Takes a chunk and gives the batches that it completed. */
  add(chunk: DuckDBDataChunk): readonly ColumnBatch[]
  /** What is left at the end. */
  rest(): ColumnBatch | undefined
}

export function createBatchBuilder(columns: readonly BatchColumn[], batchRows: number): BatchBuilder {
  const start = (): (Float64Array | (string | null)[])[] =>
    columns.map((column) => (column.numeric ? new Float64Array(batchRows) : Array.from({ length: batchRows })))
  let buffers = start()
  let filled = 0

  const take = (): ColumnBatch => {
    const rows = filled
    const values = buffers.map((buffer) => (rows === batchRows ? buffer : buffer.slice(0, rows)))
    buffers = start()
    filled = 0
    const named: Record<string, ColumnValues> = {}
    for (const [index, column] of columns.entries()) named[column.name] = values[index]!
    return { rows, columns: named }
  }

  const copy = (chunk: DuckDBDataChunk, from: number, count: number): void => {
    for (const [index, column] of columns.entries()) {
      const vector = chunk.getColumnVector(index)
      const buffer = buffers[index]!
      if (column.numeric) {
        for (let row = 0; row < count; row++)
          buffer[filled + row] = (vector.getItem(from + row) as number | null) ?? NaN
      } else {
        for (let row = 0; row < count; row++) buffer[filled + row] = vector.getItem(from + row) as never
      }
    }
    filled += count
  }

  return {
    add(chunk) {
      const done: ColumnBatch[] = []
      for (let from = 0; from < chunk.rowCount; ) {
        const count = Math.min(chunk.rowCount - from, batchRows - filled)
        copy(chunk, from, count)
        from += count
        if (filled === batchRows) done.push(take())
      }
      return done
    },
    rest: () => (filled === 0 ? undefined : take()),
  }
}
