import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { fsyncFolder } from '../../../kernel/durable-file.ts'

/** What is gathered for one write: a socket gives pieces of 64 KB, and each write is a turn through the thread pool. */
const writeBytes = 1 << 20
/** After so much the disk begins to take it, while more arrives, so that the sync at the end has little left to do. */
const flushBytes = 16 << 20

/** Writes all of the content; resolves with its size. */
export async function writeAll(target: FileHandle, content: AsyncIterable<Uint8Array>): Promise<number> {
  let [sizeBytes, gatheredBytes, unflushedBytes] = [0, 0, 0]
  let gathered: Uint8Array[] = []
  // One write is under way while the next is gathered.
  let writing: Promise<void> = Promise.resolve()
  let flushing: Promise<void> | undefined
  const write = async (pieces: readonly Uint8Array[]): Promise<void> => {
    for (const piece of await writePieces(target, pieces)) await writeWhole(target, piece)
  }
  try {
    for await (const chunk of content) {
      gathered.push(chunk)
      gatheredBytes += chunk.length
      sizeBytes += chunk.length
      if (gatheredBytes < writeBytes) continue
      await writing
      writing = write(gathered)
      // Awaited at the next turn; until then a failure is not unhandled.
      writing.catch(() => undefined)
      unflushedBytes += gatheredBytes
      gathered = []
      gatheredBytes = 0
      if (unflushedBytes < flushBytes) continue
      await flushing
      flushing = target.datasync()
      flushing.catch(() => undefined)
      unflushedBytes = 0
    }
    await writing
    if (gathered.length > 0) await write(gathered)
  } finally {
    // The handle is closed next: nothing may be under way on it.
    await Promise.allSettled([writing, flushing])
  }
  await flushing
  return sizeBytes
}

/** Writes pieces with one call; gives back what the system did not take of them. */
async function writePieces(target: FileHandle, pieces: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  let { bytesWritten } = await target.writev(pieces)
  return pieces.flatMap((piece) => {
    const taken = Math.min(piece.length, bytesWritten)
    bytesWritten -= taken
    return taken === piece.length ? [] : [piece.subarray(taken)]
  })
}

async function writeWhole(target: FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    done += (await target.write(piece, done, piece.length - done)).bytesWritten
  }
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
