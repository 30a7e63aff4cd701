import { Client, type ClientConfig } from 'pg'
import Cursor from 'pg-cursor'

import { throwIfAborted } from '../../../kernel/errors.ts'
import type { RowQuery, RowSource, SourceColumn } from '../../../ports/row-source.ts'
import { RowSourceError } from '../errors.ts'
import { fromClause, quoteName } from '../relation.ts'
import { toSqlType } from './column-type.ts'

const batchRows = 4096

function serverOf(client: Client): string {
  return `${client.host}:${client.port}/${client.database ?? ''}`
}

function toSourceError(error: unknown, server: string): unknown {
  const { code = '', message = '', position } = error as { code?: string; message?: string; position?: string }
  if (error instanceof RowSourceError || code === '') {
    if (!/Connection terminated|timeout/i.test(message)) return error
  }
  const shared = { message: `PostgreSQL at ${server} says: ${message || code}.`, cause: error }
  if (
    /^(ECONN|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|EPIPE|08|57P)/.test(code) ||
    /Connection terminated|timeout/i.test(message)
  ) {
    return new RowSourceError({
      code: 'source.unreachable',
      kind: 'unavailable',
      hint: 'Check that the server runs and that host, port and database in the URL are right; then run again.',
      ...shared,
    })
  }
  if (code.startsWith('28') || code === '3D000') {
    return new RowSourceError({
      code: 'source.refused',
      kind: 'unavailable',
      hint: 'Check user, password and database in the URL.',
      ...shared,
    })
  }
  return new RowSourceError({
    code: 'source.query_failed',
    kind: 'usage',
    hint: 'Correct the table or the query of the ingest step.',
    ...(position === undefined ? {} : { details: { position: Number(position) } }),
    ...shared,
  })
}

async function columnsOf(client: Client, query: RowQuery): Promise<readonly SourceColumn[]> {
  const described = await client.query({ text: `SELECT * FROM ${fromClause(query)} LIMIT 0`, rowMode: 'array' })
  const { rows } = await client.query<{ type: string }>({
    text: `SELECT format_type(t.oid, t.mod) AS type
      FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS t(oid, mod, at) ORDER BY at`,
    values: [
      described.fields.map((field) => field.dataTypeID),
      described.fields.map((field) => field.dataTypeModifier),
    ],
  })
  return described.fields.map((field, index) => ({ name: field.name, sqlType: toSqlType(rows[index]!.type) }))
}

/** Every column as text, in PostgreSQL's own exact form. */
function selectSql(query: RowQuery, columns: readonly SourceColumn[]): string {
  const list = columns.map((column) => `source_rows.${quoteName(column.name)}::text`).join(', ')
  const from = `FROM (SELECT * FROM ${fromClause(query)}) AS source_rows`
  if (!query.watermark) return `SELECT ${list} ${from}`
  const column = `source_rows.${quoteName(query.watermark.column)}`
  // An untyped parameter takes the type of the column that it is compared with.
  const after = query.watermark.after === undefined ? '' : `WHERE ${column} > $1`
  return `SELECT ${list} ${from} ${after} ORDER BY ${column}`
}

/** The error of a URL that cannot be read holds the URL, and so the password: it is not passed on. */
function createClient(url: string): Client {
  const config: ClientConfig = { connectionString: url, connectionTimeoutMillis: 10_000, application_name: 'baton' }
  try {
    return new Client(config)
  } catch {
    throw new RowSourceError({
      code: 'source.invalid_url',
      kind: 'usage',
      message: 'The URL of the PostgreSQL database cannot be read.',
      hint: 'Write it as postgres://user:password@host:5432/database; in user and password write %40 for @, %2F for / and %3A for :.',
    })
  }
}

/** Opens a PostgreSQL database in one read-only transaction that sees no later commit. */
export async function openPostgresSource(url: string): Promise<RowSource> {
  const client = createClient(url)
  const server = serverOf(client)
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw toSourceError(error, server)
    }
  }
  client.on('error', () => undefined)
  await attempt(async () => {
    await client.connect()
    await client.query(
      "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET extra_float_digits = 3; SET bytea_output = 'hex'",
    )
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
  })

  async function* batches(query: RowQuery, signal?: AbortSignal) {
    const columns = await attempt(() => columnsOf(client, query))
    const after = query.watermark?.after
    const text = selectSql(query, columns)
    const cursor = client.query(
      new Cursor<(string | null)[]>(text, after === undefined ? [] : [after], { rowMode: 'array' }),
    )
    try {
      for (;;) {
        throwIfAborted(signal)
        const rows = await attempt(() => cursor.read(batchRows))
        if (rows.length === 0) return
        yield rows
      }
    } finally {
      await cursor.close().catch(() => undefined)
    }
  }

  return {
    columns: (query) => attempt(() => columnsOf(client, query)),
    batches,
    async [Symbol.asyncDispose]() {
      await client.query('ROLLBACK').catch(() => undefined)
      await client.end().catch(() => undefined)
    },
  }
}
