import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

import type { CliTools } from '../cli/app-interface.ts'
import { createDuckdbEngine } from '../drivers/engine/duckdb/index.ts'
import { createRowSources } from '../drivers/source/index.ts'
import { systemClock } from '../kernel/clock.ts'
import { createDatasetsContext, inferTable } from '../modules/datasets/index.ts'

const memoryLimitMb = 512

/** What works without a project, on temporary files that go away at the end. */
export function openProjectTools(): CliTools {
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'baton-'))
  const engine = createDuckdbEngine({ temporaryFolder, memoryLimitMb, threads: availableParallelism() })
  const datasets = createDatasetsContext({
    tablesFolder: join(temporaryFolder, 'tables'),
    temporaryFolder,
    engine,
    sources: createRowSources(),
    clock: systemClock,
    memoryLimitMb,
  })
  return {
    inferTable: (path, wishes) => inferTable(datasets, path, wishes),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      rmSync(temporaryFolder, { recursive: true, force: true })
    },
  }
}
