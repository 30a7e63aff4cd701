import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { BatonError } from '../../../kernel/errors.ts'
import { createTestBelt, type TestBelt } from '../belt.fixture.ts'
import { csv, declareIngest, declareSplit, declareSql, group, random, stratified, time } from '../declare.ts'
import type { SplitStepOptions } from './declare-split.ts'

let belt: TestBelt
beforeEach(() => {
  belt = createTestBelt()
})
afterEach(() => belt[Symbol.asyncDispose]())

type Options = Omit<SplitStepOptions, 'input'>

async function split(rows: readonly string[], options: Options) {
  writeFileSync(join(belt.root, 'in.csv'), `${rows.join('\n')}\n`)
  const results = await belt.run((scope) => {
    const input = declareIngest(scope, 'input', { from: csv('in.csv') })
    declareSplit(scope, 's', { input, ...options })
  })
  return results['s']!
}
const failureOf = (rows: readonly string[], options: Options) =>
  split(rows, options).then(
    () => expect.fail('the split should have been refused'),
    (error: unknown) => error as BatonError,
  )
const column = async (part: string, name: string) =>
  (await belt.rows(`s.${part}`, `SELECT CAST(${name} AS VARCHAR) AS ${name}`)).map((row) => row[name])

const monthly = [
  'day,c',
  ...Array.from({ length: 12 }, (_, index) => [
    `2011-${String(index + 1).padStart(2, '0')}-01,a`,
    `2011-${String(index + 1).padStart(2, '0')}-01,b`,
  ]).flat(),
]

describe('a split by time', () => {
  it('takes the latest month for test and the one before for validation, and says so', async () => {
    const result = await split(monthly, { by: time('day'), test: '1 month', validation: '1 month' })
    expect(await column('test', 'day')).toEqual(['2011-12-01', '2011-12-01'])
    expect(await column('validation', 'day')).toEqual(['2011-11-01', '2011-11-01'])
    expect(await column('train', 'day')).toHaveLength(20)
    expect(result.tags).toEqual({
      rule: 'by time of day: test 1 month, validation 1 month',
      train: '20 rows, 2011-01-01 00:00:00 to 2011-10-01 00:00:00',
      validation: '2 rows, 2011-11-01 00:00:00 to 2011-11-01 00:00:00',
      test: '2 rows, 2011-12-01 00:00:00 to 2011-12-01 00:00:00',
    })
    expect(result.summary).toBe('train 20 · validation 2 · test 2')
  })

  it('leaves out rows whose label reaches into the next part', async () => {
    const kept = await split(monthly, { by: time('day'), test: '1 month', gap: '30 days' })
    expect(kept.metrics).toEqual({ trainRows: 22, testRows: 2, leftOutRows: 0 })
    const result = await split(monthly, { by: time('day'), test: '1 month', validation: '1 month', gap: '45 days' })
    expect(result.metrics).toEqual({ trainRows: 16, validationRows: 2, testRows: 2, leftOutRows: 4 })
    expect(await column('validation', 'day')).toEqual(['2011-10-01', '2011-10-01'])
  })

  it('takes shares of rows and first days, and never parts rows of one moment', async () => {
    expect((await split(monthly, { by: time('day'), test: 0.1, validation: 0.2 })).metrics).toMatchObject({
      testRows: 2,
      validationRows: 4,
    })
    await split(monthly, { by: time('day'), test: '2011-11-01', validation: '2011-06-01' })
    expect((await column('validation', 'day'))[0]).toBe('2011-06-01')
    expect((await column('test', 'day'))[0]).toBe('2011-11-01')
  })

  it('never lets a train row be at or after a test row, whatever the times', async () => {
    const days = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 3, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(days, fc.double({ min: 0.05, max: 0.6, noNaN: true }), async (offsets, test) => {
        const rows = offsets.map((offset) => `${new Date(Date.UTC(2011, 0, 1 + offset)).toISOString().slice(0, 10)},a`)
        const done = await split(['day,c', ...rows], { by: time('day'), test }).catch((error: BatonError) => error)
        if ('code' in done) {
          expect(done.code).toBe('datasets.split_empty')
          return
        }
        const [train, tested] = [await column('train', 'day'), await column('test', 'day')] as [string[], string[]]
        expect(train.length + tested.length).toBe(offsets.length)
        expect(train.toSorted().at(-1)! < tested.toSorted()[0]!).toBe(true)
      }),
      { numRuns: 15 },
    )
  })

  it.each([
    ['an empty part', monthly, { by: time('day'), test: '10 years' }, 'split_empty'],
    ['one moment only', ['day,c', '2011-01-01,a', '2011-01-01,b'], { by: time('day'), test: 0.5 }, 'split_empty'],
    [
      'parts in the wrong order',
      monthly,
      { by: time('day'), test: '2011-03-01', validation: '2011-06-01' },
      'split_empty',
    ],
    ['a row without a time', [...monthly, ',z'], { by: time('day'), test: '1 month' }, 'split_null'],
    ['a size that is none', monthly, { by: time('day'), test: 'some' }, 'split_size'],
    ['a column that is not there', monthly, { by: time('date'), test: 0.2 }, 'split_column'],
    [
      'a customer on both sides where that was forbidden',
      monthly,
      { by: time('day'), test: '1 month', apart: 'c' },
      'split_group_leak',
    ],
  ])('refuses %s', async (_, rows, options, code) => {
    const error = await failureOf(rows, options)
    expect(error.code).toBe(`datasets.${code}`)
    await expect(belt.rows('s.train')).rejects.toMatchObject({ code: 'datasets.not_found' })
  })
})

const people = [
  'who,y,n',
  ...Array.from({ length: 2000 }, (_, index) => `p${index % 300},${index % 10 === 0 ? 1 : 0},${index}`),
]

describe('a split by hash', () => {
  it('keeps a group on one side, and is the same for another order of rows', async () => {
    await split(people, { by: group('who'), test: 0.2, validation: 0.2 })
    const parts = ['train', 'validation', 'test']
    const sides = await Promise.all(parts.map((part) => column(part, 'who')))
    const [train, validation, test] = sides.map((side) => new Set(side)) as [Set<string>, Set<string>, Set<string>]
    expect(new Set(sides.flat()).size).toBe(300)
    expect(train.size + validation.size + test.size).toBe(300)
    expect(sides[2]!.length / 2000).toBeCloseTo(0.2, 1)
    const [header, ...rows] = people
    await split([header!, ...rows.toReversed()], { by: group('who'), test: 0.2, validation: 0.2 })
    expect(new Set(await column('test', 'who'))).toEqual(test)
    await split(people, { by: group('who', { seed: 2 }), test: 0.2, validation: 0.2 })
    expect(new Set(await column('test', 'who'))).not.toEqual(test)
  })

  it('keeps the share of each value, and equal rows together', async () => {
    await split(people, { by: stratified('y'), test: 0.25 })
    expect(await belt.rows('s.test', 'SELECT count(*) AS n, sum(y) AS y')).toEqual([{ n: 500, y: 50 }])
    const twins = ['a,y', ...Array.from({ length: 400 }, (_, index) => `${index % 200},1`)]
    await split(twins, { by: stratified('y'), test: 0.5 })
    const [train, test] = [new Set(await column('train', 'a')), new Set(await column('test', 'a'))]
    expect(train.size + test.size).toBe(200)
    expect(new Set([...train, ...test]).size).toBe(200)
  })

  it('takes rows at random and keeps their order', async () => {
    const result = await split(people, { by: random({ seed: 7 }), test: 0.2, validation: 0.1 })
    expect(result.metrics).toEqual({ trainRows: 1400, validationRows: 200, testRows: 400, leftOutRows: 0 })
    const numbers = (await column('train', 'n')).map(Number)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    const again = await split(people, { by: random({ seed: 7 }), test: 0.2, validation: 0.1 })
    expect(again.outputs).toEqual(result.outputs)
  })

  it.each([
    ['shares that leave nothing', { by: group('who'), test: 0.6, validation: 0.4 }, 'split_size'],
    ['a length of time', { by: random(), test: '1 month' }, 'split_size'],
    ['one group only', { by: group('one'), test: 0.2 }, 'split_empty'],
  ])('refuses %s', async (_, options, code) => {
    const rows = ['who,one', ...Array.from({ length: 10 }, (_, index) => `p${index},same`)]
    expect((await failureOf(rows, options as Options)).code).toBe(`datasets.${code}`)
  })
})

describe('a split in a graph', () => {
  it.each([
    ['fits', 'split_after_fit'],
    ['resamples', 'split_after_resampling'],
  ] as const)('is refused below a step that %s, when it is planned', async (option, code) => {
    writeFileSync(join(belt.root, 'in.csv'), `${monthly.join('\n')}\n`)
    const plan = belt.keyOf((scope) => {
      const input = declareIngest(scope, 'input', { from: csv('in.csv') })
      const scaled = declareSql(scope, 'scaled', { sql: 'FROM input', inputs: { input }, [option]: true })
      const more = declareSql(scope, 'more', { sql: 'FROM scaled', inputs: { scaled } })
      declareSplit(scope, 's', { input: more, by: time('day'), test: '1 month' })
    })
    await expect(plan).rejects.toMatchObject({ code: `datasets.${code}`, message: expect.stringContaining('scaled') })
  })

  it('has no validation part unless it was asked for', () => {
    const scope = { params: {}, file: 'p.ts', add: () => undefined }
    const handles = declareSplit(scope, 's', {
      input: { kind: 'table', step: 'i', output: 'table' },
      by: random(),
      test: 0.2,
    })
    expect(handles.train).toEqual({ kind: 'table', step: 's', output: 'train' })
    expect(() => handles.validation).toThrow(/no validation part/)
  })
})
