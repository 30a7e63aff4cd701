import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createTestBelt, type TestBelt } from './belt.fixture.ts'
import { cleanLeftovers, createDatasetsContext, listVersions, verifyTables } from './index.ts'
import { withWorkFolder } from './work-folder.ts'

let belt: TestBelt
beforeEach(() => {
  belt = createTestBelt()
})
afterEach(() => belt[Symbol.asyncDispose]())

function startWriter(name: string, count: number): ChildProcess & { acknowledged: number } {
  const script = join(import.meta.dirname, 'writer.fixture.ts')
  const child = spawn(process.execPath, ['--no-warnings', script, belt.root, name, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const writer = Object.assign(child, { acknowledged: 0 })
  child.stdout.on('data', (text: Buffer) => {
    writer.acknowledged += text.toString().split('\n').length - 1
  })
  return writer
}

const fresh = () => createDatasetsContext(belt.ctx)

describe('writers at the same time', () => {
  it('all land: two processes that append at once lose nothing and make one line of versions', async () => {
    const writers = ['one', 'two'].map((name) => startWriter(name, 12))
    const ends = await Promise.all(writers.map((writer) => once(writer, 'close')))
    expect(ends).toEqual([
      [0, null],
      [0, null],
    ])
    const rows = await belt.rows('events', 'SELECT count(*) AS n, count(DISTINCT writer || number) AS d')
    expect(rows).toEqual([{ n: 24, d: 24 }])
    const versions = listVersions(fresh(), 'events').map((version) => version.version)
    expect(versions).toEqual(Array.from({ length: 24 }, (_, index) => 24 - index))
    expect(await verifyTables(fresh())).toMatchObject({ torn: [], leftovers: [] })
  })

  it('killed at any moment leave whole versions only, and what they left is found and can be removed', async () => {
    let acknowledged = 0
    for (let round = 0; round < 10; round++) {
      const writer = startWriter(`round${round}`, 1000)
      const closed = once(writer, 'close')
      while (writer.acknowledged === 0) await once(writer.stdout!, 'data')
      await new Promise((resolve) => setTimeout(resolve, 7 * round))
      writer.kill('SIGKILL')
      await closed
      acknowledged += writer.acknowledged
      const report = await verifyTables(fresh())
      expect(report.torn).toEqual([])
      expect(report.leftovers.map((leftover) => leftover.writer)).not.toContain('alive')
    }
    const [{ n } = { n: 0 }] = await belt.rows<{ n: number }>('events', 'SELECT count(*) AS n')
    // A commit that was made but not yet reported may be there; none that was reported may be missing.
    expect(n).toBeGreaterThanOrEqual(acknowledged)
    expect(n).toBeLessThanOrEqual(acknowledged + 10)
    const { leftovers } = await verifyTables(fresh())
    cleanLeftovers(fresh(), leftovers, { deadAfterMs: 0, unknownAfterMs: 0 })
    expect(await verifyTables(fresh())).toMatchObject({ torn: [], leftovers: [] })
    expect(await belt.rows('events', 'SELECT count(*) AS n')).toEqual([{ n }])
  })
})

describe('cleaning', () => {
  it('never touches what a running writer has, and waits for the rest to be old', async () => {
    await withWorkFolder(belt.ctx, async (work) => {
      const table = join(belt.ctx.tablesFolder, 'events')
      mkdirSync(join(table, '_delta_log'), { recursive: true })
      const mine = join(table, `part-00000-${work.id}.zstd.parquet`)
      const dead = join(table, `part-00000-${'0'.repeat(32)}.zstd.parquet`)
      const strange = join(table, 'part-from-elsewhere.parquet')
      for (const file of [mine, dead, strange]) writeFileSync(file, 'x')
      const { leftovers, torn } = await verifyTables(belt.ctx)
      expect(torn).toEqual([])
      expect(Object.fromEntries(leftovers.map((leftover) => [leftover.path, leftover.writer]))).toEqual({
        [work.path]: 'alive',
        [mine]: 'alive',
        [dead]: 'dead',
        [strange]: 'unknown',
      })
      expect(cleanLeftovers(belt.ctx, leftovers).removed).toEqual([])
      const later = { ...belt.ctx, clock: { now: () => new Date(Date.now() + 3_600_000) } }
      expect(cleanLeftovers(later, leftovers).removed.map((leftover) => leftover.path)).toEqual([dead])
      const nextWeek = { ...belt.ctx, clock: { now: () => new Date(Date.now() + 7 * 86_400_000) } }
      expect(cleanLeftovers(nextWeek, leftovers).removed.map((leftover) => leftover.path)).toEqual([strange])
    })
  })
})
