import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'

import { findPostgres } from '../../../tests/system/postgres-server.ts'
import type { Database } from '../../ports/database.ts'
import { openPostgres } from './postgres/index.ts'
import { openSqlite } from './sqlite/index.ts'

/** Whether tests of modules run on PostgreSQL: `BATON_TEST_DATABASE=postgres vitest run src/modules`. */
const onPostgres = process.env['BATON_TEST_DATABASE'] === 'postgres'

/** SQLite in this file; or a schema of the test server that belongs to this file, in every process; `:memory:` is private. */
export function openTestDatabase({ file }: { readonly file: string }): Database {
  if (!onPostgres) return openSqlite({ file })
  const server = process.env['BATON_TEST_POSTGRES_URL']
  if (server === undefined) throw new Error('BATON_TEST_POSTGRES_URL is set by tests/system/postgres-for-all.ts only.')
  const key = file === ':memory:' ? randomUUID() : file
  const schema = `test_${createHash('sha256').update(key).digest('hex').slice(0, 24)}`
  execFileSync(join(findPostgres()!, 'psql'), ['-X', '-q', server, '-c', `CREATE SCHEMA IF NOT EXISTS ${schema}`], {
    stdio: 'ignore',
  })
  const url = new URL(server)
  url.searchParams.set('options', `-c search_path=${schema}`)
  return openPostgres({ url: url.href, maxConnections: 4 })
}
