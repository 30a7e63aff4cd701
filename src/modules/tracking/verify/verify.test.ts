import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openLocalBlobs } from '../../../drivers/blob/local/index.ts'
import { type Digest, digestBytes } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { FolderStore } from '../../../ports/folder-store.ts'
import { tablesOf } from '../context.ts'
import { createFolderStore, finishRun, startRun, verifyBlobs, verifyRuns } from '../index.ts'
import { openTracking, type TrackingFixture } from '../tracking.fixture.ts'

let ctx: TrackingFixture
let blobs: BlobStore
let folders: FolderStore
beforeEach(async () => {
  ctx = await openTracking()
  blobs = openLocalBlobs(join(ctx.folder, 'blobs'))
  folders = createFolderStore(blobs, join(ctx.folder, 'tmp'))
})
afterEach(() => ctx[Symbol.asyncDispose]())

function pathOf(digest: Digest): string {
  const hex = digest.slice('sha256:'.length)
  return join(ctx.folder, 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2))
}

describe('verifyBlobs', () => {
  test('reads every blob and names the damaged ones and the leftovers', async () => {
    expect(await verifyBlobs(blobs)).toEqual({ checked: 0, sizeBytes: 0, damaged: [], leftovers: [] })
    await blobs.put(Buffer.from('whole'))
    const victim = await blobs.put(Buffer.from('victim'))
    const cut = await blobs.put(Buffer.from('cut off'))
    for (const digest of [victim, cut]) chmodSync(pathOf(digest), 0o600)
    writeFileSync(pathOf(victim), 'vjctim')
    writeFileSync(pathOf(cut), readFileSync(pathOf(cut)).subarray(0, 3))
    const leftover = join(ctx.folder, 'blobs', 'tmp', 'put-0-old')
    writeFileSync(leftover, 'half')
    rmSync(leftover)
    writeFileSync(join(ctx.folder, 'blobs', 'tmp', 'strange'), 'half')
    const found = await verifyBlobs(blobs)
    expect(found.checked).toBe(3)
    expect(new Set(found.damaged)).toEqual(new Set([victim, cut]))
    expect(found.leftovers).toEqual([join(ctx.folder, 'blobs', 'tmp', 'strange')])
    await verifyBlobs(blobs, { removeLeftovers: true })
    expect((await verifyBlobs(blobs)).leftovers).toEqual([])
  })

  test('stops when asked to', async () => {
    await blobs.put(Buffer.from('x'))
    await expect(verifyBlobs(blobs, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'interrupted' })
  })
})

describe('verifyRuns', () => {
  const there = new Set(['invoices@1'])
  const verify = async () =>
    await verifyRuns({
      ...ctx,
      blobs,
      folders,
      hasTable: async (datum) => there.has(`${datum.dataset}@${datum.version}`),
    })

  async function storeModel(): Promise<Digest> {
    mkdirSync(join(ctx.folder, 'model'))
    writeFileSync(join(ctx.folder, 'model', 'model.onnx'), 'weights')
    return (await folders.store(join(ctx.folder, 'model'))).digest
  }

  test('finds nothing wrong with whole runs', async () => {
    const diffDigest = await blobs.put(Buffer.from('diff'))
    const parent = await startRun(ctx, { name: 'p', kind: 'pipeline', code: { dirty: true, diffDigest } })
    const step = await startRun(ctx, { name: 's', kind: 'step', parentId: parent })
    const model = { kind: 'model', digest: await storeModel(), sizeBytes: 7, files: 1 }
    const table = { kind: 'table', dataset: 'invoices', version: 1, digest: digestBytes('t'), rows: 1 }
    const value = { kind: 'value', digest: digestBytes('1'), value: 1 }
    await finishRun(ctx, step, { status: 'FINISHED', outputs: { model, table, value } })
    await finishRun(ctx, parent, { status: 'FINISHED' })
    expect(await verify()).toEqual({ checked: 2, problems: [] })
  })

  test('names each output that is not there: a file of a model, a table, a difference', async () => {
    const run = await startRun(ctx, { name: 'r', kind: 'run', code: { dirty: true, diffDigest: digestBytes('lost') } })
    const model = { kind: 'model', digest: await storeModel(), sizeBytes: 7, files: 1 }
    const table = { kind: 'table', dataset: 'invoices', version: 2, digest: digestBytes('t'), rows: 1 }
    await finishRun(ctx, run, { status: 'FINISHED', outputs: { model, table } })
    rmSync(pathOf(digestBytes('weights')))
    const { problems } = await verify()
    expect(problems.map((problem) => problem.runId)).toEqual([run, run, run])
    const text = problems.map((problem) => problem.what).join('\n')
    expect(text).toContain(model.digest)
    expect(text).toContain('invoices@2')
    expect(text).toContain(digestBytes('lost'))
  })

  test('does not ask for the outputs of a run that failed', async () => {
    const run = await startRun(ctx, { name: 'r', kind: 'run' })
    await finishRun(ctx, run, { status: 'FAILED', outputs: { model: { kind: 'model', digest: digestBytes('none') } } })
    expect((await verify()).problems).toEqual([])
  })

  test('names a step without its pipeline, an open step of an ended one, and an end without a time', async () => {
    const parent = await startRun(ctx, { name: 'p', kind: 'pipeline' })
    const open = await startRun(ctx, { name: 's', kind: 'step', parentId: parent })
    const orphan = await startRun(ctx, { name: 'o', kind: 'step', parentId: 'f'.repeat(32) as RunId })
    await finishRun(ctx, parent, { status: 'FAILED' })
    await tablesOf(ctx).updateTable('runs').set({ ended_ms: null }).where('id', '=', parent).execute()
    const found = (await verify()).problems.map((problem) => problem.runId)
    expect(new Set(found)).toEqual(new Set([parent, open, orphan]))
  })
})
