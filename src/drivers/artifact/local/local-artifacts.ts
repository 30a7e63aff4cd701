import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { fsyncFolder } from '../../../kernel/durable-file.ts'
import { BatonError } from '../../../kernel/errors.ts'
import type { ArtifactEntry, ArtifactStore, ByteRange } from '../../../ports/artifact-store.ts'
import {
  ArtifactConflictError,
  ArtifactIsFolderError,
  ArtifactNotFoundError,
  ArtifactWriteError,
  InvalidRangeError,
} from '../errors.ts'
import { createPartUploads } from './part-uploads.ts'
import { placeOf, segmentsOf, stateOf } from './place.ts'
import { removeOld } from './remove-old.ts'
import { putFile, writeAll } from './write-file.ts'

const daysOfGrace = 7

/** The ArtifactStore port on a folder: files lie in `<folder>/files` under their own paths. */
export function openLocalArtifacts(folder: string): ArtifactStore {
  const root = join(folder, 'files')
  const temporary = join(folder, 'tmp')
  const unfinished = join(folder, 'uploads')
  // Another server of the same store may be writing: what is recent stays.
  for (const place of [temporary, unfinished]) removeOld(place, daysOfGrace)

  const find = async (path: string): Promise<string> => placeOf(root, segmentsOf(path, { root: false }))

  async function fileOf(path: string): Promise<{ place: string; sizeBytes: number }> {
    const place = await find(path)
    const state = stateOf(place)
    if (state === undefined) throw new ArtifactNotFoundError(path)
    if (state.isDirectory()) throw new ArtifactIsFolderError(path)
    return { place, sizeBytes: state.size }
  }

  async function openFile(path: string, range?: ByteRange) {
    const { place } = await fileOf(path)
    const handle = await open(place, 'r')
    try {
      // The file may have been replaced since it was looked at: the handle's own size is the one that holds.
      const { size } = await handle.stat()
      if (range !== undefined && (range.first > range.last || range.last >= size)) {
        throw new InvalidRangeError(path, size)
      }
      const bounds = range === undefined ? {} : { start: range.first, end: range.last }
      const sizeBytes = range === undefined ? size : range.last - range.first + 1
      return { content: handle.createReadStream({ highWaterMark: 1 << 19, ...bounds }), sizeBytes }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  const uploads = createPartUploads({ folder: unfinished, temporary, find })
  return {
    async put(path, content) {
      const place = await find(path)
      return writing(path, folder, () =>
        putFile({ temporary }, place, async (target) => ({ sizeBytes: await writeAll(target, content) })),
      )
    },
    open: openFile,
    size: async (path) => (await fileOf(path)).sizeBytes,
    async list(path) {
      const place = placeOf(root, segmentsOf(path, { root: true }))
      const names = await readdir(place, { withFileTypes: true }).catch(() => [])
      const found = names.flatMap((entry): readonly ArtifactEntry[] => {
        if (entry.isDirectory()) return [{ name: entry.name, isFolder: true }]
        const state = entry.isFile() ? stateOf(join(place, entry.name)) : undefined
        return state === undefined ? [] : [{ name: entry.name, isFolder: false, sizeBytes: state.size }]
      })
      return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
    async delete(path) {
      const place = await find(path)
      await writing(path, folder, async () => {
        if (stateOf(place) === undefined) return
        await rm(place, { recursive: true, force: true })
        fsyncFolder(join(place, '..'))
      })
    },
    startUpload: (path) => writing(path, folder, () => uploads.start(path)),
    putPart: (upload, partNumber, content) =>
      writing(upload.path, folder, () => uploads.putPart(upload, partNumber, content)),
    completeUpload: (upload, parts) => writing(upload.path, folder, () => uploads.complete(upload, parts)),
    abortUpload: (upload) => writing(upload.path, folder, () => uploads.abort(upload)),
  }
}

/** What the file system refuses, in words of the store. */
async function writing<T>(path: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof BatonError || code === undefined) throw error
    if (['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(code)) throw new ArtifactConflictError(path)
    if (['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO'].includes(code)) {
      throw new ArtifactWriteError(folder, error as NodeJS.ErrnoException)
    }
    throw error
  }
}
