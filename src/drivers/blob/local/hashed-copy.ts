import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

import type { Digest } from '../../../kernel/hash.ts'

const chunkBytes = 1 << 20

/** Reads a file once, hashing it and, when there is a target, writing the same bytes there. */
export async function hashedCopy(
  source: FileHandle,
  target?: FileHandle,
): Promise<{ digest: Digest; sizeBytes: number }> {
  const hasher = createHash('sha256')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let sizeBytes = 0
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, chunkBytes, null)
    if (bytesRead === 0) break
    const chunk = buffer.subarray(0, bytesRead)
    hasher.update(chunk)
    if (target !== undefined) await writeWhole(target, chunk)
    sizeBytes += bytesRead
  }
  return { digest: `sha256:${hasher.digest('hex')}`, sizeBytes }
}

/** Writes all bytes, however little a single write takes. */
export async function writeWhole(target: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    offset += (await target.write(bytes, offset, bytes.length - offset)).bytesWritten
  }
}

/** The digest of a file's bytes, or undefined when there is no such file. */
export async function digestOf(path: string): Promise<Digest | undefined> {
  const source = await openIfThere(path)
  if (source === undefined) return undefined
  try {
    return (await hashedCopy(source)).digest
  } finally {
    await source.close()
  }
}

/** Opens a file for reading; undefined when there is none. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
