import { createRequire } from 'node:module'

import type { TableEngine, TableSession } from '../../../ports/table-engine.ts'
import { removeDeadSpills } from './spill-folder.ts'

export interface DuckdbOptions {
  /** Where work beyond the memory limit spills to; each session has a folder of its own in it. */
  readonly temporaryFolder: string
  /** Per session, unless the session says otherwise. */
  readonly memoryLimitMb: number
  readonly threads: number
}

const require = createRequire(import.meta.url)

/** DuckDB as the table engine: every session is a private in-memory database with its own memory limit. */
export function createDuckdbEngine(options: DuckdbOptions): TableEngine {
  const open = new Set<TableSession>()
  let swept: Promise<void> | undefined
  return {
    name: 'duckdb',
    // Every cache key asks for it: the package says it without loading the engine.
    version: async () => `v${(require('@duckdb/node-api/package.json') as { version: string }).version}`,
    async openSession(session = {}) {
      await (swept ??= removeDeadSpills(options.temporaryFolder))
      const { openSession } = await import('./open-session.ts')
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
