import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import type { Digest } from '../../../kernel/hash.ts'
import { blobLaws } from '../conformance.ts'
import { createMemoryBlobs } from '../memory/index.ts'
import { openLocalBlobs } from './index.ts'
import { blobPath } from './layout.ts'

const root = mkdtempSync(join(tmpdir(), 'baton-blobs-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newFolder = (): string => join(root, `${(folders += 1)}`, 'blobs')

function flipBitOf(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes)
  changed[changed.length >> 1]! ^= 4
  return changed
}

describe('the laws of the BlobStore port, on a folder', () => {
  const laws = blobLaws(async () => {
    const folder = newFolder()
    return {
      blobs: openLocalBlobs(folder),
      flipBit: async (digest) => {
        const path = blobPath(folder, digest)
        chmodSync(path, 0o600)
        writeFileSync(path, flipBitOf(readFileSync(path)))
      },
    }
  })
  for (const law of laws) test(law.name, () => law.run())
})

describe('the laws of the BlobStore port, in memory', () => {
  const laws = blobLaws(async () => {
    const bytes = new Map<Digest, Uint8Array>()
    return {
      blobs: createMemoryBlobs(bytes),
      flipBit: async (digest) => void bytes.set(digest, flipBitOf(bytes.get(digest)!)),
    }
  })
  for (const law of laws) test(law.name, () => law.run())
})

describe('a store on a folder', () => {
  test('gives a blob a read-only file below two characters of its hash', async () => {
    const folder = newFolder()
    const digest = await openLocalBlobs(folder).put(Buffer.from('x'))
    const hex = digest.slice('sha256:'.length)
    const path = join(folder, 'sha256', hex.slice(0, 2), hex.slice(2))
    expect(statSync(path).mode & 0o777).toBe(0o444)
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('keeps every acknowledged blob, and none by half, when its writer is killed', { timeout: 60_000 }, async () => {
    const folder = newFolder()
    const acknowledged: Digest[] = []
    for (let round = 0; round < 4; round += 1) {
      const child = fork(join(import.meta.dirname, 'killed-writer.fixture.ts'), [folder], { execArgv: [] })
      const until = acknowledged.length + 5 + Math.floor(Math.random() * 15)
      await new Promise<void>((resolve) => {
        child.on('message', (digest: Digest) => {
          acknowledged.push(digest)
          if (acknowledged.length >= until) resolve()
        })
      })
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    const blobs = openLocalBlobs(folder)
    for (const digest of acknowledged) expect(await blobs.verify(digest)).toBe('whole')
    for await (const { digest } of blobs.list()) expect(await blobs.verify(digest)).toBe('whole')
    await blobs.put(Buffer.from('the next writer tidies up'))
    expect(await blobs.leftovers()).toEqual([])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('names what a dead writer left and spares what a living one writes', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'tmp'), { recursive: true })
    const child = fork(join(import.meta.dirname, 'killed-writer.fixture.ts'), [newFolder()], { execArgv: [] })
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    writeFileSync(join(folder, 'tmp', `put-${child.pid}-dead`), 'half')
    writeFileSync(join(folder, 'tmp', `put-${process.pid}-alive`), 'half')
    const blobs = openLocalBlobs(folder)
    expect(await blobs.leftovers()).toEqual([join(folder, 'tmp', `put-${child.pid}-dead`)])
    expect(await blobs.leftovers({ remove: true })).toHaveLength(1)
    expect(readdirSync(join(folder, 'tmp'))).toEqual([`put-${process.pid}-alive`])
  })

  test.skipIf(process.getuid?.() === 0)('says that its folder cannot be written', async () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o500)
    await expect(openLocalBlobs(folder).put(Buffer.from('x'))).rejects.toMatchObject({ code: 'blobs.not_writable' })
    chmodSync(folder, 0o700)
  })

  test('says that something that is no folder stands in its way', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, '..'), { recursive: true })
    writeFileSync(folder, 'a file')
    await expect(openLocalBlobs(folder).put(Buffer.from('x'))).rejects.toThrow()
  })
})
