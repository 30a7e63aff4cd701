import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { Readable } from 'node:stream'

import type { Digest } from '../../kernel/hash.ts'
import { newId } from '../../kernel/ids.ts'
import type { ArtifactEntry, ArtifactStore, ByteRange } from '../../ports/artifact-store.ts'
import type { BlobStore } from '../../ports/blob-store.ts'
import { getTree, type TreeFile } from '../tracking/index.ts'
import type { RegistryContext } from './context.ts'
import { ModelFileNotFoundError, ModelFolderReadOnlyError } from './errors.ts'
import { hasModelFolder } from './has-model-folder.ts'

/** What giving out model folders needs. */
export interface ModelFoldersContext extends RegistryContext {
  readonly blobs: BlobStore
  /** A folder for copies of large files while they are sent. */
  readonly temporaryFolder: string
}

const inMemoryBytes = 8e6

interface Place {
  readonly digest: Digest
  /** Below the model's folder; empty for the folder itself. */
  readonly path: string
}

/** A path such as `models/<64 hex characters>/MLmodel`. */
function placeOf(path: string): Place | undefined {
  const [, hex, rest] = /^models\/([0-9a-f]{64})(?:\/(.*))?$/s.exec(path) ?? []
  return hex === undefined ? undefined : { digest: `sha256:${hex}`, path: rest ?? '' }
}

/**
 * The artifact store with the folders of registered versions in it, read-only, under `models/<digest>`: what MLflow's
 * clients need to load a model that a pipeline has registered. Only folders of registered versions are given out, not
 * everything in the blob store. Every byte is checked against its digest.
 */
export function withModelFolders(inner: ArtifactStore, ctx: ModelFoldersContext): ArtifactStore {
  const filesOf = async ({ digest }: Place): Promise<readonly TreeFile[] | undefined> =>
    (await hasModelFolder(ctx, digest)) ? (await getTree(ctx.blobs, digest)).files : undefined
  const fileOf = async (path: string, place: Place): Promise<TreeFile> => {
    const file = (await filesOf(place))?.find((each) => each.path === place.path)
    if (file === undefined) throw new ModelFileNotFoundError(path)
    return file
  }
  const writable = (path: string): void => {
    if (placeOf(path) !== undefined) throw new ModelFolderReadOnlyError(path)
  }
  return {
    async put(path, content) {
      writable(path)
      return await inner.put(path, content)
    },
    async open(path, range) {
      const place = placeOf(path)
      return place === undefined ? await inner.open(path, range) : await openFile(ctx, await fileOf(path, place), range)
    },
    async size(path) {
      const place = placeOf(path)
      return place === undefined ? await inner.size(path) : (await fileOf(path, place)).sizeBytes
    },
    async list(folder) {
      const place = placeOf(folder)
      return place === undefined ? await inner.list(folder) : entriesUnder(place.path, (await filesOf(place)) ?? [])
    },
    async delete(path) {
      writable(path)
      await inner.delete(path)
    },
    async startUpload(path) {
      writable(path)
      return await inner.startUpload(path)
    },
    putPart: async (...given) => await inner.putPart(...given),
    completeUpload: async (...given) => await inner.completeUpload(...given),
    abortUpload: async (...given) => await inner.abortUpload(...given),
  }
}

function entriesUnder(folder: string, files: readonly TreeFile[]): readonly ArtifactEntry[] {
  const entries = new Map<string, ArtifactEntry>()
  for (const { path, sizeBytes } of files) {
    const rest = folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : ''
    const [name = '', ...deeper] = rest.split('/')
    if (name === '') continue
    entries.set(name, deeper.length > 0 ? { name, isFolder: true } : { name, isFolder: false, sizeBytes })
  }
  return [...entries.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** A large file is copied, verified, before its first byte goes out. */
async function openFile(ctx: ModelFoldersContext, file: TreeFile, range?: ByteRange) {
  const { first, last } = range ?? { first: 0, last: file.sizeBytes - 1 }
  const sizeBytes = last - first + 1
  if (file.sizeBytes <= inMemoryBytes) {
    const bytes = await ctx.blobs.get(file.digest)
    return { content: Readable.from([Buffer.from(bytes).subarray(first, last + 1)]), sizeBytes }
  }
  const folder = join(ctx.temporaryFolder, `send-${newId()}`)
  await mkdir(folder, { recursive: true })
  const copy = join(folder, posix.basename(file.path))
  try {
    await ctx.blobs.copyTo(file.digest, copy)
    const content = createReadStream(copy, { start: first, end: last, highWaterMark: 1 << 18 })
    content.once('close', () => void rm(folder, { recursive: true, force: true }))
    return { content, sizeBytes }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
