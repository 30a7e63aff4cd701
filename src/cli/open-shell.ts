import { EventEmitter, once } from 'node:events'

import type { Config } from '../config/index.ts'
import type { CliApp, CliTools } from './app-interface.ts'
import { screenOf } from './print/screen.ts'
import type { GlobalOptions, OutputStream, Shell, Surroundings } from './shell.ts'

/** Writes and waits while the reader is slow, so that output of any size does not pile up in memory. */
async function writeSlowly(stream: OutputStream, text: string): Promise<void> {
  if (stream.write(text) === false && stream instanceof EventEmitter) await once(stream, 'drain')
}

/** Makes the shell of one call. Disposing it closes what the command opened. */
export function openShell(
  around: Surroundings,
  global: GlobalOptions,
  flags: { readonly jobs?: string },
): Shell & AsyncDisposable {
  const screen = screenOf(around.stderr, around.env, around.cwd)
  let config: Promise<Config> | undefined
  let app: Promise<CliApp> | undefined
  let tools: Promise<CliTools> | undefined
  const remark = (line: string) => {
    if (!global.quiet) around.stderr.write(`${line}\n`)
  }
  const loadConfig = () => {
    config ??= import('../config/index.ts').then(({ loadConfig }) =>
      loadConfig({
        start: global.project ?? around.cwd,
        cwd: around.cwd,
        exact: global.project !== undefined,
        env: around.env,
        flags,
      }),
    )
    return config
  }
  return {
    global,
    cwd: around.cwd,
    env: around.env,
    signal: around.signal,
    now: around.now,
    remarks: { screen, write: (text) => void around.stderr.write(text) },
    remark,
    output: (text) => writeSlowly(around.stdout, text),
    config: loadConfig,
    app() {
      app ??= loadConfig().then((loaded) => around.backend.openApp(loaded, { signal: around.signal, warn: remark }))
      return app
    },
    tools() {
      tools ??= around.backend.openTools()
      return tools
    },
    serve: async (options) => around.backend.openServer(await loadConfig(), options),
    async [Symbol.asyncDispose]() {
      for (const opened of [app, tools]) {
        const resource = await opened?.catch(() => undefined)
        await resource?.[Symbol.asyncDispose]()
      }
    },
  }
}
