import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

import type { Pool, PoolClient } from 'pg'
import Cursor from 'pg-cursor'

import type { Migration } from '../../../ports/database.ts'
import { openSqlite } from '../sqlite/index.ts'
import { valueTypes } from './values.ts'

const rowsAtOnce = 1_000

interface CopyOptions {
  readonly file: string
  /** The schema of the copy. */
  readonly migrations: readonly Migration[]
  readonly batonVersion: string
}

/** Writes all rows, as they are at one moment, into a new SQLite file of the same schema. */
export async function copyToSqlite(pool: Pool, { file, migrations, batonVersion }: CopyOptions): Promise<void> {
  {
    await using empty = openSqlite({ file, batonVersion })
    await empty.migrate(migrations)
  }
  // Tables are filled in any order, so references hold only when all are.
  using copy = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  const tables = copy
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('baton_migrations')`)
    .all()
  const client = await pool.connect()
  let failed = true
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    copy.exec('BEGIN')
    for (const { name } of tables) await copyTable(client, copy, String(name))
    copy.exec('COMMIT')
    await client.query('COMMIT')
    failed = false
  } finally {
    client.release(failed)
  }
}

async function copyTable(client: PoolClient, copy: DatabaseSync, table: string): Promise<void> {
  const columns = copy.prepare(`SELECT name FROM pragma_table_info(?)`).all(table)
  const list = columns.map(({ name }) => `"${String(name)}"`).join(', ')
  copy.exec(`DELETE FROM "${table}"`)
  const insert = copy.prepare(`INSERT INTO "${table}" (${list}) VALUES (${columns.map(() => '?').join(', ')})`)
  const cursor = client.query(
    new Cursor<SQLInputValue[]>(`SELECT ${list} FROM "${table}"`, [], { rowMode: 'array', types: valueTypes }),
  )
  for (;;) {
    const rows = await cursor.read(rowsAtOnce)
    if (rows.length === 0) break
    for (const row of rows) insert.run(...row)
  }
  await cursor.close()
}
