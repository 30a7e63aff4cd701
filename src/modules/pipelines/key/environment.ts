import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { type Digest, digestValue } from '../../../kernel/hash.ts'
import type { KeyPart } from '../step-kind.ts'

const nodeLocks = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb']
const pythonLocks = ['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml', 'conda-lock.yml', 'Pipfile.lock']

/** Looks for files in a folder and those above it, up to the top of the repository; the nearest folder wins. */
function findUpwards(folder: string, list: (folder: string) => readonly string[]): readonly string[] {
  for (let current = folder; ; current = dirname(current)) {
    const found = list(current)
    if (found.length > 0) return found.map((name) => join(current, name))
    if (existsSync(join(current, '.git')) || current === dirname(current)) return []
  }
}

/** The lockfiles that pin this project's Node packages. */
export function findNodeLocks(projectRoot: string): readonly string[] {
  return findUpwards(projectRoot, (folder) => nodeLocks.filter((name) => existsSync(join(folder, name))))
}

interface EnvironmentContext {
  readonly projectRoot: string
  readonly digestFile: (path: string) => Promise<Digest>
}

async function lockParts(ctx: EnvironmentContext, paths: readonly string[]): Promise<KeyPart[]> {
  return Promise.all(
    paths.map(async (path) => ({
      name: `environment ${relative(ctx.projectRoot, path)}`,
      digest: await ctx.digestFile(path),
    })),
  )
}

/** Node's major version and the lockfile. Without a lockfile the packages that the code imports are parts of their own. */
export async function nodeEnvironment(ctx: EnvironmentContext): Promise<readonly KeyPart[]> {
  const major = process.versions.node.split('.')[0]!
  const node: KeyPart = { name: 'environment node', digest: digestValue('node/1', major), detail: major }
  return [node, ...(await lockParts(ctx, findNodeLocks(ctx.projectRoot)))]
}

/** What an interpreter says of itself. */
export interface PythonFacts {
  readonly version: string
  readonly platform: string
  readonly sitePackages: readonly string[]
}

/**
 * The interpreter's version and the project's lockfile. A list of requirements may leave versions open, so with that,
 * or with nothing, the installed distributions count too.
 */
export async function pythonEnvironment(ctx: EnvironmentContext, python: PythonFacts): Promise<readonly KeyPart[]> {
  const version: KeyPart = {
    name: 'environment python',
    digest: digestValue('python/1', [python.version, python.platform]),
    detail: python.version,
  }
  const locks = findUpwards(ctx.projectRoot, (folder) => pythonLocks.filter((name) => existsSync(join(folder, name))))
  if (locks.length > 0) return [version, ...(await lockParts(ctx, locks))]
  const requirements = findUpwards(ctx.projectRoot, (folder) =>
    readdirSync(folder)
      .filter((name) => /^requirements.*\.txt$/.test(name))
      .toSorted(),
  )
  return [version, ...(await lockParts(ctx, requirements)), installedPart(python)]
}

function installedPart(python: PythonFacts): KeyPart {
  const installed = python.sitePackages
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .filter((name) => /\.(?:dist|egg)-info$/.test(name))
    .toSorted()
  return {
    name: 'environment python packages',
    digest: digestValue('python-packages/1', installed),
    detail: `${installed.length} installed`,
  }
}
