import { describe, expect, it } from 'vitest'

import type { InferredColumn, InferredTable } from '../../modules/datasets/index.ts'
import { slackLimits } from './column-constraints.ts'
import { draftProject, featureColumns } from './draft.ts'

const rows = 1000

function column(name: string, type: InferredColumn['type'], rest: Partial<InferredColumn> = {}): InferredColumn {
  const numeric = type === 'integer' || type === 'double' || type === 'bigint'
  const made = { name, type, nulls: 0, distinct: 500, min: numeric ? 0 : null, max: numeric ? 80 : null, ...rest }
  return { ...made, nullable: made.nulls > 0 }
}

function values(counts: Readonly<Record<string, number>>): Partial<InferredColumn> {
  const list = Object.entries(counts).map(([value, count]) => ({ value, rows: count }))
  return { distinct: list.length, values: list }
}

function draft(columns: readonly InferredColumn[], target = 'y') {
  const table: InferredTable = { rows, columns, assumptions: [] }
  return draftProject(table, { project: 'x', slug: 'x', file: 'x.csv', target })
}

const y = column('y', 'integer', { min: 0, max: 1, ...values({ '0': 700, '1': 300 }) })
const age = column('age', 'integer', { distinct: 60 })

describe('the target', () => {
  it('is found by name, by position from 1, or as the last', () => {
    for (const wanted of ['y', 'Y', '#2', '2', 'last']) expect(draft([age, y], wanted).target.column.name).toBe('y')
  })

  it('that is not there is refused with the nearest name', () => {
    expect(() => draft([age, column('churned', 'boolean', values({ true: 1, false: 999 }))], 'chruned')).toThrow(
      expect.objectContaining({ code: 'init.unknown_target', details: { target: 'chruned', near: 'churned' } }),
    )
    expect(() => draft([age, y], '#3')).toThrow(expect.objectContaining({ code: 'init.unknown_target' }))
  })

  it.each([
    [{ '0': 700, '1': 300 }, '1'],
    [{ '0': 100, '1': 900 }, '1'],
    [{ no: 10, yes: 990 }, 'yes'],
    [{ insurance: 60, noinsurance: 940 }, 'insurance'],
    [{ bad: 500, good: 500 }, 'bad'],
    [{ '1': 600, '2': 400 }, '2'],
  ])('of two values %o is binary, and "%s" is positive', (counts, positive) => {
    const type = '1' in counts ? 'integer' : 'string'
    expect(draft([age, column('y', type, values(counts))]).target).toMatchObject({ task: 'binary', positive })
  })

  it('of decimals reads as the contract will give them', () => {
    const target = column('y', 'decimal', { min: 0, max: 1, ...values({ '0.00': 700, '1.00': 300 }) })
    expect(draft([age, target]).target).toMatchObject({ positive: '1.0' })
  })

  it('of many numbers is a regression', () => {
    expect(draft([age, column('y', 'double')]).target.task).toBe('regression')
  })

  it.each([
    ['init.multiclass', column('y', 'string', values({ a: 300, b: 300, c: 400 }))],
    ['init.unsuitable_target', column('y', 'string', values({ a: 1000 }))],
    ['init.unsuitable_target', column('y', 'string', { distinct: 0, nulls: rows })],
    ['init.unsuitable_target', column('y', 'date', { distinct: 300 })],
  ])('is refused as %s: %o', (code, target) => {
    expect(() => draft([age, target])).toThrow(expect.objectContaining({ code }))
  })
})

describe('columns that a model must not learn from are left out, with the reason', () => {
  it.each([
    ['the same value', column('unit', 'string', values({ kg: 1000 }))],
    ['empty', column('note', 'string', { distinct: 0, nulls: rows })],
    ['an identifier', column('customer_id', 'integer', { distinct: 400 })],
    ['an identifier', column('customerId', 'string', { distinct: 1000 })],
    ['numbers the rows', column('n', 'integer', { distinct: rows - 13, min: 1, max: rows })],
    ['text or an identifier', column('comment', 'string', { distinct: 900 })],
    ['a moment in time', column('birthday', 'date')],
  ])('%s', (because, excluded) => {
    const made = draft([age, excluded, y])
    expect(made.columns[1]!.role).toMatchObject({ role: 'excluded', because: expect.stringContaining(because) })
    expect(featureColumns(made).map(({ name }) => name)).toEqual(['age'])
  })

  it('but categories, numbers and words that only end like an identifier stay', () => {
    const kept = [
      column('city', 'string', { distinct: 40 }),
      column('humid', 'double'),
      column('paid', 'integer', { distinct: 900, min: 0, max: 5000 }),
    ]
    expect(featureColumns(draft([...kept, y])).map(({ name }) => name)).toEqual(['city', 'humid', 'paid'])
  })

  it('and a table of nothing else is refused', () => {
    expect(() => draft([column('id', 'integer', { distinct: 1000 }), y])).toThrow(
      expect.objectContaining({ code: 'init.no_features' }),
    )
  })
})

describe('the split', () => {
  const day = column('day', 'date', { distinct: 200 })
  const customer = column('customer_id', 'integer', { distinct: 100 })

  it.each([
    ['time', 'day', [age, day, customer, y]],
    ['group', 'customer_id', [age, customer, y]],
    ['stratified', 'y', [age, y]],
    ['random', undefined, [age, column('y', 'double')]],
    ['stratified', 'y', [age, column('day', 'date', { distinct: 3 }), y]],
    ['stratified', 'y', [age, column('birth_date', 'date', { distinct: 200 }), y]],
    ['stratified', 'y', [age, column('id', 'integer', { distinct: 1000 }), y]],
  ])('is by %s on %s', (by, on, columns) => {
    const { split } = draft(columns)
    expect([split.by, split.column]).toEqual([by, on])
    expect(split.because).not.toBe('')
  })
})

describe('constraints', () => {
  const constraintsOf = (inferred: InferredColumn) => draft([inferred, age, y]).columns[0]!.constraints

  it('have slack, and keep what was never negative so', () => {
    expect(slackLimits(18, 82, true)).toEqual({ min: 0, max: 120 })
    expect(slackLimits(-40, 60, false)).toEqual({ min: -90, max: 110 })
    expect(slackLimits(0.2, 0.9, false)).toEqual({ min: 0, max: 1 })
    expect(slackLimits(-5, 0, true)).toEqual({ min: -8, max: 0 })
    const { min, max } = slackLimits(7, 7, true)
    expect(min <= 7 && max >= 7).toBe(true)
  })

  it('allow nulls where there were some, and list few texts', () => {
    expect(constraintsOf(column('city', 'string', { nulls: 3, ...values({ Rome: 600, Bonn: 397 }) }))).toEqual({
      type: 'string',
      nullable: true,
      oneOf: ['Bonn', 'Rome'],
    })
  })

  it('do not list texts that are rare, for new ones will come', () => {
    expect(constraintsOf(column('name', 'string', { distinct: 400 }))).toEqual({ type: 'string' })
  })

  it('know numbers beyond 32 bits', () => {
    expect(constraintsOf(column('n', 'bigint', { min: 0, max: 3e9 }))).toMatchObject({ type: 'bigint' })
    expect(constraintsOf(column('n', 'bigint', { min: 0, max: 80 }))).toMatchObject({ type: 'integer' })
  })
})
