import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createDatasetWriter } from '../datasets/index.ts'
import { predictBatch } from './predict.ts'
import { registerModel, resolveModel } from '../models/index.ts'
import { openServing, riskContract, signature, type TestServing } from './serving.fixture.ts'

let serving: TestServing
beforeAll(async () => {
  serving = await openServing()
})
afterAll(() => serving[Symbol.asyncDispose]())

const path = (name: string) => join(serving.root, name)

const good = `id,recency_days,revenue,country,note
1,5,10.50,UK,"a, b"
2,90,,DE,
3,40,0.1,FR,last
`

/** Rows as text, header first. */
const csvRows = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))

async function readRows(file: string): Promise<readonly Record<string, unknown>[]> {
  await using session = await serving.engine.openSession()
  return await session.rows(`FROM '${file}'`)
}

/** The scores that the model gives without any of this: the loaded model on the same values. */
async function directScores(rows: readonly (readonly [number, number, string])[]): Promise<readonly number[]> {
  await using model = await serving.runtime.load(path('model'))
  const scores = await model.predict({
    rows: rows.length,
    columns: {
      recency_days: Float64Array.from(rows, (row) => row[0]),
      revenue: Float64Array.from(rows, (row) => row[1]),
      country: rows.map((row) => row[2]),
    },
  })
  return [...scores]
}

describe('predictBatch', () => {
  it('writes every input column as it was, with the score of the model and its version', async () => {
    writeFileSync(path('good.csv'), good)
    const result = await predictBatch(serving, {
      model: 'churn@champion',
      input: path('good.csv'),
      output: path('out.csv'),
    })
    expect(result).toMatchObject({
      model: 'churn@1',
      rows: 3,
      scored: 3,
      rejected: 0,
      reasons: {},
      rejectedOutput: undefined,
    })
    const text = readFileSync(path('out.csv'), 'utf8').split('\n')
    expect(text[0]).toBe('id,recency_days,revenue,country,note,churn_probability,model_version')
    expect(text[1]).toMatch(/^1,5,10\.50,UK,"a, b",0\.\d+,churn@1$/)
    const scores = await directScores([
      [5, 10.5, 'UK'],
      [90, Number.NaN, 'DE'],
      [40, 0.1, 'FR'],
    ])
    expect(scores[1]).toBeGreaterThan(scores[0]! + 0.3)
    expect(text.slice(1, 4).map((line) => Number(line.split(',').at(-2)))).toEqual(scores)
  })

  it('puts rows that break the contract aside with reasons and row numbers, and scores the rest in order', async () => {
    writeFileSync(
      path('mixed.csv'),
      'id,recency_days,revenue,country\n1,5,1,UK\n2,-3,1,US\n3,,1,UK\n4,4.5,1,UK\n5,six,x,DE\n6,60,,DE\n',
    )
    const result = await predictBatch(serving, {
      model: 'churn',
      input: path('mixed.csv'),
      output: path('mixed-out.csv'),
    })
    expect(result).toMatchObject({ rows: 6, scored: 2, rejected: 4, rejectedOutput: path('mixed-out.rejected.csv') })
    expect(result.reasons).toEqual({
      'churn.recency_days:type': 2,
      'churn.country:set': 1,
      'churn.recency_days:min': 1,
      'churn.recency_days:not_null': 1,
      'churn.revenue:type': 1,
    })
    expect(csvRows(path('mixed-out.csv')).map((row) => row[0])).toEqual(['id', '1', '6'])
    expect(csvRows(path('mixed-out.rejected.csv'))).toEqual([
      ['rejected_row', 'rejected_reasons', 'id', 'recency_days', 'revenue', 'country'],
      ['2', 'churn.recency_days:min; churn.country:set', '2', '-3', '1', 'US'],
      ['3', 'churn.recency_days:not_null', '3', '', '1', 'UK'],
      ['4', 'churn.recency_days:type', '4', '4.5', '1', 'UK'],
      ['5', 'churn.recency_days:type; churn.revenue:type', '5', 'six', 'x', 'DE'],
    ])
    writeFileSync(path('mixed.csv'), 'id,recency_days,revenue,country\n1,5,1,UK\n')
    await predictBatch(serving, { model: 'churn', input: path('mixed.csv'), output: path('mixed-out.csv') })
    expect(existsSync(path('mixed-out.rejected.csv'))).toBe(false)
  })

  it('gives the same scores in chunks of any size, from and to every format', async () => {
    const lines = Array.from(
      { length: 1000 },
      (_, i) => `${i},${(i * 7) % 120},${i % 5 === 0 ? '' : i % 50},${['UK', 'DE', 'XX'][i % 3]}`,
    )
    const csv = `id,recency_days,revenue,country\n${lines.join('\n')}\n`
    writeFileSync(path('many.csv'), csv)
    writeFileSync(path('many.csv.gz'), gzipSync(csv))
    await using session = await serving.engine.openSession()
    await session.run(`COPY (FROM '${path('many.csv')}') TO '${path('many.parquet')}' (FORMAT parquet)`)
    await session.run(`COPY (FROM '${path('many.csv')}') TO '${path('many.jsonl')}' (FORMAT json)`)
    const answers: unknown[] = []
    for (const [input, output, chunkRows] of [
      ['many.csv', 'a.csv', 1000],
      ['many.csv', 'b.csv', 7],
      ['many.csv.gz', 'c.parquet', 333],
      ['many.parquet', 'd.jsonl', 101],
      ['many.jsonl', 'e.parquet', 999],
      ['many.parquet', 'f.csv', 1001],
    ] as const) {
      const result = await predictBatch(serving, {
        model: 'churn',
        input: path(input),
        output: path(output),
        chunkRows,
      })
      expect(result).toMatchObject({ rows: 1000, scored: 667, rejected: 333, reasons: { 'churn.country:set': 333 } })
      const rows = await readRows(path(output))
      const aside = await readRows(result.rejectedOutput!)
      expect(aside.map((row) => Number(row['rejected_row']))).toEqual(Array.from({ length: 333 }, (_, i) => 3 * i + 3))
      answers.push(rows.map((row) => [Number(row['id']), Number(row['recency_days']), row['churn_probability']]))
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
    await expect(session.describe(`FROM '${path('c.parquet')}'`)).resolves.toMatchObject([
      { name: 'id', sqlType: 'VARCHAR' },
      { name: 'recency_days', sqlType: 'BIGINT' },
      { name: 'revenue', sqlType: 'DOUBLE' },
      { name: 'country', sqlType: 'VARCHAR' },
      { name: 'churn_probability', sqlType: 'DOUBLE' },
      { name: 'model_version', sqlType: 'VARCHAR' },
    ])
    expect(readFileSync(path('b.csv'), 'utf8')).toBe(readFileSync(path('a.csv'), 'utf8'))
    expect(readFileSync(path('b.rejected.csv'), 'utf8')).toBe(readFileSync(path('a.rejected.csv'), 'utf8'))
  })

  it('gives out no score that breaks what the contract says of the output', async () => {
    const scores = await directScores([
      [5, 10.5, 'UK'],
      [90, Number.NaN, 'DE'],
      [40, 0.1, 'FR'],
    ])
    const limit = scores.toSorted((a, b) => a - b)[1]!
    const { modelDigest, files, sizeBytes, reportDigest } = await resolveModel(serving, 'churn@1')
    await registerModel(serving, {
      contract: { ...riskContract, name: 'low', output: { risk: { type: 'number', max: limit } } },
      model: { digest: modelDigest, files, sizeBytes },
      reportDigest,
      signature,
      facts: { metrics: {}, scores: { min: 0, max: limit } },
    })
    writeFileSync(path('good.csv'), good)
    const result = await predictBatch(serving, { model: 'low', input: path('good.csv'), output: path('low.csv') })
    expect(result).toMatchObject({ model: 'low@1', scored: 2, rejected: 1, reasons: { 'low.risk:max': 1 } })
    const worst = scores.indexOf(Math.max(...scores))
    expect(csvRows(path('low.rejected.csv'))[1]?.slice(0, 2)).toEqual([String(worst + 1), 'low.risk:max'])
  })

  it('keeps the chosen columns and adds a decision', async () => {
    const [, middle = 0] = (
      await directScores([
        [5, 10.5, 'UK'],
        [40, 0.1, 'FR'],
        [90, Number.NaN, 'DE'],
      ])
    ).toSorted((a, b) => a - b)
    const threshold = middle
    writeFileSync(path('good.csv'), good)
    await predictBatch(serving, {
      model: 'churn',
      input: path('good.csv'),
      output: path('few.csv'),
      columns: ['id'],
      threshold,
    })
    const [header, ...rows] = csvRows(path('few.csv'))
    expect(header).toEqual(['id', 'churn_probability', 'decision', 'model_version'])
    expect(rows.map((row) => row[2])).toEqual(rows.map((row) => String(Number(row[1]) >= threshold)))
    expect(new Set(rows.map((row) => row[2])).size).toBe(2)
  })

  it('scores a dataset version', async () => {
    await using session = await serving.engine.openSession()
    await session.run(
      `COPY (SELECT 5 AS recency_days, 1.5 AS revenue, 'UK' AS country) TO '${path('part.parquet')}' (FORMAT parquet)`,
    )
    await createDatasetWriter(serving.datasets).commitFiles('customers', [path('part.parquet')], {
      runId: 'r',
      step: 's',
    })
    const result = await predictBatch(serving, { model: 'churn', input: 'customers@1', output: path('ds.csv') })
    expect(result.scored).toBe(1)
    await expect(
      predictBatch(serving, { model: 'churn', input: 'customer', output: path('ds.csv') }),
    ).rejects.toMatchObject({ kind: 'not_found' })
  })

  it('scores a file without rows', async () => {
    await using session = await serving.engine.openSession()
    const columns = "SELECT 5 AS recency_days, 1.5 AS revenue, 'UK' AS country"
    await session.run(`COPY (${columns} LIMIT 0) TO '${path('none.parquet')}' (FORMAT parquet)`)
    const result = await predictBatch(serving, {
      model: 'churn',
      input: path('none.parquet'),
      output: path('none-out.csv'),
    })
    expect(result).toMatchObject({ rows: 0, scored: 0, rejected: 0 })
    expect(readFileSync(path('none-out.csv'), 'utf8').trim()).toBe(
      'recency_days,revenue,country,churn_probability,model_version',
    )
  })

  it.each([
    ['a file that is not there', 'nowhere.csv', 'x.csv', 'serving.input_not_found', /nowhere\.csv/],
    ['an input of no known format', 'good.xlsx', 'x.csv', 'serving.unknown_format', /good\.xlsx/],
    ['an output of no known format', 'good.csv', 'x.xlsx', 'serving.unknown_format', /\.xlsx/],
    ['output over input', 'good.csv', 'good.csv', 'serving.same_file', /both input and output/],
    ['a missing column', 'short.csv', 'x.csv', 'serving.missing_columns', /lacks the column country/],
    ['a column that would be overwritten', 'taken.csv', 'x.csv', 'serving.column_taken', /churn_probability/],
    ['a ragged row', 'ragged.csv', 'x.csv', 'datasets.ragged_row', /Line 3/],
    ['a cut-off gzip', 'cut.csv.gz', 'x.csv', 'datasets.truncated_gzip', /not a whole gzip/],
    ['an empty file', 'empty.csv', 'x.csv', 'datasets.', /empty/],
  ] as const)('refuses %s and leaves nothing', async (...[, input, output, code, message]) => {
    writeFileSync(path('good.csv'), good)
    writeFileSync(path('good.xlsx'), good)
    writeFileSync(path('short.csv'), 'recency_days,revenue,Country\n1,2,UK\n')
    writeFileSync(path('taken.csv'), 'recency_days,revenue,country,churn_probability\n1,2,UK,0.5\n')
    writeFileSync(path('ragged.csv'), 'recency_days,revenue,country\n1,2,UK\n1,2\n')
    const many = `recency_days,revenue,country\n${Array.from({ length: 5000 }, (_, i) => `${i},${i * 1.37},UK`).join('\n')}\n`
    writeFileSync(path('cut.csv.gz'), gzipSync(many).subarray(0, 9000))
    writeFileSync(path('empty.csv'), '')
    const before = readdirSync(serving.root).toSorted()
    const failure = await predictBatch(serving, { model: 'churn', input: path(input), output: path(output) }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({
      code: expect.stringContaining(code) as string,
      message: expect.stringMatching(message) as string,
    })
    expect(readdirSync(serving.root).toSorted()).toEqual(before)
    expect(readdirSync(serving.temporaryFolder).filter((name) => name.startsWith('predict-'))).toEqual([])
  })

  it('leaves the old output when it is stopped', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i % 100},1,UK`)
    writeFileSync(path('long.csv'), `recency_days,revenue,country\n${lines.join('\n')}\n`)
    writeFileSync(path('long-out.csv'), 'old')
    const stop = new AbortController()
    const run = predictBatch(serving, {
      model: 'churn',
      input: path('long.csv'),
      output: path('long-out.csv'),
      chunkRows: 1000,
      signal: stop.signal,
      onProgress: (done) => {
        if (done >= 3000) stop.abort()
      },
    })
    await expect(run).rejects.toMatchObject({ code: 'kernel.interrupted' })
    expect(readFileSync(path('long-out.csv'), 'utf8')).toBe('old')
    expect(readdirSync(serving.root).filter((name) => name.includes('.tmp-'))).toEqual([])
    expect(readdirSync(serving.temporaryFolder).filter((name) => name.startsWith('predict-'))).toEqual([])
  })
})
