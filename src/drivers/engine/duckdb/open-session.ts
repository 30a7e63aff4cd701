import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'

import { DuckDBInstance } from '@duckdb/node-api'

import type { SessionOptions, TableSession } from '../../../ports/table-engine.ts'
import type { DuckdbOptions } from './engine.ts'
import { toEngineError } from './errors.ts'
import { createSession } from './session.ts'
import { newSpillFolder } from './spill-folder.ts'

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A private in-memory database. This file alone loads the engine. */
export async function openSession(options: DuckdbOptions, session: SessionOptions): Promise<TableSession> {
  const spill = await newSpillFolder(options.temporaryFolder)
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${session.memoryLimitMb ?? options.memoryLimitMb}MB`,
    threads: String(session.threads ?? options.threads),
    temp_directory: spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const removeSpill = () => rm(spill, { recursive: true, force: true })
  try {
    const connection = await instance.connect()
    const opened = createSession(instance, connection, removeSpill)
    await connection.run("SET TimeZone = 'UTC'")
    if (session.allowedFolders) {
      const folders = session.allowedFolders.map((folder) => quoteText(resolve(folder))).join(', ')
      await connection.run(`SET allowed_directories = [${folders}]; SET enable_external_access = false`)
      await connection.run('SET lock_configuration = true')
    }
    return opened
  } catch (error) {
    instance.closeSync()
    await removeSpill()
    throw toEngineError(error, 'open a session')
  }
}
