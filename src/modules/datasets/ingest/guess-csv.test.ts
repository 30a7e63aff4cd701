import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type CsvWishes, guessCsv } from './guess-csv.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-guess-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rows = (count: number, row: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('')

async function guess(text: string | Buffer, wishes: CsvWishes = {}) {
  const file = join(folder, 'table.csv')
  writeFileSync(file, text)
  return guessCsv(file, wishes)
}

describe('the layout of a CSV file', () => {
  it('with names in its first line needs no options', async () => {
    expect((await guess(`id,age,city\n${rows(30, (i) => `${i},${20 + i},Rome`)}`)).options).toEqual({})
  })

  it('without names: the first line is data, and columns are counted from 1', async () => {
    const { options, assumptions } = await guess(rows(30, (i) => `${i},${i * 1.5},0`))
    expect(options).toEqual({ header: false, names: ['column_1', 'column_2', 'column_3'] })
    expect(assumptions.join()).toContain('line 1 is data')
  })

  it('with a line of something else at the top, as scikit-learn writes it', async () => {
    const { options, assumptions } = await guess(`569,30,malignant,benign\n${rows(30, (i) => `${i}.5,1,2,3,4,0`)}`)
    expect(options).toMatchObject({ skip: 1, header: false })
    expect(options.names).toHaveLength(6)
    expect(assumptions[0]).toContain('line 1 is no part of the table')
  })

  it('with remarks, a blank line and then names', async () => {
    const { options } = await guess(`exported by X\n\non 2026-01-01\nname;size\n${rows(30, (i) => `n${i};${i}`)}`)
    expect(options).toEqual({ delimiter: ';', skip: 3 })
  })

  it('of text only: texts that come back below are data', async () => {
    const answers = rows(20, (i) => `${i % 2 ? 'yes' : 'no'},red`)
    expect((await guess(`yes,red\n${answers}`)).options.header).toBe(false)
    expect((await guess(`answer,colour\n${answers}`)).options.header).toBeUndefined()
  })

  it('follows what is said', async () => {
    const text = `2010,2011\n${rows(20, (i) => `${i},${i}`)}`
    expect((await guess(text)).options.header).toBe(false)
    expect((await guess(text, { header: true })).options).toEqual({})
    expect((await guess(`a,b\n${text}`, { skip: 1 })).options).toMatchObject({ skip: 1, header: false })
    expect((await guess(`1,2\n${text}`, { skip: 0 })).options.skip).toBeUndefined()
  })

  it('keeps a ragged row further down for the ingest to refuse', async () => {
    expect((await guess(`a,b\n1,2\n3\n${rows(20, (i) => `${i},1`)}`)).options).toEqual({})
  })

  it('in another encoding, or packed', async () => {
    expect((await guess(Buffer.from(`n\u00e4me,size\n${rows(20, (i) => `m\u00fc${i},1`)}`, 'latin1'))).options).toEqual(
      { encoding: 'latin-1' },
    )
    expect((await guess(gzipSync(`a,b\n${rows(20, (i) => `${i},1`)}`))).options).toEqual({})
  })
})
