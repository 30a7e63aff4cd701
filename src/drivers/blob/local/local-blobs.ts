import { rmSync } from 'node:fs'
import { open, opendir, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { fsyncFolder } from '../../../kernel/durable-file.ts'
import { type Digest, digestBytes } from '../../../kernel/hash.ts'
import { newId } from '../../../kernel/ids.ts'
import type { BlobState, BlobStore } from '../../../ports/blob-store.ts'
import { BlobDamagedError, BlobMissingError } from '../errors.ts'
import { digestOf, hashedCopy, openIfThere, writeWhole } from './hashed-copy.ts'
import { blobPath, temporaryFolder, toDigest } from './layout.ts'
import { findLeftovers } from './temporary-names.ts'
import { removeLeftovers, writeBlob } from './write-blob.ts'

/** The BlobStore port on a folder of a local disk. The folder is made at the first write. */
export function openLocalBlobs(folder: string): BlobStore {
  let swept = false
  const sweepOnce = (): void => {
    if (swept) return
    swept = true
    removeLeftovers(folder)
  }

  async function put(bytes: Uint8Array): Promise<Digest> {
    sweepOnce()
    const digest = digestBytes(bytes)
    await writeBlob(folder, async (target) => {
      await writeWhole(target, bytes)
      return { digest }
    })
    return digest
  }

  async function putFile(path: string): Promise<{ digest: Digest; sizeBytes: number }> {
    sweepOnce()
    const source = await open(path, 'r')
    try {
      return await writeBlob(folder, async (target) => await hashedCopy(source, target))
    } finally {
      await source.close()
    }
  }

  async function get(digest: Digest): Promise<Uint8Array> {
    const path = blobPath(folder, digest)
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new BlobMissingError(digest) : error
    })
    const found = digestBytes(bytes)
    if (found !== digest) throw new BlobDamagedError(digest, found, path)
    return bytes
  }

  async function verify(digest: Digest): Promise<BlobState> {
    const found = await digestOf(blobPath(folder, digest))
    if (found === undefined) return 'missing'
    return found === digest ? 'whole' : 'damaged'
  }

  return {
    put,
    putFile,
    get,
    verify,
    has: async (digest) => (await stat(blobPath(folder, digest)).catch(() => undefined))?.isFile() === true,
    copyTo: (digest, path) => copyVerified(blobPath(folder, digest), digest, path),
    list: () => listBlobs(folder),
    leftovers: async (options) => {
      const names = findLeftovers(temporaryFolder(folder))
      if (options?.remove === true) removeLeftovers(folder)
      return names.map((name) => join(temporaryFolder(folder), name))
    },
  }
}

async function copyVerified(blob: string, digest: Digest, path: string): Promise<void> {
  const source = await openIfThere(blob)
  if (source === undefined) throw new BlobMissingError(digest)
  const temporary = join(dirname(path), `.tmp-${newId()}`)
  try {
    const target = await open(temporary, 'wx')
    try {
      const copied = await hashedCopy(source, target)
      if (copied.digest !== digest) throw new BlobDamagedError(digest, copied.digest, blob)
      await target.sync()
    } finally {
      await target.close()
    }
    await rename(temporary, path)
    fsyncFolder(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    await source.close()
  }
}

async function* listBlobs(folder: string): AsyncGenerator<{ digest: Digest; sizeBytes: number }> {
  const root = join(folder, 'sha256')
  for await (const shard of await openFolder(root)) {
    for await (const entry of await openFolder(join(root, shard.name))) {
      const digest = toDigest(shard.name, entry.name)
      if (digest === undefined) continue
      const found = await stat(join(root, shard.name, entry.name)).catch(() => undefined)
      if (found !== undefined) yield { digest, sizeBytes: found.size }
    }
  }
}

async function openFolder(path: string): Promise<AsyncIterable<{ readonly name: string }>> {
  try {
    return await opendir(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return nothing()
    }
    throw error
  }
}

async function* nothing(): AsyncGenerator<never> {}
