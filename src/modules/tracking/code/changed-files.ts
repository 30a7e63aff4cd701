import { lstat } from 'node:fs/promises'
import { join } from 'node:path'

import { git } from './git.ts'

/** A file that is left out of the recorded difference. */
export interface OmittedFile {
  readonly path: string
  readonly sizeBytes: number
  readonly reason: 'too large' | 'may hold a secret' | 'the difference is full'
}

export interface DifferenceLimits {
  readonly fileBytes: number
  readonly totalBytes: number
}

export const defaultLimits: DifferenceLimits = { fileBytes: 5 << 20, totalBytes: 50 << 20 }

/** Never recorded, whatever .gitignore says: what is made anew, and what may hold a secret. */
const generatedFolder = /(^|\/)(\.baton|node_modules|\.venv|__pycache__)\//
const secret = /(^|\/)(\.env(\..+)?|\.netrc|\.npmrc|id_(rsa|dsa|ecdsa|ed25519)|.+\.(pem|key|p12|pfx))$/i
const harmless = /\.(example|sample|template)$/i

export function isGenerated(path: string): boolean {
  return generatedFolder.test(path)
}

const listed = (text: string): readonly string[] => text.split('\0').filter((path) => path !== '')

/**
 * Every path that differs from HEAD: tracked files anywhere in the repository, untracked ones only below the
 * project, since a repository above it may hold far more than the project.
 */
export async function listChangedPaths(
  place: { readonly top: string; readonly root: string },
  hasCommit: boolean,
): Promise<readonly string[]> {
  const untracked = git(['ls-files', '--others', '--exclude-standard', '--full-name', '-z', '--', '.'], {
    cwd: place.root,
  })
  const tracked = hasCommit
    ? git(['diff', '--name-only', '--no-renames', '--no-ext-diff', '--ignore-submodules=dirty', '-z', 'HEAD'], {
        cwd: place.top,
      })
    : git(['ls-files', '--full-name', '-z'], { cwd: place.top })
  const paths = new Set([...listed(await tracked), ...listed(await untracked)])
  // A path that ends in a slash is another repository inside this one.
  return [...paths].filter((path) => !isGenerated(path) && !path.endsWith('/'))
}

/** Sorts changed paths into those to record and those to leave out; small files come first when space runs out. */
export async function selectFiles(
  top: string,
  paths: readonly string[],
  limits: DifferenceLimits,
): Promise<{ readonly kept: readonly string[]; readonly omitted: readonly OmittedFile[] }> {
  const kept: string[] = []
  const omitted: OmittedFile[] = []
  let total = 0
  for (const { path, sizeBytes } of await withSizes(top, paths)) {
    const reason =
      secret.test(path) && !harmless.test(path) ? 'may hold a secret' : reasonOfSize(sizeBytes, total, limits)
    if (reason !== undefined) omitted.push({ path, sizeBytes, reason })
    else {
      kept.push(path)
      total += sizeBytes
    }
  }
  return { kept, omitted }
}

function reasonOfSize(sizeBytes: number, total: number, limits: DifferenceLimits): OmittedFile['reason'] | undefined {
  if (sizeBytes > limits.fileBytes) return 'too large'
  return total + sizeBytes > limits.totalBytes ? 'the difference is full' : undefined
}

async function withSizes(top: string, paths: readonly string[]) {
  const sized: { path: string; sizeBytes: number }[] = []
  for (const path of paths) {
    // A deleted file has no size, but its deletion belongs to the difference.
    const found = await lstat(join(top, path)).catch(() => undefined)
    sized.push({ path, sizeBytes: found?.size ?? 0 })
  }
  return sized.toSorted((a, b) => a.sizeBytes - b.sizeBytes || (a.path < b.path ? -1 : 1))
}
