import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { registerResolveHook } from '../define/resolve-hook.ts'
import { nearest } from '../kernel/nearest.ts'
import { withoutPassword } from './database-url.ts'
import { type Environment, openEnvironment, type ReadEnvironment } from './environment.ts'
import { ConfigFileError, InvalidSettingError, NoProjectError, UnknownSettingError } from './errors.ts'
import { configSchema, environmentName, type SettingName, type Settings, settingNames } from './schema.ts'
import { parseSize } from './sizes.ts'

const fileName = 'baton.config.ts'

/** Where a setting's value came from; a later layer wins. */
export interface SettingOrigin {
  readonly layer: 'default' | 'file' | 'environment' | 'flag'
  /** The file, the variable or the flag; empty for a default. */
  readonly name: string
}

/** A project's settings, resolved once and frozen. */
export interface Config {
  /** The project's folder, absolute. */
  readonly root: string
  readonly settings: Settings
  readonly origins: Readonly<Record<SettingName, SettingOrigin>>
  /** The store, absolute. */
  readonly storeFolder: string
  readonly memoryLimitBytes: number
  /** The environment with the project's `.env` under it; the only way to read a variable. */
  readonly env: ReadEnvironment
}

export interface LoadConfigOptions {
  /** Where the search for a project begins. */
  readonly start: string
  readonly cwd: string
  /** True: the project is `start` itself, not a folder above it. */
  readonly exact: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Settings as typed on the command line. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>
}

/** The nearest folder, from here up, that holds a `baton.config.ts`. */
function findProject(start: string, exact: boolean): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, fileName))) return folder
    if (exact || dirname(folder) === folder) throw new NoProjectError(start, { exact })
  }
}

async function readConfigFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  registerResolveHook()
  let content: unknown
  try {
    content = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  } catch (error) {
    throw new ConfigFileError(file, error)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigFileError(file, new TypeError('it has no settings as its default export'))
  }
  for (const key of Object.keys(content)) {
    if ((settingNames as readonly string[]).includes(key)) continue
    throw new UnknownSettingError(key, { origin: file, near: nearest(key, settingNames), all: settingNames })
  }
  return content as Record<string, unknown>
}

/** A variable that is almost the name of a setting is a typing error; others that begin with BATON_ are not settings. */
function refuseNearMisses(environment: Environment): void {
  const known = settingNames.map(environmentName)
  for (const name of environment.names) {
    if (!name.startsWith('BATON_') || known.includes(name) || environment.read(name) === '') continue
    const near = nearest(
      name.slice('BATON_'.length),
      known.map((text) => text.slice('BATON_'.length)),
    )
    if (near !== undefined) {
      throw new UnknownSettingError(name, { origin: environment.origin(name), near: `BATON_${near}`, all: known })
    }
  }
}

/** Text of the environment or a flag as the type that the setting has. */
function fromText(setting: SettingName, text: string): unknown {
  if (setting === 'jobs') return /^\d+$/.test(text) ? Number(text) : text
  if (setting === 'auth') return text === 'true' ? true : text === 'false' ? false : text
  if (setting === 'passEnv') return text.split(',').map((name) => name.trim())
  return text
}

function defaultSettings(root: string): Settings {
  const name = basename(root)
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
  const ownPython = join(root, '.venv', 'bin', 'python')
  return {
    name: name.slice(0, 100) || 'project',
    store: '.baton',
    database: 'sqlite',
    memoryLimit: '512 MB',
    jobs: availableParallelism(),
    python: existsSync(ownPython) ? ownPython : 'python3',
    passEnv: [],
    auth: false,
  }
}

/** Finds the project and resolves its settings: defaults < `baton.config.ts` < environment < flags. */
export async function loadConfig(options: LoadConfigOptions): Promise<Config> {
  const root = findProject(resolve(options.cwd, options.start), options.exact)
  const file = join(root, fileName)
  const fromFile = await readConfigFile(file)
  const environment = openEnvironment(root, options.env)
  refuseNearMisses(environment)

  const values: Record<string, unknown> = { ...defaultSettings(root) }
  const origins = {} as Record<SettingName, SettingOrigin>
  for (const setting of settingNames) {
    origins[setting] = { layer: 'default', name: '' }
    if (fromFile[setting] !== undefined) {
      values[setting] = fromFile[setting]
      origins[setting] = { layer: 'file', name: file }
    }
    const variable = environmentName(setting)
    const text = environment.read(variable)
    if (text !== undefined && text !== '') {
      values[setting] = fromText(setting, text)
      origins[setting] = {
        layer: 'environment',
        name: environment.origin(variable) === '.env' ? `.env ${variable}` : variable,
      }
    }
    const flag = options.flags[setting]
    if (flag !== undefined) {
      values[setting] = fromText(setting, flag)
      origins[setting] = { layer: 'flag', name: `--${setting}` }
    }
  }
  const settings = checkSettings(values, origins)
  return Object.freeze({
    root,
    settings: Object.freeze(settings),
    origins: Object.freeze(origins),
    storeFolder: resolve(root, settings.store),
    memoryLimitBytes: parseSize(settings.memoryLimit)!,
    env: environment.read,
  })
}

function checkSettings(values: Record<string, unknown>, origins: Record<SettingName, SettingOrigin>): Settings {
  const checked = configSchema.safeParse(values)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]!
  const setting = String(issue.path[0]) as SettingName
  const origin = origins[setting]
  const expected = issue.code === 'invalid_type' ? `a value of type ${issue.expected}` : issue.message
  throw new InvalidSettingError(setting, {
    value: setting === 'database' ? withoutPassword(values[setting]) : values[setting],
    origin: origin.name || origin.layer,
    expected,
  })
}
