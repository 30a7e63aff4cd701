import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'

import { DuckDBInstance, version } from '@duckdb/node-api'

import type { SessionOptions, TableEngine, TableSession } from '../../../ports/table-engine.ts'
import { toEngineError } from './errors.ts'
import { createSession } from './session.ts'
import { newSpillFolder, removeDeadSpills } from './spill-folder.ts'

export interface DuckdbOptions {
  /** Where work beyond the memory limit spills to; each session has a folder of its own in it. */
  readonly temporaryFolder: string
  /** Per session, unless the session says otherwise. */
  readonly memoryLimitMb: number
  readonly threads: number
}

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

async function openSession(options: DuckdbOptions, session: SessionOptions): Promise<TableSession> {
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

/** DuckDB as the table engine: every session is a private in-memory database with its own memory limit. */
export function createDuckdbEngine(options: DuckdbOptions): TableEngine {
  const open = new Set<TableSession>()
  let swept: Promise<void> | undefined
  return {
    name: 'duckdb',
    version: async () => version(),
    async openSession(session = {}) {
      await (swept ??= removeDeadSpills(options.temporaryFolder))
      const opened = await openSession(options, session)
      open.add(opened)
      const close = opened[Symbol.asyncDispose].bind(opened)
      return Object.assign(opened, {
        async [Symbol.asyncDispose]() {
          open.delete(opened)
          await close()
        },
      })
    },
    async [Symbol.asyncDispose]() {
      for (const session of Array.from(open)) await session[Symbol.asyncDispose]()
    },
  }
}
