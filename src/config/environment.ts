import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

/** Reads one variable; what a step or a setting sees of the environment goes through this. */
export type ReadEnvironment = (name: string) => string | undefined

export interface Environment {
  readonly read: ReadEnvironment
  readonly names: readonly string[]
  /** Where a variable came from, for a person. */
  origin(name: string): string
}

function readEnvFile(file: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** The environment of the process over the project's `.env` file, which is for one machine and never committed. */
export function openEnvironment(root: string, env: Readonly<Record<string, string | undefined>>): Environment {
  const fromFile = readEnvFile(join(root, '.env'))
  return {
    read: (name) => env[name] ?? fromFile[name],
    names: [...new Set([...Object.keys(env), ...Object.keys(fromFile)])],
    origin: (name) => (env[name] === undefined ? '.env' : 'environment'),
  }
}
