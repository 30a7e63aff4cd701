import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openLocalBlobs } from '../../../drivers/blob/local/index.ts'
import { createMemoryBlobs } from '../../../drivers/blob/memory/index.ts'
import { type Digest, digestBytes } from '../../../kernel/hash.ts'
import { canonicalJson, type Json } from '../../../kernel/json.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { FolderStore } from '../../../ports/folder-store.ts'
import { createFolderStore, getTree } from './folder-store.ts'

let root: string
let blobs: BlobStore
let folders: FolderStore
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-folders-'))
  blobs = openLocalBlobs(join(root, 'blobs'))
  folders = createFolderStore(blobs, join(root, 'tmp'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function makeFolder(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  return folder
}

const storeTree = (tree: Json): Promise<Digest> => blobs.put(Buffer.from(canonicalJson(tree)))

test('a folder comes back with its files, folders and executable bits', async () => {
  const folder = makeFolder('model', { 'model.onnx': 'weights', 'a/b/c.txt': 'deep', 'run.sh': '#!/bin/sh', empty: '' })
  mkdirSync(join(folder, 'nothing', 'in', 'here'), { recursive: true })
  chmodSync(join(folder, 'run.sh'), 0o755)
  const stored = await folders.store(folder)
  expect(stored).toMatchObject({ sizeBytes: 'weightsdeep#!/bin/sh'.length, files: 4 })
  expect(await folders.has(stored.digest)).toBe(true)
  await folders.restore(stored.digest, join(root, 'out', 'copy'))
  const copy = join(root, 'out', 'copy')
  const namesIn = (path: string) => new Set(readdirSync(path, { recursive: true, encoding: 'utf8' }))
  expect(namesIn(copy)).toEqual(namesIn(folder))
  expect(readFileSync(join(copy, 'a/b/c.txt'), 'utf8')).toBe('deep')
  expect(statSync(join(copy, 'run.sh')).mode & 0o777).toBe(0o755)
  expect(statSync(join(copy, 'model.onnx')).mode & 0o777).toBe(0o644)
  expect(readdirSync(join(root, 'tmp'))).toEqual([])
  expect((await folders.store(copy)).digest).toBe(stored.digest)
})

test('equal trees have equal digests, others have others', async () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '.', ' ', '🙂'), minLength: 1, maxLength: 3 })
  const safe = name.filter((part) => part !== '.' && part !== '..')
  const tree = fc.dictionary(safe, fc.tuple(fc.string({ maxLength: 4 }), fc.boolean()), { maxKeys: 5 })
  let turn = 0
  const seen = new Map<string, string>()
  await fc.assert(
    fc.asyncProperty(tree, async (files) => {
      const build = (entries: readonly [string, readonly [string, boolean]][]): string => {
        const folder = makeFolder(`${(turn += 1)}`, {})
        for (const [path, [content, executable]] of entries) {
          writeFileSync(join(folder, path), content, { mode: executable ? 0o755 : 0o644 })
        }
        return folder
      }
      const memory = createFolderStore(createMemoryBlobs(), join(root, 'tmp'))
      const first = await memory.store(build(Object.entries(files)))
      const second = await memory.store(build(Object.entries(files).toReversed()))
      expect(second).toEqual(first)
      const written = canonicalJson(files)
      expect(seen.get(first.digest) ?? written).toBe(written)
      seen.set(first.digest, written)
    }),
    { numRuns: 60 },
  )
})

describe('what is not in the folder is not stored', () => {
  test('a link to a file inside counts as that file', async () => {
    const folder = makeFolder('linked', { 'data/real.bin': 'bytes' })
    symlinkSync('data/real.bin', join(folder, 'alias.bin'))
    const { digest } = await folders.store(folder)
    await folders.restore(digest, join(root, 'copy'))
    expect(readFileSync(join(root, 'copy', 'alias.bin'), 'utf8')).toBe('bytes')
    expect(statSync(join(root, 'copy', 'alias.bin')).isFile()).toBe(true)
  })

  test.each([
    ['outside', '../secret'],
    ['/etc/passwd', '/etc/passwd'],
    ['nothing', 'missing'],
    ['a folder', '.'],
  ])('a link to %s is refused', async (_, target) => {
    makeFolder('.', { secret: 'key' })
    const folder = makeFolder('model', { a: 'a' })
    symlinkSync(target, join(folder, 'link'))
    await expect(folders.store(folder)).rejects.toMatchObject({ code: 'tracking.unstorable_entry' })
  })

  test('a pipe is refused', async () => {
    const folder = makeFolder('model', { a: 'a' })
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await expect(folders.store(folder)).rejects.toMatchObject({ code: 'tracking.unstorable_entry' })
  })

  test('a file is no folder, and a missing one an error', async () => {
    const folder = makeFolder('model', { a: 'a' })
    await expect(folders.store(join(folder, 'a'))).rejects.toMatchObject({ code: 'tracking.unstorable_entry' })
    await expect(folders.store(join(folder, 'b'))).rejects.toThrow()
  })
})

describe('restoring', () => {
  const digest = digestBytes('x')
  const file = (path: string): Json => ({ path, digest, sizeBytes: 1 })

  test.each([
    ['..', '../evil'],
    ['an inner ..', 'a/../../evil'],
    ['an absolute path', '/tmp/evil'],
    ['an empty part', 'a//b'],
    ['a dot', './a'],
    ['a NUL', 'a\0b'],
    ['nothing', ''],
  ])('refuses a path with %s', async (_, path) => {
    await blobs.put(Buffer.from('x'))
    const tree = await storeTree({ format: 'baton-tree/1', files: [file(path)], emptyFolders: [] })
    await expect(folders.restore(tree, join(root, 'out', 'copy'))).rejects.toMatchObject({
      code: 'tracking.unsafe_tree',
    })
    const empty = await storeTree({ format: 'baton-tree/1', files: [], emptyFolders: [path] })
    await expect(folders.restore(empty, join(root, 'out', 'copy'))).rejects.toMatchObject({
      code: 'tracking.unsafe_tree',
    })
    expect(existsSync(join(root, 'out'))).toBe(false)
    expect(existsSync(join(root, 'evil'))).toBe(false)
  })

  test.each<[string, Json]>([
    ['one path twice', { format: 'baton-tree/1', files: [file('a'), file('a')], emptyFolders: [] }],
    ['a file as a folder', { format: 'baton-tree/1', files: [file('a'), file('a/b')], emptyFolders: [] }],
    ['another format', { format: 'baton-tree/9', files: [], emptyFolders: [] }],
    ['no list', { format: 'baton-tree/1', files: 'a', emptyFolders: [] }],
    ['no digest', { format: 'baton-tree/1', files: [{ path: 'a', sizeBytes: 1 }], emptyFolders: [] }],
    ['no object', [1, 2]],
  ])('refuses a list with %s', async (_, tree) => {
    const restored = folders.restore(await storeTree(tree), join(root, 'copy'))
    await expect(restored).rejects.toMatchObject({ code: 'tracking.unsafe_tree' })
  })

  test('leaves nothing when a blob is damaged or missing', async () => {
    const folder = makeFolder(
      'model',
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, `content ${i}`])),
    )
    const bytes = new Map<Digest, Uint8Array>()
    const memory = createFolderStore(createMemoryBlobs(bytes), join(root, 'tmp'))
    const stored = await memory.store(folder)
    const victim = digestBytes('content 13')
    bytes.set(victim, Buffer.from('contend 13'))
    await expect(memory.restore(stored.digest, join(root, 'copy'))).rejects.toMatchObject({ code: 'blobs.damaged' })
    bytes.delete(victim)
    await expect(memory.restore(stored.digest, join(root, 'copy'))).rejects.toMatchObject({ code: 'blobs.missing' })
    expect(await memory.has(stored.digest)).toBe(false)
    expect(existsSync(join(root, 'copy'))).toBe(false)
    expect(readdirSync(join(root, 'tmp'))).toEqual([])
    await memory.store(folder)
    await memory.restore(stored.digest, join(root, 'copy'))
    expect(readdirSync(join(root, 'copy'))).toHaveLength(20)
  })

  test('takes an empty folder as its place and never mixes with other files', async () => {
    const { digest } = await folders.store(makeFolder('model', { a: 'a' }))
    mkdirSync(join(root, 'empty'))
    await folders.restore(digest, join(root, 'empty'))
    expect(readdirSync(join(root, 'empty'))).toEqual(['a'])
    await expect(folders.restore(digest, join(root, 'empty'))).rejects.toMatchObject({
      code: 'tracking.destination_taken',
    })
    writeFileSync(join(root, 'file'), '')
    await expect(folders.restore(digest, join(root, 'file'))).rejects.toMatchObject({
      code: 'tracking.destination_taken',
    })
  })

  test('knows a folder that was never stored', async () => {
    expect(await folders.has(digestBytes('nothing'))).toBe(false)
    await expect(folders.restore(digestBytes('nothing'), join(root, 'x'))).rejects.toMatchObject({
      code: 'blobs.missing',
    })
  })

  test('moves a large file as a stream', async () => {
    const folder = makeFolder('large', {})
    writeFileSync(join(folder, 'weights'), Buffer.alloc(40 << 20, 7))
    cpSync(join(folder, 'weights'), join(folder, 'again'))
    const stored = await folders.store(folder)
    expect(stored).toMatchObject({ sizeBytes: 80 << 20, files: 2 })
    const tree = await getTree(blobs, stored.digest)
    expect(new Set(tree.files.map(({ digest }) => digest)).size).toBe(1)
    await folders.restore(stored.digest, join(root, 'copy'))
    expect(statSync(join(root, 'copy', 'weights')).size).toBe(40 << 20)
  })
})
