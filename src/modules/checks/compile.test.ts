import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createDuckdbEngine } from '../../drivers/engine/duckdb/index.ts'
import type { TableEngine } from '../../ports/table-engine.ts'
import { type TableSchema, tableSchema } from './declare.ts'
import { anyFailsSql, compileSchema, InvalidSchemaError, reasonsSql } from './index.ts'

let folder: string
let engine: TableEngine
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-checks-'))
  engine = createDuckdbEngine({ temporaryFolder: folder, memoryLimitMb: 256, threads: 1 })
})
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** The reasons of one row of texts, and whether the quick test agrees with the list. */
async function reasons(schema: TableSchema, row: Record<string, string | null>): Promise<readonly string[]> {
  await using session = await engine.openSession()
  const names = Object.keys(row)
  await session.run(`CREATE TABLE source(${names.map((name) => `"${name}" VARCHAR`).join(', ')})`)
  await session.appendText('source', [Object.values(row)])
  const compiled = compileSchema('invoices', tableSchema.parse(schema), await session.describe('FROM source'))
  const [found] = await session.rows<{ reasons: string[]; bad: boolean }>(
    `SELECT ${reasonsSql(compiled.checks)} AS reasons, ${anyFailsSql(compiled.checks)} AS bad FROM (${compiled.typedSelect} FROM source)`,
  )
  expect(found!.bad).toBe(found!.reasons.length > 0)
  return found!.reasons
}

const one = (column: TableSchema['columns'][string]): TableSchema => ({ columns: { a: column } })

describe('a compiled schema', () => {
  it.each([
    [{ type: 'integer' }, '12', []],
    [{ type: 'integer' }, '12.0', []],
    [{ type: 'integer' }, '1.5', ['invoices.a:type']],
    [{ type: 'integer' }, 'twelve', ['invoices.a:type']],
    [{ type: 'integer' }, '99999999999', ['invoices.a:type']],
    [{ type: 'bigint' }, '9007199254740993', []],
    [{ type: 'integer' }, null, ['invoices.a:not_null']],
    [{ type: 'integer', nullable: true, min: 1 }, null, []],
    [{ type: 'integer', min: 1 }, '0', ['invoices.a:min']],
    [{ type: 'integer', max: 10 }, '11', ['invoices.a:max']],
    [{ type: 'integer', max: 10 }, '10', []],
    [{ type: 'double' }, 'NaN', ['invoices.a:type']],
    [{ type: 'double' }, 'inf', ['invoices.a:type']],
    [{ type: 'double', min: 0 }, '-0.5', ['invoices.a:min']],
    [{ type: 'decimal', precision: 10, scale: 2 }, '12.340', []],
    [{ type: 'decimal', precision: 10, scale: 2 }, '12.345', ['invoices.a:type']],
    [{ type: 'boolean' }, 'true', []],
    [{ type: 'boolean' }, 'perhaps', ['invoices.a:type']],
    [{ type: 'date' }, '2011-12-09', []],
    [{ type: 'date' }, '2011-12-09 00:00:00', []],
    [{ type: 'date' }, '2011-12-09 10:00', ['invoices.a:type']],
    [{ type: 'date' }, '2011-13-01', ['invoices.a:type']],
    [{ type: 'date', min: '2011-01-01' }, '2010-12-31', ['invoices.a:min']],
    [{ type: 'date', format: '%d/%m/%Y' }, '31/12/2010', []],
    [{ type: 'date', format: '%d/%m/%Y' }, '2010-12-31', ['invoices.a:type']],
    [{ type: 'timestamp' }, '2011-12-09T12:50:00Z', []],
    [{ type: 'timestamp' }, 'yesterday', ['invoices.a:type']],
    [{ type: 'string', oneOf: ['UK', "l'été"] }, "l'été", []],
    [{ type: 'string', oneOf: ['UK'] }, 'uk', ['invoices.a:set']],
    [{ type: 'integer', oneOf: [0, 1] }, '2', ['invoices.a:set']],
    [{ type: 'string', pattern: '[0-9]{5}' }, '123456', ['invoices.a:pattern']],
    [{ type: 'string', pattern: 'C?[0-9]+' }, 'C123', []],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'ž', ['invoices.a:min_length']],
    [{ type: 'string', minLength: 2, maxLength: 3 }, 'žluť', ['invoices.a:max_length']],
  ] as const)('%j says of %j: %j', async (column, value, expected) => {
    expect(await reasons(one(column as never), { a: value })).toEqual(expected)
  })

  it('gives all reasons of a row, in the order of the schema', async () => {
    const schema: TableSchema = {
      columns: { 'the id': { type: 'integer', min: 5, oneOf: [9] }, price: { type: 'double', from: 'UnitPrice' } },
      rows: [{ name: 'dear', sql: 'price > 10 -- a comment' }],
    }
    expect(await reasons(schema, { 'the id': '3', UnitPrice: 'x' })).toEqual([
      'invoices.the id:min',
      'invoices.the id:set',
      'invoices.price:type',
      'invoices:dear',
    ])
    expect(await reasons(schema, { 'the id': '9', UnitPrice: '11' })).toEqual([])
  })

  it('checks values of a typed source without a detour through text', async () => {
    await using session = await engine.openSession()
    const source = await session.describe("SELECT 1.5::DOUBLE AS a, TIMESTAMP '2011-01-01 10:00:00' AS day")
    const compiled = compileSchema('t', { columns: { a: { type: 'integer' }, day: { type: 'date' } } }, source)
    const rows = await session.rows(
      `SELECT ${reasonsSql(compiled.checks)} AS r FROM (${compiled.typedSelect} FROM (VALUES
        (1.5::DOUBLE, TIMESTAMP '2011-01-01 10:00:00'), (2.0, TIMESTAMP '2011-01-01 00:00:00')) v(a, day))`,
    )
    expect(rows).toEqual([{ r: ['t.a:type', 't.day:type'] }, { r: [] }])
  })

  it('refuses a rule that the type cannot have, and a key that is no column', () => {
    expect(() => compileSchema('t', one({ type: 'string', min: 1 }), [])).toThrow(InvalidSchemaError)
    expect(() => compileSchema('t', one({ type: 'integer', pattern: 'x' }), [])).toThrow(/pattern is for strings/)
    expect(() => tableSchema.parse({ ...one({ type: 'string' }), key: ['b'] })).toThrow(/b is no column/)
    expect(() => tableSchema.parse({ columns: {} })).toThrow(/at least one column/)
    expect(() => tableSchema.parse({ columns: { a: { type: 'string', nulable: true } } })).toThrow()
  })
})
