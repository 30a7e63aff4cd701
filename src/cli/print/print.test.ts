import { describe, expect, it } from 'vitest'

import { BatonError } from '../../kernel/errors.ts'
import { errorToJson, formatError, toBatonError } from './error.ts'
import { formatAgo, formatBytes, formatCount, formatDuration, formatNumber, formatProgress } from './quantities.ts'
import { type Screen, screenOf } from './screen.ts'
import { columnsThatFit, formatFacts, formatTable } from './table.ts'
import { cutText, escapeControls, textWidth } from './text-width.ts'

const plain: Screen = { isTerminal: false, colour: false, columns: 120 }

describe('quantities', () => {
  it.each([
    [0, '0 ms'],
    [83, '83 ms'],
    [999.6, '1.0 s'],
    [4200, '4.2 s'],
    [9960, '10 s'],
    [59_499, '59 s'],
    [59_600, '1 m 0 s'],
    [72_000, '1 m 12 s'],
    [3_599_600, '1 h 0 m'],
    [7_500_000, '2 h 5 m'],
    [86_399_999, '1 d 0 h'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms reads as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

  it.each([
    [812, '812 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_400_000_000, '1.4 GB'],
    [999_960_000, '1.0 GB'],
    [123_400_000, '123 MB'],
  ])('%d bytes read as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it.each([
    [0.743_12, '0.7431'],
    [1 / 3e6, '3.333e-7'],
    [397_884, '397,884'],
    [12_345.678, '12,346'],
    [2, '2'],
    [0, '0'],
    [Number.NaN, 'NaN'],
  ])('%d shows four digits: %s', (value, text) => expect(formatNumber(value)).toBe(text))

  it('counts with groups and names the unit of progress', () => {
    expect(formatCount(397_884)).toBe('397,884')
    expect(formatProgress({ done: 120_000, total: 541_909, unit: 'rows' })).toBe('120,000 of 541,909 rows')
    expect(formatProgress({ done: 5e9, unit: 'bytes' })).toBe('5.0 GB')
  })

  it('tells time relative to now, then by its date', () => {
    const now = new Date('2026-01-12T12:00:00Z')
    const ago = (seconds: number) => formatAgo(new Date(now.getTime() - seconds * 1000), now)
    expect(ago(10)).toBe('just now')
    expect(ago(60)).toBe('1 minute ago')
    expect(ago(2 * 3600)).toBe('2 hours ago')
    expect(ago(3 * 86_400)).toBe('3 days ago')
    expect(ago(40 * 86_400)).toBe('2025-12-03')
  })
})

describe('text', () => {
  it('shows control characters of user data instead of sending them', () => {
    expect(escapeControls('a\u001b[31mred\u0007\n\u202eb')).toBe('a\\u001b[31mred\\u0007\\n\\u202eb')
  })

  it('measures what a terminal draws: colours take nothing, an emoji two columns', () => {
    expect(textWidth('\u001b[31mred\u001b[39m')).toBe(3)
    expect(textWidth('naïve')).toBe(5)
    expect(textWidth('日本')).toBe(4)
    expect(textWidth('👩‍🔬')).toBe(2)
  })

  it('cuts to a width with an ellipsis', () => {
    expect(cutText('abcdef', 4)).toBe('abc…')
    expect(cutText('日本語', 5)).toBe('日本…')
    expect(cutText('abc', 3)).toBe('abc')
  })
})

describe('tables', () => {
  const columns = [
    { title: 'name', value: (row: { name: string; rows: number }) => row.name },
    { title: 'rows', value: (row: { name: string; rows: number }) => formatCount(row.rows), align: 'right' as const },
  ]

  it('aligns numbers at the right', () => {
    const rows = [
      { name: 'a', rows: 5 },
      { name: 'invoices', rows: 397_884 },
    ]
    expect(formatTable(plain, columns, rows).split('\n')).toEqual([
      'name         rows',
      'a               5',
      'invoices  397,884',
    ])
  })

  it('never grows wider than the terminal', () => {
    const screen = { ...plain, columns: 40 }
    const text = formatTable(screen, columns, [{ name: 'x'.repeat(100), rows: 1_000_000 }])
    for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(40)
    expect(text).toContain('1,000,000')
  })

  it('counts the columns that have room beside each other, and at least one', () => {
    const row = { name: 'x'.repeat(30), rows: 1_000_000 }
    expect(columnsThatFit({ ...plain, columns: 41 }, columns, [row])).toBe(2)
    expect(columnsThatFit({ ...plain, columns: 40 }, columns, [row])).toBe(1)
    expect(columnsThatFit({ ...plain, columns: 10 }, columns, [row])).toBe(1)
  })

  it('leaves out facts without a value', () => {
    expect(
      formatFacts(plain, [
        ['run', 'abc'],
        ['commit', undefined],
        ['quality report', 'x.html'],
      ]),
    ).toBe('run             abc\nquality report  x.html')
  })
})

describe('errors', () => {
  const error = new BatonError({
    code: 'datasets.schema_violation',
    kind: 'usage',
    message: 'The value "abc\u001b[2J" is no integer.',
    why: 'A model would read it as missing.',
    hint: 'Mend the row or allow text.',
    where: { file: 'data/raw/x.csv', line: 7, row: 6, field: 'age' },
    details: { value: 'abc' },
  })

  it('have four parts and a code, and no stack unless asked', () => {
    expect(formatError(plain, error, { debug: false }).split('\n')).toEqual([
      'error  The value "abc\\u001b[2J" is no integer.',
      '  where  data/raw/x.csv:7, row 6, column age',
      '  why    A model would read it as missing.',
      '  do     Mend the row or allow text.',
      '  code   datasets.schema_violation',
    ])
    expect(formatError(plain, error, { debug: true })).toContain('print.test.ts')
  })

  it('say the same as JSON', () => {
    expect(errorToJson(error)).toEqual({
      error: {
        code: 'datasets.schema_violation',
        kind: 'usage',
        message: error.message,
        hint: error.hint,
        why: error.why,
        where: error.where,
        details: { value: 'abc' },
      },
    })
  })

  it('that nobody foresaw are our own fault', () => {
    expect(toBatonError(new TypeError('x is not a function'))).toMatchObject({
      code: 'kernel.internal',
      kind: 'internal',
    })
    expect(toBatonError('text')).toMatchObject({ code: 'kernel.internal', message: 'text' })
  })
})

describe('screens', () => {
  it('have colours on a terminal only, and none with NO_COLOR or a dumb one', () => {
    const terminal = { isTTY: true, columns: 80 }
    expect(screenOf(terminal, {})).toEqual({ isTerminal: true, colour: true, columns: 80 })
    expect(screenOf(terminal, { NO_COLOR: '1' })).toMatchObject({ isTerminal: true, colour: false })
    expect(screenOf(terminal, { TERM: 'dumb' })).toMatchObject({ isTerminal: false, colour: false })
    expect(screenOf({}, {})).toMatchObject({ isTerminal: false, colour: false })
  })
})
