import { mkdirSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { csv, declareIngest, declareSplit, declareSql, sqlite, time } from './declare.ts'
import { listVersions } from './index.ts'
import { createTestBelt, type TestBelt } from './belt.fixture.ts'

let belt: TestBelt
beforeEach(() => {
  belt = createTestBelt()
})
afterEach(() => belt[Symbol.asyncDispose]())

const schema = {
  columns: {
    id: { type: 'integer', unique: true },
    day: { type: 'date' },
    quantity: { type: 'integer', min: 1 },
    price: { type: 'double', nullable: true },
  },
  maxQuarantineShare: 0.5,
} as const

describe('tables from raw rows to a split', () => {
  it('ingests under a schema, joins by SQL with a param, and splits by time', async () => {
    const days = Array.from({ length: 12 }, (_, month) => `2011-${String(month + 1).padStart(2, '0')}-01`)
    const lines = days.map((day, index) => `${index},${day},${index + 1},${index === 3 ? '' : '1.5'}`)
    writeFileSync(join(belt.root, 'in.csv'), ['id,day,quantity,price', ...lines, '99,2011-12-01,0,x', ''].join('\n'))
    mkdirSync(join(belt.root, 'sql'))
    writeFileSync(
      join(belt.root, 'sql/features.sql'),
      "SELECT day, quantity * $factor AS amount, '$factor' AS text -- $nothing\nFROM invoices WHERE quantity >= 1",
    )
    const results = await belt.run(
      (scope) => {
        const invoices = declareIngest(scope, 'invoices', { from: csv('in.csv'), schema })
        const features = declareSql(scope, 'features', { file: 'sql/features.sql', inputs: { invoices } })
        declareSplit(scope, 'split', { input: features, by: time('day'), test: '1 month', validation: '2 months' })
      },
      { params: { factor: 2.5, unused: 'x' } },
    )
    expect(results['invoices']!.summary).toBe('12 rows, 1 in quarantine')
    expect(await belt.rows('invoices.quarantine')).toEqual([
      expect.objectContaining({
        id: '99',
        price: 'x',
        _reasons: ['invoices.quantity:min', 'invoices.price:type'],
        _row: 13,
      }),
    ])
    expect(await belt.rows('features', 'SELECT sum(amount) AS total, any_value("text") AS t')).toEqual([
      { total: 195, t: '$factor' },
    ])
    expect(results['split']!.metrics).toEqual({ trainRows: 9, validationRows: 2, testRows: 1, leftOutRows: 0 })
    expect(await belt.rows('split.test')).toEqual([{ day: '2011-12-01', amount: 30, text: '$factor' }])
  })

  it('ingests an SQLite table, and the same content again makes no new version', async () => {
    const database = new DatabaseSync(join(belt.root, 'shop.db'))
    database.exec(`CREATE TABLE invoices(id INTEGER, at TIMESTAMP, price REAL, paid BOOLEAN, note);
      INSERT INTO invoices VALUES (1, '2011-01-01 10:00:00', 0.1, 1, 'a'), (9007199254740993, NULL, 2, 0, x'ff')`)
    database.close()
    const declare = (scope: never) => declareIngest(scope, 'invoices', { from: sqlite('shop.db'), table: 'invoices' })
    await belt.run(declare as never)
    await belt.run(declare as never)
    expect(await belt.rows('invoices')).toEqual([
      { id: 1, at: '2011-01-01 10:00:00', price: 0.1, paid: true, note: 'a' },
      { id: '9007199254740993', at: null, price: 2, paid: false, note: '\\xff' },
    ])
    expect(listVersions(belt.ctx, 'invoices').map((version) => version.version)).toEqual([1])
  })
})
