import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

import { fsyncFolder } from '../../../kernel/durable-file.ts'
import { BatonError } from '../../../kernel/errors.ts'
import type { Digest } from '../../../kernel/hash.ts'
import { ownedName } from '../../../kernel/owned-name.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { FolderStore, StoredFolder } from '../../../ports/folder-store.ts'
import { DestinationTakenError } from './errors.ts'
import { scanFolder } from './scan-folder.ts'
import { readTree, type Tree, type TreeFile, writeTree } from './tree.ts'

const filesAtOnce = 4

/**
 * The FolderStore port over a blob store: each file is a blob, and the sorted list of them is one too, whose digest
 * names the folder. Restoring builds the folder under `temporaryFolder` and moves it to its place at the end.
 */
export function createFolderStore(blobs: BlobStore, temporaryFolder: string): FolderStore {
  return {
    store: (path) => storeFolder(blobs, path),
    restore: (digest, destination) => restoreFolder({ blobs, temporaryFolder }, digest, resolve(destination)),
    has: (digest) => hasFolder(blobs, digest),
  }
}

/** The list of a stored folder's files. */
export async function getTree(blobs: BlobStore, digest: Digest): Promise<Tree> {
  return readTree(digest, await blobs.get(digest))
}

async function storeFolder(blobs: BlobStore, path: string): Promise<StoredFolder> {
  const scanned = await scanFolder(path)
  const files: TreeFile[] = []
  await forEach(scanned.files, async ({ path, source, executable }) => {
    files.push({ path, executable, ...(await blobs.putFile(source)) })
  })
  // The list comes last: whoever has its digest has every file.
  const digest = await blobs.put(writeTree({ files, emptyFolders: scanned.emptyFolders }))
  return { digest, sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0), files: files.length }
}

/** False also when its list cannot be read: then making the folder again mends it. */
async function hasFolder(blobs: BlobStore, digest: Digest): Promise<boolean> {
  try {
    const { files } = await getTree(blobs, digest)
    for (const file of files) if (!(await blobs.has(file.digest))) return false
    return true
  } catch (error) {
    if (error instanceof BatonError) return false
    throw error
  }
}

interface RestoreContext {
  readonly blobs: BlobStore
  readonly temporaryFolder: string
}

async function restoreFolder(ctx: RestoreContext, digest: Digest, destination: string): Promise<void> {
  const tree = await getTree(ctx.blobs, digest)
  await refuseTaken(destination)
  await mkdir(dirname(destination), { recursive: true })
  const staging = join(await stagingParent(ctx.temporaryFolder, dirname(destination)), ownedName('.restore'))
  try {
    await fillFolder(ctx.blobs, tree, staging)
    await rename(staging, destination).catch((error: NodeJS.ErrnoException) => {
      throw ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(error.code ?? '')
        ? new DestinationTakenError(destination)
        : error
    })
    fsyncFolder(dirname(destination))
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function fillFolder(blobs: BlobStore, tree: Tree, staging: string): Promise<void> {
  const folders = new Set([staging, ...tree.emptyFolders.map((path) => join(staging, path))])
  for (const file of tree.files) folders.add(dirname(join(staging, file.path)))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  await forEach(tree.files, async (file) => {
    const path = join(staging, file.path)
    await blobs.copyTo(file.digest, path)
    await chmod(path, file.executable ? 0o755 : 0o644)
  })
}

async function refuseTaken(destination: string): Promise<void> {
  const entries = await readdir(destination).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error.code === 'ENOTDIR' ? new DestinationTakenError(destination) : error
  })
  if (entries.length > 0) throw new DestinationTakenError(destination)
}

/** A rename works within one file system only, so elsewhere the folder is built beside its place. */
async function stagingParent(temporaryFolder: string, target: string): Promise<string> {
  await mkdir(temporaryFolder, { recursive: true })
  const [here, there] = await Promise.all([stat(temporaryFolder), stat(target)])
  return here.dev === there.dev ? temporaryFolder : target
}

/** Works on a few items at a time; the first failure stops the rest. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  let failed = false
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: filesAtOnce }, worker))
  const failure = ends.find((end) => end.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}
