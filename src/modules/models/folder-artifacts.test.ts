import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

import { describe, expect, it } from 'vitest'

import { openLocalArtifacts } from '../../drivers/artifact/local/index.ts'
import { openLocalBlobs } from '../../drivers/blob/local/index.ts'
import { openTestDatabase } from '../../drivers/database/test-database.fixture.ts'
import { createFolderStore } from '../tracking/index.ts'
import { deleteVersion, registerModel, withModelFolders } from './index.ts'
import { openRegistry, reason, registration } from './registry.fixture.ts'

describe('folders of registered versions', () => {
  it('are given out by their digest, whole or in part, and cannot be changed', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const folder = join(ctx.folder, 'model')
    mkdirSync(join(folder, 'deep'), { recursive: true })
    const large = randomBytes(9_000_000)
    writeFileSync(join(folder, 'MLmodel'), 'flavors:\n')
    writeFileSync(join(folder, 'deep', 'model.onnx'), large)
    const blobs = openLocalBlobs(join(ctx.folder, 'blobs'))
    const folders = createFolderStore(blobs, join(ctx.folder, 'tmp'))
    const model = await folders.store(folder)
    const inner = openLocalArtifacts(join(ctx.folder, 'artifacts'))
    const store = withModelFolders(inner, { ...ctx, blobs, temporaryFolder: join(ctx.folder, 'tmp') })
    const root = `models/${model.digest.slice(7)}`
    const read = async (path: string, range?: { first: number; last: number }) =>
      await buffer((await store.open(path, range)).content)

    expect(await store.list(root)).toEqual([])
    await expect(store.open(`${root}/MLmodel`)).rejects.toMatchObject({ kind: 'not_found' })
    await registerModel(ctx, registration('a', { model }))
    expect(await store.list(root)).toEqual([
      { name: 'MLmodel', isFolder: false, sizeBytes: 9 },
      { name: 'deep', isFolder: true },
    ])
    expect(await store.list(`${root}/deep`)).toEqual([{ name: 'model.onnx', isFolder: false, sizeBytes: 9_000_000 }])
    expect((await read(`${root}/MLmodel`)).toString()).toBe('flavors:\n')
    expect((await read(`${root}/MLmodel`, { first: 2, last: 5 })).toString()).toBe('avor')
    expect((await read(`${root}/deep/model.onnx`)).equals(large)).toBe(true)
    const part = await read(`${root}/deep/model.onnx`, { first: 10, last: 8_999_998 })
    expect(part.equals(large.subarray(10, 8_999_999))).toBe(true)
    for (const path of [`${root}/other`, `${root}/../x`, `${root}/deep`, root])
      await expect(store.open(path)).rejects.toMatchObject({ kind: 'not_found' })
    for (const change of [
      () => store.put(`${root}/MLmodel`, (async function* () {})()),
      () => store.delete(root),
      () => store.startUpload(`${root}/x`),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'models.folder_read_only' })
    await deleteVersion(ctx, { model: 'churn', version: 1 }, reason)
    expect(await store.list(root)).toEqual([])
  })

  it('leave other paths to the store', async () => {
    await using ctx = await openRegistry(openTestDatabase)
    const inner = openLocalArtifacts(join(ctx.folder, 'artifacts'))
    const blobs = openLocalBlobs(join(ctx.folder, 'blobs'))
    const store = withModelFolders(inner, { ...ctx, blobs, temporaryFolder: ctx.folder })
    const content = async function* () {
      yield Buffer.from('hello')
    }
    await store.put('models/short/a.txt', content())
    expect((await buffer((await inner.open('models/short/a.txt')).content)).toString()).toBe('hello')
    expect(await store.size('models/short/a.txt')).toBe(5)
    await store.delete('models')
    expect(await store.list('models/short')).toEqual([])
  })
})
