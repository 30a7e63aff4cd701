import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { BatonError } from '../../kernel/errors.ts'
import type { ArtifactStore } from '../../ports/artifact-store.ts'

/** One promise of the port with the proof that a driver keeps it; rejects when it does not. */
export interface Law {
  readonly name: string
  run(): Promise<void>
}

async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  throw new Error('the client went away')
}

async function read(store: ArtifactStore, path: string, range?: { first: number; last: number }): Promise<string> {
  const { content, sizeBytes } = await store.open(path, range)
  const parts: Buffer[] = []
  for await (const part of content) parts.push(part as Buffer)
  const bytes = Buffer.concat(parts)
  assert.equal(bytes.length, sizeBytes)
  return bytes.toString()
}

async function reject(work: Promise<unknown>, kind: BatonError['kind'], code?: string): Promise<void> {
  const error = await work.then(
    () => assert.fail(`expected a refusal of kind ${kind}`),
    (reason: unknown) => reason,
  )
  assert(error instanceof BatonError, `expected a refusal, got ${String(error)}`)
  assert.equal(error.kind, kind, error.message)
  if (code !== undefined) assert.equal(error.code, code)
}

/** Paths that could lead out of a store, or mean two things. */
export const unsafePaths: readonly string[] = [
  '..',
  '../x',
  'a/../../x',
  'a/..',
  '/etc/passwd',
  'a//b',
  'a/',
  './a',
  'a/.',
  'a\\..\\b',
  'a\0b',
  'a\nb',
  '\ud800',
  'x'.repeat(256),
  Array.from({ length: 2000 }, () => 'ab').join('/'),
]

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Every promise of the ArtifactStore port. A driver's test runs each law as one test, on an empty store. */
export function artifactLaws(fresh: () => Promise<ArtifactStore>): readonly Law[] {
  const law = (name: string, check: (store: ArtifactStore) => Promise<void>): Law => ({
    name,
    run: async () => check(await fresh()),
  })
  return [
    law('gives back what was put, whole or a range of it', async (store) => {
      assert.deepEqual(await store.put('1/run/a.txt', pieces('hello ', '', 'world')), { sizeBytes: 11 })
      assert.equal(await read(store, '1/run/a.txt'), 'hello world')
      assert.equal(await store.size('1/run/a.txt'), 11)
      assert.equal(await read(store, '1/run/a.txt', { first: 6, last: 10 }), 'world')
      await store.put('empty', pieces())
      assert.equal(await read(store, 'empty'), '')
      await reject(store.open('1/run/a.txt', { first: 6, last: 11 }), 'usage', 'artifacts.invalid_range')
    }),
    law('takes any plain name', async (store) => {
      for (const path of ['ü ber/größe 100%.txt', 'a#b?c&d', '...', '.hidden/..x', `${'x'.repeat(255)}/y`]) {
        await store.put(path, pieces(path))
        assert.equal(await read(store, path), path)
      }
    }),
    law('replaces a file whole, and a reader keeps what it began with', async (store) => {
      await store.put('f', pieces('old'))
      const { content } = await store.open('f')
      await store.put('f', pieces('new and longer'))
      const seen: Buffer[] = []
      for await (const part of content) seen.push(part as Buffer)
      assert.equal(Buffer.concat(seen).toString(), 'old')
      assert.equal(await read(store, 'f'), 'new and longer')
    }),
    law('keeps nothing of a put that fails', async (store) => {
      await store.put('f', pieces('before'))
      await assert.rejects(store.put('f', broken()), /went away/)
      await assert.rejects(store.put('g/h', broken()), /went away/)
      assert.equal(await read(store, 'f'), 'before')
      assert.deepEqual(
        (await store.list('')).filter(({ isFolder }) => !isFolder),
        [{ name: 'f', isFolder: false, sizeBytes: 6 }],
      )
    }),
    law('lists a folder by name, and a missing one as empty', async (store) => {
      for (const path of ['r/b', 'r/a/deep', 'r/c']) await store.put(path, pieces(path))
      assert.deepEqual(await store.list('r'), [
        { name: 'a', isFolder: true },
        { name: 'b', isFolder: false, sizeBytes: 3 },
        { name: 'c', isFolder: false, sizeBytes: 3 },
      ])
      assert.deepEqual(await store.list('nothing/here'), [])
      assert.deepEqual(await store.list(''), [{ name: 'r', isFolder: true }])
    }),
    law('says what is missing and what is a folder', async (store) => {
      await store.put('a/b', pieces('x'))
      await reject(store.open('a/c'), 'not_found')
      await reject(store.size('c/d'), 'not_found')
      await reject(store.open('a'), 'usage', 'artifacts.is_folder')
    }),
    law('never has a file and a folder of one name', async (store) => {
      await store.put('a/b', pieces('x'))
      await reject(store.put('a', pieces('y')), 'conflict')
      await reject(store.put('a/b/c', pieces('y')), 'conflict')
      assert.equal(await read(store, 'a/b'), 'x')
    }),
    law('deletes a file or a folder with all in it', async (store) => {
      for (const path of ['a/b/c', 'a/b/d', 'a/e', 'f']) await store.put(path, pieces(path))
      await store.delete('a/b')
      await store.delete('f')
      await store.delete('f')
      await store.delete('never/there')
      assert.deepEqual(await store.list('a'), [{ name: 'e', isFolder: false, sizeBytes: 3 }])
    }),
    law('refuses every path that could lead elsewhere', async (store) => {
      for (const path of unsafePaths) {
        const code = 'artifacts.invalid_path'
        await reject(store.put(path, pieces('x')), 'usage', code)
        await reject(store.open(path), 'usage', code)
        await reject(store.delete(path), 'usage', code)
        await reject(store.list(path), 'usage', code)
        await reject(store.startUpload(path), 'usage', code)
      }
      await reject(store.put('', pieces('x')), 'usage')
      await reject(store.delete(''), 'usage')
    }),
    law('puts a file from parts that come in any order', async (store) => {
      const upload = await store.startUpload('big/file')
      const parts = await Promise.all([
        store.putPart(upload, 3, pieces('c')),
        store.putPart(upload, 1, pieces('a', 'a')),
        store.putPart(upload, 2, pieces('b')),
      ])
      assert.deepEqual(await store.list('big'), [])
      assert.deepEqual(await store.completeUpload(upload, parts), { sizeBytes: 4 })
      assert.equal(await read(store, 'big/file'), 'aabc')
    }),
    law('takes of a part that was sent twice the one that is named', async (store) => {
      const upload = await store.startUpload('f')
      const first = await store.putPart(upload, 1, pieces('first'))
      await store.putPart(upload, 1, pieces('second'))
      await store.completeUpload(upload, [first])
      assert.equal(await read(store, 'f'), 'first')
    }),
    law('completes only what is there, for the path it was started for', async (store) => {
      const upload = await store.startUpload('f')
      const part = await store.putPart(upload, 1, pieces('x'))
      const code = 'artifacts.invalid_upload'
      await reject(store.completeUpload(upload, []), 'usage', code)
      await reject(store.completeUpload(upload, [{ partNumber: 2, etag: part.etag }]), 'usage', code)
      await reject(store.completeUpload(upload, [{ partNumber: 1, etag: digest('y') }]), 'usage', code)
      await reject(store.completeUpload(upload, [{ partNumber: 1, etag: '../../x' }]), 'usage', code)
      await reject(store.putPart(upload, 0, pieces('x')), 'usage', code)
      await reject(store.putPart({ ...upload, path: 'g' }, 1, pieces('x')), 'usage', code)
      await reject(store.completeUpload({ ...upload, path: 'g' }, [part]), 'usage', code)
      await reject(store.putPart({ ...upload, uploadId: '../tmp' }, 1, pieces('x')), 'usage', code)
      await reject(store.open('f'), 'not_found')
      await store.completeUpload(upload, [part])
      await reject(store.completeUpload(upload, [part]), 'usage', code)
    }),
    law('forgets an upload, also twice', async (store) => {
      const upload = await store.startUpload('f')
      const part = await store.putPart(upload, 1, pieces('x'))
      await store.abortUpload(upload)
      await store.abortUpload(upload)
      await reject(store.completeUpload(upload, [part]), 'usage', 'artifacts.invalid_upload')
      await reject(store.open('f'), 'not_found')
    }),
  ]
}
