import { mkdirSync, rmSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { fsyncFolder } from '../../../kernel/durable-file.ts'
import { BatonError } from '../../../kernel/errors.ts'
import type { Digest } from '../../../kernel/hash.ts'
import { BlobWriteError } from '../errors.ts'
import { digestOf } from './hashed-copy.ts'
import { blobPath, temporaryFolder } from './layout.ts'
import { findLeftovers, newTemporaryName } from './temporary-names.ts'

/** Removes what dead writers have left, so that a store does not grow with every kill -9. */
export function removeLeftovers(folder: string): void {
  const temporary = temporaryFolder(folder)
  for (const name of findLeftovers(temporary)) rmSync(join(temporary, name), { force: true })
}

/**
 * Writes a blob: all bytes under a temporary name, fsync, rename, fsync of the folder. `fill` writes the bytes and
 * gives their digest, so that nothing needs to be read twice.
 */
export async function writeBlob<T extends { digest: Digest }>(
  folder: string,
  fill: (target: FileHandle) => Promise<T>,
): Promise<T> {
  const temporary = join(temporaryFolder(folder), newTemporaryName())
  try {
    makeFolder(dirname(temporary))
    const result = await fillDurably(temporary, fill)
    await nameBlob(temporary, blobPath(folder, result.digest), result.digest)
    return result
  } catch (error) {
    rmSync(temporary, { force: true })
    throw toWriteError(error, folder)
  }
}

async function fillDurably<T>(temporary: string, fill: (target: FileHandle) => Promise<T>): Promise<T> {
  const target = await open(temporary, 'wx', 0o600)
  try {
    const result = await fill(target)
    await target.chmod(0o444)
    await target.sync()
    return result
  } finally {
    await target.close()
  }
}

async function nameBlob(temporary: string, path: string, digest: Digest): Promise<void> {
  makeFolder(dirname(path))
  // A whole blob of that name stays: its readers keep their file. A damaged one is replaced.
  if ((await digestOf(path)) === digest) await rm(temporary)
  else await rename(temporary, path)
  // Also when the blob was there: its writer may not have come to this line yet.
  fsyncFolder(dirname(path))
}

/** Makes a folder and those above it so that the new names survive a power cut. */
function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) fsyncFolder(dirname(made))
}

function toWriteError(error: unknown, folder: string): unknown {
  if (error instanceof BatonError) return error
  const failure = error as NodeJS.ErrnoException
  const ours = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO'].includes(failure.code ?? '')
  const reading = failure.syscall === 'open' && failure.path?.startsWith(folder) === false
  return ours && !reading ? new BlobWriteError(folder, failure) : error
}
