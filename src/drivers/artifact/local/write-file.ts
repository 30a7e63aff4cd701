import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { fsyncFolder } from '../../../kernel/durable-file.ts'

/** Writes all of the content; resolves with its size. */
export async function writeAll(target: FileHandle, content: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0
  for await (const chunk of content) {
    for (let done = 0; done < chunk.length; ) {
      done += (await target.write(chunk, done, chunk.length - done)).bytesWritten
    }
    sizeBytes += chunk.length
  }
  return sizeBytes
}

/** Fills a file under a temporary name, makes it durable, and gives it its name: whole or not at all. */
export async function putFile<T>(
  folders: { readonly temporary: string },
  path: string,
  fill: (target: FileHandle) => Promise<T>,
): Promise<T> {
  makeFolder(folders.temporary)
  const temporary = join(folders.temporary, randomUUID())
  try {
    const target = await open(temporary, 'wx', 0o600)
    let result: T
    try {
      result = await fill(target)
      await target.sync()
    } finally {
      await target.close()
    }
    makeFolder(dirname(path))
    await rename(temporary, path)
    fsyncFolder(dirname(path))
    return result
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Makes a folder and those above it so that the new names survive a power cut. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) fsyncFolder(dirname(made))
}
