import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseRecords } from './csv-records.ts'
import { sniffCsv } from './sniff-csv.ts'

const rows = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => row(i)).join('\n')

describe('the layout of a CSV file', () => {
  it('with names in its first line', () => {
    const layout = sniffCsv(`id,age,city\n${rows(30, (i) => `${i},${20 + i},Rome`)}\n`)
    expect(layout).toMatchObject({ delimiter: ',', header: true, skip: 0 })
    expect(layout.names).toBeUndefined()
  })

  it('without names: the first line is data, and columns are counted from 1', () => {
    const layout = sniffCsv(`${rows(30, (i) => `${i},${i * 1.5},0`)}\n`)
    expect(layout).toMatchObject({ header: false, skip: 0, names: ['column_1', 'column_2', 'column_3'] })
    expect(layout.assumptions.join()).toContain('--header if not')
  })

  it('with a line of something else at the top, as scikit-learn writes it', () => {
    const layout = sniffCsv(`569,30,malignant,benign\n${rows(30, (i) => `${i}.5,1,2,3,4,0`)}\n`)
    expect(layout).toMatchObject({ header: false, skip: 1 })
    expect(layout.names).toHaveLength(6)
    expect(layout.assumptions[0]).toContain('line 1 is no part of the table')
  })

  it('with remarks and then names', () => {
    const layout = sniffCsv(`exported by X\non 2026-01-01\nname;size\n${rows(30, (i) => `n${i};${i}`)}\n`)
    expect(layout).toMatchObject({ delimiter: ';', header: true, skip: 2 })
  })

  it('of text only: texts that come back below are data', () => {
    expect(sniffCsv(`yes,red\n${rows(20, (i) => `${i % 2 ? 'yes' : 'no'},red`)}\n`).header).toBe(false)
    expect(sniffCsv(`answer,colour\n${rows(20, (i) => `${i % 2 ? 'yes' : 'no'},red`)}\n`).header).toBe(true)
  })

  it('follows what the user says', () => {
    const text = `2010,2011\n${rows(20, (i) => `${i},${i}`)}\n`
    expect(sniffCsv(text).header).toBe(false)
    expect(sniffCsv(text, { header: true })).toMatchObject({ header: true, skip: 0 })
    expect(sniffCsv(`a,b\n${text}`, { skip: 1 })).toMatchObject({ header: false, skip: 1 })
  })

  it('keeps a ragged row further down for the ingest to refuse', () => {
    expect(sniffCsv(`a,b\n1,2\n3\n${rows(20, (i) => `${i},1`)}\n`)).toMatchObject({ header: true, skip: 0 })
  })
})

it('records are read as RFC 4180 writes them', () => {
  const cell = fc.string({ maxLength: 8 }).map((text) => text.replaceAll('\r', ' '))
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (table) => {
      const text = table.map((record) => record.map(quote).join(',')).join('\n') + '\n'
      expect(parseRecords(text, ',', 100).map((record) => record.fields)).toEqual(table)
    }),
  )
})
