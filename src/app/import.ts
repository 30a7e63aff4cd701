import { join } from 'node:path'

import type { CliApp } from '../cli/app-interface.ts'
import { openLocalArtifacts } from '../drivers/artifact/local/index.ts'
import { createRowSources } from '../drivers/source/index.ts'
import { importMlflow } from '../modules/exchange/index.ts'
import type { AppContexts } from './contexts.ts'

/** `baton import mlflow`: what others have recorded comes into this project's store. */
export function importCommand({ config, tracking }: AppContexts): Pick<CliApp, 'importMlflow'> {
  return {
    async importMlflow(options) {
      const artifacts = openLocalArtifacts(join(config.storeFolder, 'artifacts'))
      return importMlflow({ ...tracking, artifacts, sources: createRowSources() }, options)
    },
  }
}
