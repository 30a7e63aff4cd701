import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { newId } from './ids.ts'

/** Makes a rename or a new name in this folder survive a power cut. */
export function fsyncFolder(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes a file's bytes survive a power cut. */
export function fsyncFile(path: string): void {
  fsyncFolder(path)
}

function writeTemporary(path: string, bytes: Uint8Array | string): string {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = join(dirname(path), `.tmp-${newId()}`)
  const handle = openSync(temporary, 'wx')
  try {
    const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    for (let offset = 0; offset < buffer.length; ) offset += writeSync(handle, buffer, offset)
    fsyncSync(handle)
  } catch (error) {
    closeSync(handle)
    rmSync(temporary, { force: true })
    throw error
  }
  closeSync(handle)
  return temporary
}

/** Replaces a file: a reader sees the old bytes or the new, never a part. */
export function writeFileDurably(path: string, bytes: Uint8Array | string): void {
  const temporary = writeTemporary(path, bytes)
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  fsyncFolder(dirname(path))
}

/** Creates a file whole, or returns false when the name is taken: of many writers exactly one wins. */
export function createFileDurably(path: string, bytes: Uint8Array | string): boolean {
  const temporary = writeTemporary(path, bytes)
  try {
    linkSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary, { force: true })
  }
  fsyncFolder(dirname(path))
  return true
}
