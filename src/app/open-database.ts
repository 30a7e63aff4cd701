import { join } from 'node:path'

import type { Config } from '../config/index.ts'
import { withGroupCommit } from '../drivers/database/group-commit.ts'
import { openSqlite } from '../drivers/database/sqlite/index.ts'
import type { Database } from '../ports/database.ts'

/** The database of runs and models that the setting `database` names. The server's driver is loaded only for one. */
export async function openDatabase(config: Config, batonVersion: string): Promise<Database> {
  const { database: url } = config.settings
  if (url === 'sqlite') return withGroupCommit(openSqlite({ file: join(config.storeFolder, 'baton.db'), batonVersion }))
  const { openPostgres } = await import('../drivers/database/postgres/index.ts')
  return withGroupCommit(openPostgres({ url, batonVersion }))
}
