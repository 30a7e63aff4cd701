import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createTestBelt, type TestBelt } from './belt.fixture.ts'
import { csv, declareIngest } from './declare.ts'
import {
  createDatasetReader,
  createDatasetWriter,
  createDatasetsContext,
  listDatasets,
  listVersions,
  resolveDataset,
  tagVersion,
  verifyTables,
} from './index.ts'

let belt: TestBelt
let nowMs: number
beforeEach(() => {
  nowMs = Date.parse('2026-01-10T12:00:00Z')
  belt = createTestBelt({ clock: { now: () => new Date(nowMs) } })
})
afterEach(() => belt[Symbol.asyncDispose]())

async function ingest(content: string, mode: 'overwrite' | 'append' = 'overwrite') {
  writeFileSync(join(belt.root, 'in.csv'), content)
  const { invoices } = await belt.run((scope) => declareIngest(scope, 'invoices', { from: csv('in.csv'), mode }))
  return invoices!.outputs['table'] as { version: number; digest: `sha256:${string}`; dataset: string }
}

const table = () => join(belt.ctx.tablesFolder, 'invoices')
const logOf = (version: number) =>
  readFileSync(join(table(), '_delta_log', `${String(version).padStart(20, '0')}.json`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>)

describe('versions of a dataset', () => {
  it('keeps every version readable, and gives equal content no new one', async () => {
    const first = await ingest('a\n1\n')
    const second = await ingest('a\n2\n')
    const again = await ingest('a\n2\n')
    expect([first.version, second.version, again.version]).toEqual([1, 2, 2])
    expect(again.digest).toBe(second.digest)
    expect(await belt.rows('invoices@1')).toEqual([{ a: 1 }])
    expect(await belt.rows('invoices')).toEqual([{ a: 2 }])
    const back = await ingest('a\n1\n')
    expect(back).toMatchObject({ version: 3, digest: first.digest })
  })

  it('appends parts, and refuses to append other columns', async () => {
    await ingest('a,b\n1,x\n')
    await ingest('a,b\n2,y\n', 'append')
    expect(await belt.rows('invoices')).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ])
    await expect(ingest('a,c\n3,z\n', 'append')).rejects.toMatchObject({ code: 'datasets.schema_changed' })
    const typed = ingest('a,b\nthree,z\n', 'append')
    await expect(typed).rejects.toMatchObject({ message: expect.stringContaining('values of a are not all BIGINT') })
    expect(resolveDataset(belt.ctx, 'invoices')).toMatchObject({ version: 2, rows: 2, parts: 2 })
  })

  it('answers as of a time: the last commit at or before it', async () => {
    await ingest('a\n1\n')
    nowMs = Date.parse('2026-01-12T08:00:00Z')
    await ingest('a\n2\n')
    nowMs = Date.parse('2026-01-12T20:00:00Z')
    await ingest('a\n3\n')
    const versionAt = (time: string) => resolveDataset(belt.ctx, `invoices@${time}`).version
    expect(versionAt('2026-01-10')).toBe(1)
    expect(versionAt('2026-01-11')).toBe(1)
    expect(versionAt('2026-01-12')).toBe(3)
    expect(versionAt('2026-01-12T07:59:59.999Z')).toBe(1)
    expect(versionAt('2026-01-12T08:00:00Z')).toBe(2)
    expect(versionAt('2026-01-12T09:00:00+01:00')).toBe(2)
    expect(versionAt('2026-01-12 19:59')).toBe(2)
    expect(versionAt('2030-01-01')).toBe(3)
    expect(() => versionAt('2026-01-09')).toThrow(expect.objectContaining({ code: 'datasets.before_first_version' }))
    for (const wrong of ['2026-02-30', '2026-13-01', '', '2026-01-12T25:00:00Z', '-1', 'a/b', '2026-01']) {
      expect(() => versionAt(wrong)).toThrow(expect.objectContaining({ code: 'datasets.invalid_reference' }))
    }
    for (const gone of ['0', '4', 'no-such-tag']) {
      expect(() => versionAt(gone)).toThrow(expect.objectContaining({ code: 'datasets.not_found' }))
    }
    expect(() => resolveDataset(belt.ctx, 'nothing')).toThrow(/There is no dataset nothing/)
    expect(() => resolveDataset(belt.ctx, '../etc')).toThrow(
      expect.objectContaining({ code: 'datasets.invalid_reference' }),
    )
  })

  it('gives commits strictly later times, also when the clock stands still or goes back', async () => {
    await ingest('a\n1\n')
    await ingest('a\n2\n')
    nowMs -= 60_000
    await ingest('a\n3\n')
    const times = listVersions(belt.ctx, 'invoices').map((version) => Date.parse(version.committedAt))
    expect(times[0]! > times[1]! && times[1]! > times[2]!).toBe(true)
  })

  it('names versions by tags, and moves a tag only when told to', async () => {
    await ingest('a\n1\n')
    await ingest('a\n2\n')
    tagVersion(belt.ctx, 'invoices@1', { tag: 'audited' })
    tagVersion(belt.ctx, 'invoices@1', { tag: 'audited' })
    expect(resolveDataset(belt.ctx, 'invoices@audited')).toMatchObject({ version: 1, tags: ['audited'] })
    expect(() => tagVersion(belt.ctx, 'invoices', { tag: 'audited' })).toThrow(
      expect.objectContaining({ code: 'datasets.tag_taken' }),
    )
    tagVersion(belt.ctx, 'invoices', { tag: 'audited', move: true })
    expect(resolveDataset(belt.ctx, 'invoices@audited').version).toBe(2)
    expect(() => tagVersion(belt.ctx, 'invoices', { tag: '2' })).toThrow(/a tag is letters/)
    expect(listDatasets(belt.ctx).map((dataset) => dataset.dataset)).toEqual(['invoices'])
  })
})

describe('the Delta log', () => {
  it('says protocol, schema, statistics and digests as the Delta protocol wants them', async () => {
    await ingest('a,b,day\n1,x,2011-12-09\n3,,2011-12-01\n')
    await ingest('a,b,day\n5,z,2011-12-02\n')
    const [created, protocol, metaData] = logOf(0)
    expect(created!['commitInfo']).toMatchObject({ operation: 'CREATE TABLE' })
    expect(protocol).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } })
    const schema = JSON.parse(metaData!['metaData']!['schemaString'] as string) as {
      fields: { name: string; type: string }[]
    }
    expect(schema.fields.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'long'],
      ['b', 'string'],
      ['day', 'date'],
    ])
    const [info, remove, add] = logOf(2)
    expect(info!['commitInfo']).toMatchObject({ operation: 'WRITE', baton: { rows: 1, step: 'invoices' } })
    expect(remove!['remove']).toMatchObject({ path: logOf(1)[1]!['add']!['path'], dataChange: true })
    const file = join(table(), decodeURIComponent(add!['add']!['path'] as string))
    expect(add!['add']).toMatchObject({ size: statSync(file).size, dataChange: true, partitionValues: {} })
    expect(statSync(file).mode & 0o777).toBe(0o444)
    expect(JSON.parse(logOf(1)[1]!['add']!['stats'] as string)).toEqual({
      numRecords: 2,
      minValues: { a: 1, day: '2011-12-01' },
      maxValues: { a: 3, day: '2011-12-09' },
      nullCount: { a: 0, b: 1, day: 0 },
    })
  })

  it('asks for the timestampNtz feature where a column has a timestamp without a zone', async () => {
    await ingest('at\n2011-12-09 10:00:00\n')
    expect(logOf(0)[1]).toMatchObject({ protocol: { minReaderVersion: 3, readerFeatures: ['timestampNtz'] } })
  })
})

describe('the bytes of a version', () => {
  it('are checked on every read by a new process, and again when a file changed', async () => {
    const address = await ingest('a\n1\n')
    const [part] = readdirSync(table()).filter((name) => name.endsWith('.parquet'))
    const file = join(table(), part!)
    await createDatasetReader(belt.ctx).scan(address)
    chmodSync(file, 0o644)
    appendFileSync(file, 'x')
    const fresh = createDatasetsContext(belt.ctx)
    for (const ctx of [belt.ctx, fresh]) {
      await expect(createDatasetReader(ctx).scan(address)).rejects.toMatchObject({
        code: 'datasets.damaged',
        where: { file },
      })
    }
    expect(await verifyTables(fresh)).toMatchObject({ checked: 1, torn: [{ dataset: 'invoices', path: file }] })
  })

  it('are torn when a part or a commit is gone', async () => {
    await ingest('a\n1\n')
    const address = await ingest('a\n2\n')
    const { rmSync } = await import('node:fs')
    rmSync(join(table(), '_delta_log', `${'1'.padStart(20, '0')}.json`))
    const fresh = createDatasetsContext(belt.ctx)
    await expect(createDatasetReader(fresh).scan(address)).rejects.toMatchObject({ code: 'datasets.damaged' })
    expect((await verifyTables(fresh)).torn).toHaveLength(1)
  })

  it('come from a step as Parquet or CSV files', async () => {
    const writer = createDatasetWriter(belt.ctx)
    const file = join(belt.root, 'out.csv')
    writeFileSync(file, 'score,id\n0.5,007\n')
    const provenance = { runId: 'r', step: 'score' }
    const first = await writer.commitFiles('scores', [file], provenance)
    expect(first).toMatchObject({ dataset: 'scores', version: 1, rows: 1 })
    expect(await belt.rows('scores')).toEqual([{ score: 0.5, id: '007' }])
    const parts = readdirSync(join(belt.ctx.tablesFolder, 'scores')).filter((name) => name.endsWith('.parquet'))
    const again = await writer.commitFiles('scores', [join(belt.ctx.tablesFolder, 'scores', parts[0]!)], provenance)
    expect(again).toEqual(first)
    expect(existsSync(file)).toBe(true)
    await expect(writer.commitFiles('scores', [], provenance)).rejects.toMatchObject({ code: 'datasets.no_files' })
  })
})
