import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'

import { pino } from 'pino'

import type { RunningServer, ServeOptions } from '../cli/app-interface.ts'
import { packageVersion } from '../cli/package-info.ts'
import type { Config } from '../config/index.ts'
import { openLocalArtifacts } from '../drivers/artifact/local/index.ts'
import { listen } from '../http/listen.ts'
import type { HttpApp } from '../http/http-app.ts'
import { createServer } from '../http/server.ts'
import { systemClock } from '../kernel/clock.ts'
import { withModelFolders } from '../modules/models/index.ts'
import { openContexts } from './contexts.ts'

/** Opens the project, puts the routes over it and listens. */
export async function startServer(config: Config, options: ServeOptions): Promise<RunningServer> {
  // Every 64 KB of an upload or download is memory outside V8's heap, for which V8 would otherwise collect garbage so
  // often that it costs several times what moving the bytes does.
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  const log = pino({ level: options.logLevel, base: null }, { write: options.log })
  const contexts = await openContexts(config, (line) => log.warn(line))
  try {
    const app: HttpApp = {
      config,
      version: packageVersion(),
      clock: systemClock,
      tracking: contexts.tracking,
      models: contexts.models,
      datasets: contexts.datasets,
      folders: contexts.folders,
      blobs: contexts.blobs,
      artifacts: withModelFolders(openLocalArtifacts(join(config.storeFolder, 'artifacts')), {
        ...contexts.models,
        blobs: contexts.blobs,
      }),
      access: contexts.access,
      auth: config.settings.auth,
    }
    const server = await createServer(app, { log })
    const { url, port } = await listen(server, { ...options, authenticated: config.settings.auth })
    return {
      url,
      port,
      async [Symbol.asyncDispose]() {
        await server.close()
        await contexts.close()
      },
    }
  } catch (error) {
    await contexts.close()
    throw error
  }
}
