import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'

import { throwIfAborted } from '../../../kernel/errors.ts'
import type { RowQuery, RowSource, SourceColumn } from '../../../ports/row-source.ts'
import { RowSourceError } from '../errors.ts'
import { fromClause, quoteName } from '../relation.ts'
import { toSqlType, toText } from './column-type.ts'

const batchRows = 4096

function toSourceError(error: unknown, path: string): unknown {
  const { code = '', message = '', errcode } = error as { code?: string; message?: string; errcode?: number }
  if (code !== 'ERR_SQLITE_ERROR') return error
  const shared = { message: `SQLite says of ${path}: ${message}.`, where: { file: path }, cause: error }
  if (errcode === 26 || errcode === 11) {
    return new RowSourceError({
      code: 'source.not_a_database',
      kind: 'usage',
      hint: 'Check that the file is an SQLite database and was copied whole.',
      ...shared,
    })
  }
  if (errcode === 5) {
    return new RowSourceError({
      code: 'source.busy',
      kind: 'unavailable',
      hint: 'Another program holds the database; try again when it is done.',
      ...shared,
    })
  }
  return new RowSourceError({
    code: 'source.query_failed',
    kind: 'usage',
    hint: 'Correct the table or the query of the ingest step.',
    ...shared,
  })
}

function selectSql(query: RowQuery): string {
  const from = fromClause(query)
  if (!query.watermark) return `SELECT * FROM ${from}`
  const column = quoteName(query.watermark.column)
  const after = query.watermark.after === undefined ? '' : ` WHERE ${column} > ?`
  return `SELECT * FROM ${from}${after} ORDER BY ${column}`
}

/** A number in text form compares as a number in SQLite only when it is bound as one. */
function bindable(text: string, sqlType: string): string | number | bigint {
  if (sqlType === 'BIGINT') return BigInt(text)
  return sqlType === 'DOUBLE' || sqlType.startsWith('DECIMAL') ? Number(text) : text
}

/** Opens an SQLite file for reading only, in one transaction. */
export async function openSqliteSource(path: string): Promise<RowSource> {
  if (!existsSync(path)) {
    throw new RowSourceError({
      code: 'source.missing',
      kind: 'not_found',
      message: `There is no file ${path}.`,
      hint: 'Correct the path of the database.',
      where: { file: path },
    })
  }
  let database: DatabaseSync
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
    database.exec('PRAGMA query_only = 1; BEGIN')
  } catch (error) {
    throw toSourceError(error, path)
  }
  const attempt = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw toSourceError(error, path)
    }
  }
  const columnsOf = (query: RowQuery): readonly SourceColumn[] =>
    attempt(() =>
      database
        .prepare(`SELECT * FROM ${fromClause(query)}`)
        .columns()
        .map((column) => ({ name: column.name, sqlType: toSqlType(column.type) })),
    )

  async function* batches(query: RowQuery, signal?: AbortSignal) {
    const columns = columnsOf(query)
    const statement = attempt(() => database.prepare(selectSql(query)))
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    const { column, after } = query.watermark ?? {}
    const type = columns.find((known) => known.name === column)?.sqlType ?? 'VARCHAR'
    const rows = attempt(() => (after === undefined ? statement.iterate() : statement.iterate(bindable(after, type))))
    let batch: (string | null)[][] = []
    for (;;) {
      const next = attempt(() => rows.next())
      if (next.done) break
      const values = next.value as unknown as readonly SQLOutputValue[]
      batch.push(values.map((value, index) => toText(value, columns[index]!.sqlType)))
      if (batch.length < batchRows) continue
      throwIfAborted(signal)
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  }

  return {
    columns: async (query) => columnsOf(query),
    batches,
    async [Symbol.asyncDispose]() {
      database.close()
    },
  }
}
