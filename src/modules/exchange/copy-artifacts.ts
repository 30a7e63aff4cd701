import { createReadStream } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

import { BatonError, throwIfAborted } from '../../kernel/errors.ts'
import type { ArtifactStore } from '../../ports/artifact-store.ts'
import type { SourceRun } from './source-store.ts'

export interface ArtifactFile {
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** The artifacts of a run as they lie in the source's folders. */
export interface ArtifactFolder {
  readonly folder: string
  readonly files: readonly ArtifactFile[]
  /** Links, sockets and the like, which are not followed. */
  readonly special: readonly string[]
}

/**
 * Finds the folder of a run's artifacts. Only one that ends in the run's id and `artifacts`, as MLflow lays them, is
 * taken: a database that somebody else wrote must not have other folders of this machine copied.
 */
export async function findArtifacts(run: SourceRun): Promise<ArtifactFolder | undefined> {
  for (const folder of run.artifactFolders) {
    if (!folder.endsWith(`${sep}${run.id}${sep}artifacts`)) continue
    const state = await lstat(folder).catch(() => undefined)
    if (state?.isSymbolicLink()) return { folder, files: [], special: ['.'] }
    if (!state?.isDirectory()) continue
    const found = { folder, files: [] as ArtifactFile[], special: [] as string[] }
    await scan(found, '')
    return found
  }
  return undefined
}

async function scan(found: { folder: string; files: ArtifactFile[]; special: string[] }, prefix: string) {
  const entries = await readdir(join(found.folder, prefix), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${prefix}${entry.name}`
    if (entry.isDirectory()) await scan(found, `${path}/`)
    else if (entry.isFile()) {
      const { size, mtimeMs } = await stat(join(found.folder, path))
      found.files.push({ path, sizeBytes: size, modifiedMs: Math.trunc(mtimeMs) })
    } else found.special.push(path)
  }
}

/** Copies files into the store; gives the reasons for those that it refuses. */
export async function copyArtifacts(
  store: ArtifactStore,
  from: ArtifactFolder,
  to: { readonly path: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const refused = from.special.map((path) => `artifact ${path} is a link or no plain file`)
  for (const { path } of from.files) {
    throwIfAborted(to.signal)
    try {
      await store.put(`${to.path}/${path}`, createReadStream(join(from.folder, path)))
    } catch (error) {
      const isOfFile = (error instanceof BatonError && error.kind === 'usage') || isGone(error)
      if (!isOfFile) throw error
      refused.push(`artifact ${path}: ${(error as Error).message}`)
    }
  }
  return refused
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'EACCES'].includes((error as { code?: string }).code ?? '')
}
