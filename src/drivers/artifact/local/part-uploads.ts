import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { writeFileDurably } from '../../../kernel/durable-file.ts'
import type { PartUpload, UploadedPart } from '../../../ports/artifact-store.ts'
import { InvalidUploadError } from '../errors.ts'
import { putFile, writeAll } from './write-file.ts'

interface Places {
  readonly folder: string
  readonly temporary: string
  readonly find: (path: string) => Promise<string>
}

const mostParts = 10_000

/**
 * Uploads in parts: a folder for each, named by its id, with the path it is for and a file for each part
 * (`<number>-<etag>`). On disk, so that another process of the same store, or a restarted one, goes on with it.
 */
export function createPartUploads({ folder, temporary, find }: Places) {
  async function folderOf({ path, uploadId }: PartUpload): Promise<string> {
    if (!/^[0-9a-f]{32}$/.test(uploadId)) throw new InvalidUploadError('There is no such upload.')
    const place = join(folder, uploadId)
    const owner = await readFile(join(place, 'path'), 'utf8').catch(() => undefined)
    if (owner !== path) throw new InvalidUploadError(`There is no such upload of ${JSON.stringify(path)}.`)
    return place
  }

  function partFile(place: string, part: UploadedPart): string {
    if (!Number.isInteger(part.partNumber) || part.partNumber < 1 || part.partNumber > mostParts) {
      throw new InvalidUploadError(`A part has the number ${part.partNumber}; they go from 1 to ${mostParts}.`)
    }
    if (!/^[0-9a-f]{64}$/.test(part.etag)) throw new InvalidUploadError(`The part ${part.partNumber} is not there.`)
    return join(place, `${part.partNumber}-${part.etag}`)
  }

  return {
    async start(path: string): Promise<PartUpload> {
      await find(path)
      const uploadId = randomBytes(16).toString('hex')
      writeFileDurably(join(folder, uploadId, 'path'), path)
      return { path, uploadId }
    },

    async putPart(upload: PartUpload, partNumber: number, content: AsyncIterable<Uint8Array>): Promise<UploadedPart> {
      const place = await folderOf(upload)
      const hash = createHash('sha256')
      const hashed = async function* (): AsyncGenerator<Uint8Array> {
        for await (const chunk of content) {
          hash.update(chunk)
          yield chunk
        }
      }
      const arriving = join(place, `${partNumber}-arriving-${randomBytes(8).toString('hex')}`)
      await putFile({ temporary }, arriving, (target) => writeAll(target, hashed()))
      const part = { partNumber, etag: hash.digest('hex') }
      await rename(arriving, partFile(place, part))
      return part
    },

    async complete(upload: PartUpload, parts: readonly UploadedPart[]): Promise<{ sizeBytes: number }> {
      const place = await folderOf(upload)
      if (parts.length === 0) throw new InvalidUploadError('The upload has no parts.')
      const inOrder = parts.toSorted((a, b) => a.partNumber - b.partNumber)
      const files = inOrder.map((part) => partFile(place, part))
      const target = await find(upload.path)
      const sizeBytes = await putFile({ temporary }, target, async (handle) => {
        let size = 0
        for (const [index, file] of files.entries()) {
          const content = createReadStream(file, { highWaterMark: 1 << 20 })
          try {
            size += await writeAll(handle, content)
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
            throw new InvalidUploadError(`The part ${inOrder[index]!.partNumber} is not there.`)
          }
        }
        return size
      })
      await rm(place, { recursive: true, force: true })
      return { sizeBytes }
    },

    async abort(upload: PartUpload): Promise<void> {
      const place = await folderOf(upload).catch(() => undefined)
      if (place !== undefined) await rm(place, { recursive: true, force: true })
    },
  }
}
