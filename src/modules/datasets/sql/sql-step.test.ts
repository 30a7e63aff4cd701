import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { BatonError } from '../../../kernel/errors.ts'
import type { Json } from '../../../kernel/json.ts'
import { createTestBelt, type TestBelt } from '../belt.fixture.ts'
import { csv, declareIngest, declareSql } from '../declare.ts'
import { listVersions } from '../index.ts'
import { placeAt } from './place.ts'
import { substituteParams } from './substitute.ts'
import { findParams } from './tokens.ts'

let belt: TestBelt
beforeEach(() => {
  belt = createTestBelt()
  mkdirSync(join(belt.root, 'sql'))
  writeFileSync(join(belt.root, 'in.csv'), 'g,x\na,1\nb,2\na,3\n')
})
afterEach(() => belt[Symbol.asyncDispose]())

const declare = (sql: string) => (scope: never) => {
  const t = declareIngest(scope, 't', { from: csv('in.csv') })
  writeFileSync(join(belt.root, 'sql/out.sql'), sql)
  return declareSql(scope, 'out', { file: 'sql/out.sql', inputs: { t } })
}
const run = (sql: string, params: Record<string, Json> = {}) => belt.run(declare(sql) as never, { params })
const failureOf = (sql: string, params: Record<string, Json> = {}) =>
  run(sql, params).then(
    () => expect.fail('the step should have failed'),
    (error: unknown) => error as BatonError,
  )

describe('an SQL step', () => {
  it('makes a dataset from its inputs, with params as typed values', async () => {
    await run('SELECT g, x * $factor AS y, $name AS name, $list AS list FROM t WHERE x > $low; ', {
      factor: 2,
      name: "it's",
      list: [1, 2],
      low: -1,
      other: 'not used',
    })
    expect(await belt.rows('out')).toEqual([
      { g: 'a', y: 2, name: "it's", list: [1, 2] },
      { g: 'b', y: 4, name: "it's", list: [1, 2] },
      { g: 'a', y: 6, name: "it's", list: [1, 2] },
    ])
  })

  it('has a key of its text and of the params that it uses, and of no other', async () => {
    const sql = "SELECT $a AS a, '$b' AS b FROM t"
    const keyOf = (params: Record<string, Json>) => belt.keyOf(declare(sql) as never, { params })
    const key = await keyOf({ a: 1, b: 1 })
    expect(key.map((part) => part.name)).toEqual(['code sql/out.sql', 'param a', 'engine'])
    expect(await keyOf({ a: 1, b: 2 })).toEqual(key)
    expect(await keyOf({ a: 2, b: 1 })).not.toEqual(key)
  })

  it('may not read anything but its inputs', async () => {
    for (const sql of [
      "FROM read_csv('/etc/passwd')",
      `FROM read_csv('${belt.root}/in.csv')`,
      "FROM '/etc/passwd'",
      "SELECT getenv('HOME')",
    ]) {
      expect((await failureOf(sql)).code).toMatch(/^(engine\.|datasets\.sql_)/)
    }
  })

  it.each([
    ['SELECT g,\n  xx\nFROM t', { code: 'datasets.sql_failed', where: { line: 2, column: 3 } }, 'xx'],
    ['SELECT g FROM t\nWHERE GROUP', { code: 'datasets.sql_failed', where: { line: 2, column: 7 } }, 'GROUP'],
    ['SELECT $p AS p, nope FROM t', { code: 'datasets.sql_failed', where: { line: 1, column: 17 } }, 'nope'],
    ['SELECT $q FROM t', { code: 'datasets.sql_unknown_param', where: { line: 1, column: 8 } }, '$q'],
    ['CREATE TABLE y AS FROM t', { code: 'datasets.sql_not_a_query' }, 'not a query'],
    ['', { code: 'datasets.sql_not_a_query' }, 'not a query'],
    ['SELECT 1; SELECT 2', { code: 'datasets.sql_several_statements' }, 'more than one'],
    ['SELECT * FROM t LIMIT 1 -- any', undefined, ''],
    ['SELECT DISTINCT g FROM t LIMIT 1', { code: 'datasets.sql_limit_without_order' }, 'ORDER BY'],
  ])('says of %j where it is wrong', async (sql, expected, message) => {
    if (expected === undefined) return void (await run(sql))
    const error = await failureOf(sql, { p: 'a longer text' })
    expect(error).toMatchObject(expected)
    expect(error.message).toContain(message)
  })

  it.each([
    'SELECT now() AS a',
    'SELECT current_date AS a',
    'SELECT x, random() AS r FROM t',
    'SELECT uuid() AS u',
    'SELECT * FROM t USING SAMPLE 1 ROWS',
    'SELECT (SELECT max(today()) FROM t) AS a',
    'SELECT * FROM t ORDER BY random()',
  ])('refuses %j, which gives another table each time', async (sql) => {
    expect(await failureOf(sql)).toMatchObject({ code: 'datasets.sql_volatile', kind: 'usage' })
  })

  it('says which step it is when the file is not there', async () => {
    const error = await belt
      .run((scope) => {
        const t = declareIngest(scope, 't', { from: csv('in.csv') })
        return declareSql(scope, 'out', { file: 'sql/none.sql', inputs: { t } })
      })
      .catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'datasets.sql_file_missing' })
  })

  it('gives the same bytes each time, whatever the plan: floats, lists, joins, windows and distinct', async () => {
    const rows = Array.from({ length: 300_000 }, (_, index) => `${index % 5000},${Math.sin(index).toFixed(12)}`)
    writeFileSync(join(belt.root, 'in.csv'), `g,x\n${rows.join('\n')}\n`)
    const sql = `SELECT g, sum(x) AS total, avg(x) AS mean, list(x) AS all_x, first(x) AS one,
        max(n) AS n FROM (SELECT t.*, row_number() OVER (PARTITION BY g % 7 ORDER BY g % 3) AS n FROM t)
      JOIN (SELECT DISTINCT g % 10 AS k FROM t) ON g % 10 = k GROUP BY g`
    for (let again = 0; again < 3; again++) await run(sql)
    expect(listVersions(belt.ctx, 'out')).toHaveLength(1)
    await run(`SELECT g, count(*) AS n FROM t GROUP BY g ORDER BY n DESC`)
    await run(`SELECT g, count(*) AS n FROM t GROUP BY g ORDER BY n DESC`)
    expect(listVersions(belt.ctx, 'out')).toHaveLength(2)
  })
})

describe('params in SQL text', () => {
  const names = (sql: string) => findParams(sql).map((use) => use.name)

  it.each([
    ["SELECT $a, '$b', \"$c\", $$ $d $$, $tag$ $e $$ $tag$, E'\\'$f' -- $g\n/* $h /* $i */ $j */ + $k", ['a', 'k']],
    ["SELECT 'it''s $a' || $b", ['b']],
    ['SELECT a$b, $c$d', []],
    ['SELECT $1', []],
    ["SELECT '$a", []],
  ])('of %j are %j', (sql, expected) => {
    expect(names(sql)).toEqual(expected)
  })

  it('are never found in a string, whatever its text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        const text = `SELECT '${one.replaceAll("'", "''")}' AS "${two.replaceAll('"', '""')}", $p`
        expect(names(text)).toEqual(['p'])
      }),
    )
  })

  it('leave every other character where it was, and places lead back to the written text', () => {
    const plain = fc.stringMatching(/^[a-z ,\n]{0,20}$/)
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 5 }), fc.string(), (pieces, value) => {
        const written = pieces.join(' $p ')
        const { text, toOriginal } = substituteParams(written, { p: value }, 'x.sql')
        const literal = `'${value.replaceAll("'", "''")}'`
        expect(text).toBe(pieces.join(` ${literal} `))
        const last = text.length - pieces.at(-1)!.length
        expect(toOriginal(last)).toBe(written.length - pieces.at(-1)!.length)
      }),
    )
  })

  it('have places by line and column', () => {
    expect(placeAt('ab\ncd', 4)).toEqual({ line: 2, column: 2 })
    expect(placeAt('ab', 0)).toEqual({ line: 1, column: 1 })
  })
})
