import { EventEmitter, once } from 'node:events'
import { relative } from 'node:path'

import type { Config } from '../config/index.ts'
import type { CliApp, CliTools } from './app-interface.ts'
import { type Screen, screenOf } from './print/screen.ts'
import type { GlobalOptions, OutputStream, Shell, Surroundings } from './shell.ts'

/** Writes and waits while the reader is slow, so that output of any size does not pile up in memory. */
async function writeSlowly(stream: OutputStream, text: string): Promise<void> {
  if (stream.write(text) === false && stream instanceof EventEmitter) await once(stream, 'drain')
}

/** A shell with what the command line itself does with it; disposing it closes what the command opened. */
export interface OpenShell extends Shell, AsyncDisposable {
  /** A screen of a stream, with the project that was opened, if one was. */
  screenOf(stream: OutputStream): Screen
}

const longestLine = 10_000

async function firstLine(input: AsyncIterable<Uint8Array | string> | undefined): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of input ?? []) {
    text += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true })
    if (text.includes('\n') || text.length > longestLine) break
  }
  return text.split(/\r?\n/)[0]!
}

/** Makes the shell of one call. */
export function openShell(around: Surroundings, global: GlobalOptions, flags: { readonly jobs?: string }): OpenShell {
  const screen = screenOf(around.stderr, around.env, around.cwd)
  const apps = new Map<string, Promise<CliApp>>()
  let config: Promise<Config> | undefined
  let tools: Promise<CliTools> | undefined
  let project: Screen['project']
  const remark = (line: string) => {
    if (!global.quiet) around.stderr.write(`${line}\n`)
  }
  const configOf = async (folder: string | undefined): Promise<Config> => {
    const { loadConfig } = await import('../config/index.ts')
    const loaded = await loadConfig({
      start: folder ?? around.cwd,
      cwd: around.cwd,
      exact: folder !== undefined,
      env: around.env,
      flags,
    })
    project = { root: loaded.root, ...(folder === undefined ? {} : { given: folder }) }
    return loaded
  }
  const ownConfig = () => (config ??= configOf(global.project))
  const open = (place: string, load: () => Promise<Config>) => {
    const known = apps.get(place)
    if (known !== undefined) return known
    const opening = load().then((loaded) => around.backend.openApp(loaded, { signal: around.signal, warn: remark }))
    apps.set(place, opening)
    return opening
  }
  return {
    global,
    cwd: around.cwd,
    env: around.env,
    signal: around.signal,
    now: around.now,
    remarks: { screen, write: (text) => void around.stderr.write(text) },
    remark,
    firstInputLine: () => firstLine(around.stdin),
    output: (text) => writeSlowly(around.stdout, text),
    config: ownConfig,
    app: () => open('', ownConfig),
    appIn: (folder) => open(folder, () => configOf(relative(around.cwd, folder) || '.')),
    screenOf(stream) {
      const screen = screenOf(stream, around.env, around.cwd)
      return project === undefined ? screen : { ...screen, project }
    },
    tools() {
      tools ??= around.backend.openTools()
      return tools
    },
    serve: async (options) => around.backend.openServer(await ownConfig(), options),
    async [Symbol.asyncDispose]() {
      for (const opened of [...apps.values(), tools]) {
        const resource = await opened?.catch(() => undefined)
        await resource?.[Symbol.asyncDispose]()
      }
    },
  }
}
