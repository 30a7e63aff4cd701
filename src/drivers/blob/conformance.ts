import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BatonError } from '../../kernel/errors.ts'
import { type Digest, digestBytes } from '../../kernel/hash.ts'
import type { BlobStore } from '../../ports/blob-store.ts'

/** A fresh, empty store, and how to play a broken disk. */
export interface BlobsUnderTest {
  readonly blobs: BlobStore
  /** Changes one bit of a stored blob behind the store's back. */
  readonly flipBit: (digest: Digest) => Promise<void>
}

/** One promise of the port with the proof that a driver keeps it; rejects when it does not. */
export interface BlobLaw {
  readonly name: string
  run(): Promise<void>
}

const absent = digestBytes('never stored')
const text = (content: string): Uint8Array => new TextEncoder().encode(content)

async function reject(work: Promise<unknown>, code: string): Promise<BatonError> {
  const error = await work.then(
    () => assert.fail(`expected ${code}, but it was done`),
    (reason: unknown) => reason,
  )
  assert(error instanceof BatonError, `expected ${code}, got ${String(error)}`)
  assert.equal(error.code, code)
  return error
}

async function listAll(blobs: BlobStore): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { digest, sizeBytes } of blobs.list()) found.push(`${digest} ${sizeBytes}`)
  return found.toSorted()
}

/** Every promise of the BlobStore port. A driver's test runs each law as one test. */
export function blobLaws(open: () => Promise<BlobsUnderTest>): readonly BlobLaw[] {
  const law = (name: string, check: (subject: BlobsUnderTest, folder: string) => Promise<void>): BlobLaw => ({
    name,
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'baton-blob-law-'))
      try {
        await check(await open(), folder)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
  })

  return [
    law('is empty at first', async ({ blobs }) => {
      assert.deepEqual(await listAll(blobs), [])
      assert.equal(await blobs.has(absent), false)
      assert.deepEqual(await blobs.leftovers(), [])
    }),

    law('gives bytes back under their digest', async ({ blobs }, folder) => {
      const large = new Uint8Array(3_500_000).map((_, index) => (index * 7919) >> 3)
      for (const bytes of [text('hello'), new Uint8Array(0), large]) {
        const digest = await blobs.put(bytes)
        assert.equal(digest, digestBytes(bytes))
        assert.equal(await blobs.has(digest), true)
        assert.deepEqual(new Uint8Array(await blobs.get(digest)), bytes)
        await blobs.copyTo(digest, join(folder, 'copy'))
        assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'copy'))), bytes)
        assert.equal(await blobs.verify(digest), 'whole')
      }
    }),

    law('stores a file and leaves it where it is', async ({ blobs }, folder) => {
      const path = join(folder, 'source')
      const bytes = new Uint8Array(2_100_000).map((_, index) => index % 251)
      writeFileSync(path, bytes)
      assert.deepEqual(await blobs.putFile(path), { digest: digestBytes(bytes), sizeBytes: bytes.length })
      assert.deepEqual(new Uint8Array(readFileSync(path)), bytes)
      assert.deepEqual(new Uint8Array(await blobs.get(digestBytes(bytes))), bytes)
    }),

    law('stores equal bytes once, also when many writers come together', async ({ blobs }, folder) => {
      writeFileSync(join(folder, 'same'), 'same')
      const byFile = blobs.putFile(join(folder, 'same')).then(({ digest }) => digest)
      const digests = await Promise.all([byFile, ...Array.from({ length: 10 }, () => blobs.put(text('same')))])
      assert.deepEqual(new Set(digests), new Set([digestBytes('same')]))
      assert.deepEqual(await listAll(blobs), [`${digestBytes('same')} 4`])
    }),

    law('says that a blob is missing', async ({ blobs }, folder) => {
      const error = await reject(blobs.get(absent), 'blobs.missing')
      assert.equal(error.kind, 'not_found')
      assert(error.message.includes(absent))
      await reject(blobs.copyTo(absent, join(folder, 'copy')), 'blobs.missing')
      assert.deepEqual(readdirSync(folder), [])
      assert.equal(await blobs.verify(absent), 'missing')
    }),

    law('finds a flipped bit, names the blob and writes no copy', async ({ blobs, flipBit }, folder) => {
      const digest = await blobs.put(text('a model, say'))
      await flipBit(digest)
      const error = await reject(blobs.get(digest), 'blobs.damaged')
      assert(error.message.includes(digest))
      await reject(blobs.copyTo(digest, join(folder, 'copy')), 'blobs.damaged')
      assert.equal(existsSync(join(folder, 'copy')), false)
      assert.deepEqual(readdirSync(folder), [])
      assert.equal(await blobs.verify(digest), 'damaged')
    }),

    law('is mended by storing the same bytes again', async ({ blobs, flipBit }) => {
      const bytes = text('a model, say')
      const digest = await blobs.put(bytes)
      await flipBit(digest)
      await blobs.put(bytes)
      assert.deepEqual(new Uint8Array(await blobs.get(digest)), bytes)
    }),

    law('stores nothing when the source file is missing', async ({ blobs }, folder) => {
      await assert.rejects(blobs.putFile(join(folder, 'nothing-here')))
      assert.deepEqual(await listAll(blobs), [])
      assert.deepEqual(await blobs.leftovers(), [])
    }),
  ]
}
