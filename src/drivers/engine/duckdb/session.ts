import { type DuckDBConnection, DuckDBDataChunk, type DuckDBInstance, VARCHAR } from '@duckdb/node-api'

import { throwIfAborted } from '../../../kernel/errors.ts'
import type { ColumnBatch, ColumnInfo, TableSession } from '../../../ports/table-engine.ts'
import { createBatchBuilder } from './batches.ts'
import { quoteName, toBatchExpression, toColumnType } from './column-types.ts'
import { toEngineError } from './errors.ts'
import { toPlainValue } from './values.ts'

const chunkRows = 2048

/** Interrupts the connection when the signal fires, also between two statements of one text. */
async function interruptible<T>(
  connection: DuckDBConnection,
  sql: string,
  options: { readonly signal: AbortSignal | undefined; readonly work: () => Promise<T> },
): Promise<T> {
  const { signal, work } = options
  throwIfAborted(signal)
  const stop = () => connection.interrupt()
  signal?.addEventListener('abort', stop)
  try {
    return await work()
  } catch (error) {
    throw toEngineError(error, sql, signal)
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

async function describe(connection: DuckDBConnection, sql: string): Promise<readonly ColumnInfo[]> {
  try {
    const statement = await connection.prepare(sql)
    try {
      return Array.from({ length: statement.columnCount }, (_, index) => {
        const sqlType = String(statement.columnType(index))
        return { name: statement.columnName(index), type: toColumnType(sqlType), sqlType }
      })
    } finally {
      statement.destroySync()
    }
  } catch (error) {
    throw toEngineError(error, sql)
  }
}

async function* batches(
  connection: DuckDBConnection,
  sql: string,
  options: {
    readonly batchRows?: number
    readonly signal?: AbortSignal
    readonly track: <T>(work: Promise<T>) => Promise<T>
  },
): AsyncIterable<ColumnBatch> {
  const { signal, batchRows = 16_384, track } = options
  throwIfAborted(signal)
  const source = `(\n${sql.trim().replace(/;+$/, '')}\n)`
  const columns = (await describe(connection, `FROM ${source}`)).map((column) => ({
    name: column.name,
    ...toBatchExpression(column.name, column.sqlType),
  }))
  const list = columns.map((column) => `${column.sql} AS ${quoteName(column.name)}`).join(', ')
  const statement = `SELECT ${list} FROM ${source}`
  const builder = createBatchBuilder(columns, batchRows)
  const run = <T>(work: () => Promise<T>) => track(interruptible(connection, statement, { signal, work }))
  const result = await run(() => connection.stream(statement))
  for (;;) {
    const chunk = await run(() => result.fetchChunk())
    if (!chunk || chunk.rowCount === 0) break
    yield* builder.add(chunk)
  }
  const rest = builder.rest()
  if (rest) yield rest
}

async function appendText(
  connection: DuckDBConnection,
  table: string,
  rows: readonly (readonly (string | null)[])[],
): Promise<void> {
  const width = rows[0]?.length
  if (width === undefined) return
  try {
    const appender = await connection.createAppender(table)
    try {
      const types = Array.from({ length: width }, () => VARCHAR)
      for (let from = 0; from < rows.length; from += chunkRows) {
        const chunk = DuckDBDataChunk.create(types)
        chunk.setRows(rows.slice(from, from + chunkRows))
        appender.appendDataChunk(chunk)
      }
    } finally {
      appender.closeSync()
    }
  } catch (error) {
    throw toEngineError(error, `appendText(${table})`)
  }
}

/** A session over its own instance; closing it frees the instance and what it spilled. */
export function createSession(
  instance: DuckDBInstance,
  connection: DuckDBConnection,
  onClose: () => Promise<void>,
): TableSession {
  let closed = false
  // Closing an instance under a running statement ends the process, so closing waits for what runs.
  const running = new Set<Promise<unknown>>()
  const track = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    running.add(settled)
    void settled.then(() => running.delete(settled))
    return work
  }
  return {
    async run(sql, options = {}) {
      const work = () => connection.run(sql)
      await track(interruptible(connection, sql, { signal: options.signal, work }))
    },
    async rows<T extends object>(sql: string) {
      try {
        const reader = await track(connection.runAndReadAll(sql))
        const names = reader.deduplicatedColumnNames()
        return reader
          .getRows()
          .map((row) => Object.fromEntries(row.map((value, index) => [names[index]!, toPlainValue(value)]))) as T[]
      } catch (error) {
        throw toEngineError(error, sql)
      }
    },
    describe: (sql) => track(describe(connection, sql)),
    batches: (sql, options) => batches(connection, sql, { ...options, track }),
    appendText: (table, rows) => track(appendText(connection, table, rows)),
    async explain(sql) {
      try {
        const reader = await track(connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`))
        return String(reader.getRows()[0]?.[1] ?? '')
      } catch (error) {
        throw toEngineError(error, sql)
      }
    },
    async [Symbol.asyncDispose]() {
      if (closed) return
      closed = true
      await Promise.all(running)
      connection.closeSync()
      instance.closeSync()
      await onClose()
    },
  }
}
