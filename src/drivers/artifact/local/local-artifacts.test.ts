import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import { artifactLaws } from '../conformance.ts'
import { openLocalArtifacts } from './index.ts'

const scratch = mkdtempSync(join(tmpdir(), 'baton-artifacts-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
let stores = 0
const newFolder = (): string => join(scratch, `${(stores += 1)}`)

async function* text(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content)
}

describe('the laws of the ArtifactStore port', () => {
  for (const law of artifactLaws(async () => openLocalArtifacts(newFolder()))) test(law.name, () => law.run())
})

describe('openLocalArtifacts', () => {
  test('follows no link that somebody has put into the store', async () => {
    const folder = newFolder()
    const outside = join(scratch, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'secret')
    const store = openLocalArtifacts(folder)
    await store.put('run/a', text('x'))
    symlinkSync(outside, join(folder, 'files', 'run', 'link'))
    symlinkSync(join(outside, 'secret'), join(folder, 'files', 'run', 'file'))
    const works = [
      () => store.open('run/link/secret'),
      () => store.open('run/file'),
      () => store.put('run/link/new', text('x')),
      () => store.put('run/file', text('x')),
      () => store.delete('run/link/secret'),
      () => store.list('run/link'),
    ]
    for (const work of works) await expect(work()).rejects.toMatchObject({ code: 'artifacts.invalid_path' })
    expect((await store.list('run')).map(({ name }) => name)).toEqual(['a'])
    expect(readdirSync(outside)).toEqual(['secret'])
  })

  test('leaves no temporary file behind, whatever happens', async () => {
    const folder = newFolder()
    const store = openLocalArtifacts(folder)
    await store.put('a', text('x'))
    await expect(store.put('a/b', text('x'))).rejects.toMatchObject({ kind: 'conflict' })
    const upload = await store.startUpload('c')
    await store.completeUpload(upload, [await store.putPart(upload, 1, text('y'))])
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
    expect(readdirSync(join(folder, 'uploads'))).toEqual([])
    expect(existsSync(join(folder, 'files', 'c'))).toBe(true)
  })

  test('what dead writers have left goes after some days, when the store is opened', async () => {
    const folder = newFolder()
    const store = openLocalArtifacts(folder)
    const [old, recent] = [await store.startUpload('old'), await store.startUpload('recent')]
    mkdirSync(join(folder, 'tmp'), { recursive: true })
    for (const name of ['old', 'recent']) writeFileSync(join(folder, 'tmp', name), 'x')
    const lastMonth = new Date(Date.now() - 30 * 86_400_000)
    for (const path of [join('tmp', 'old'), join('uploads', old.uploadId)]) {
      utimesSync(join(folder, path), lastMonth, lastMonth)
    }
    openLocalArtifacts(folder)
    expect(readdirSync(join(folder, 'tmp'))).toEqual(['recent'])
    expect(readdirSync(join(folder, 'uploads'))).toEqual([recent.uploadId])
  })

  test('an upload in parts goes on after the server was started again', async () => {
    const folder = newFolder()
    const upload = await openLocalArtifacts(folder).startUpload('f')
    const part = await openLocalArtifacts(folder).putPart(upload, 1, text('x'))
    expect(await openLocalArtifacts(folder).completeUpload(upload, [part])).toEqual({ sizeBytes: 1 })
  })
})
