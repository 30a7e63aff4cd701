import { existsSync } from 'node:fs'
import { availableParallelism, cpus, hostname, totalmem, userInfo } from 'node:os'
import { join } from 'node:path'

import { type Digest, digestFile } from '../../kernel/hash.ts'
import { readProcessToken } from './process-identity.ts'

/** The machine, the user and the software of a run. */
export interface Environment {
  readonly host: string
  readonly user: string
  readonly platform: string
  readonly cpuModel: string
  readonly cpuCount: number
  readonly memoryBytes: number
  readonly nodeVersion: string
  readonly batonVersion: string
  readonly pid: number
  readonly processToken?: string
  /** Digest of each lock file at the project's root. */
  readonly lockfiles: Readonly<Record<string, Digest>>
}

const lockfileNames = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'requirements.txt',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile.lock',
  'conda-lock.yml',
  'environment.yml',
]

/** What this process runs on; `root` is the project's folder. */
export async function captureEnvironment(root: string, batonVersion: string): Promise<Environment> {
  const present = lockfileNames.filter((name) => existsSync(join(root, name)))
  const lockfiles = await Promise.all(present.map(async (name) => [name, await digestFile(join(root, name))] as const))
  const processToken = readProcessToken()
  return {
    host: hostname(),
    user: readUser(),
    platform: `${process.platform}-${process.arch}`,
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    nodeVersion: process.versions.node,
    batonVersion,
    pid: process.pid,
    ...(processToken === undefined ? {} : { processToken }),
    lockfiles: Object.fromEntries(lockfiles),
  }
}

/** A container may run as a user that has no name. */
function readUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
