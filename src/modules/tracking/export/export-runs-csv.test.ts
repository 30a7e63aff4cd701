import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { digestBytes } from '../../../kernel/hash.ts'
import { addNote, exportRunsCsv, finishRun, logInputs, logMetrics, recordFinishedSteps, startRun } from '../index.ts'
import { openTracking, type TrackingFixture } from '../tracking.fixture.ts'
import { csvLine } from './csv-line.ts'

let ctx: TrackingFixture
beforeEach(async () => {
  ctx = await openTracking()
})
afterEach(() => ctx[Symbol.asyncDispose]())

/** Reads CSV by RFC 4180, strictly. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (at >= text.length) throw new Error('a quote is not closed')
        if (text[at] === '"') at += 1
        cell += text[at]
      }
      at += 1
    } else {
      while (at < text.length && !',\r\n"'.includes(text[at]!)) cell += text[at++]
    }
    line.push(cell)
    if (text[at] === ',') at += 1
    else if (text.startsWith('\r\n', at)) {
      at += 2
      lines.push(line)
      line = []
    } else throw new Error(`unexpected ${JSON.stringify(text[at])} at ${at}`)
    if (text[at - 1] === ',' && text.startsWith('\r\n', at)) {
      line.push('')
      at += 2
      lines.push(line)
      line = []
    }
  }
  return lines
}

async function exported(query: Parameters<typeof exportRunsCsv>[1] = {}): Promise<Record<string, string>[]> {
  let text = ''
  for await (const piece of exportRunsCsv(ctx, query)) text += piece
  const [header, ...lines] = parseCsv(text)
  for (const line of lines) expect(line).toHaveLength(header!.length)
  return lines.map((line) => Object.fromEntries(line.map((cell, index) => [header![index]!, cell])))
}

const table = (dataset: string, version: number, rows: number) =>
  ({ kind: 'table', dataset, version, digest: digestBytes(`${dataset}${version}`), rows }) as const

test('a pipeline run is one line with the split of its data, the metrics of its steps and their outputs', async () => {
  const [train, validation, test] = [
    table('split.train', 4, 3000),
    table('split.validation', 4, 500),
    table('split.test', 4, 600),
  ]
  const model = { kind: 'model', digest: digestBytes('model'), sizeBytes: 9000, files: 3 } as const
  const report = { kind: 'report', digest: digestBytes('report'), sizeBytes: 90, files: 2 } as const
  const version = {
    kind: 'value',
    digest: digestBytes('v'),
    value: { model: 'churn', version: 7, alias: null },
  } as const
  const parent = await startRun(ctx, {
    name: 'churn',
    kind: 'pipeline',
    pipeline: 'churn',
    parameters: { horizonDays: 30, purpose: 'train' },
    code: { commit: 'c0ffee', dirty: true, diffDigest: digestBytes('d') },
  })
  const steps = [
    { step: 'customers', outputs: { table: table('customers', 2, 4100) } },
    { step: 'split', inputs: { input: table('customers', 2, 4100) }, outputs: { train, validation, test } },
    { step: 'train', inputs: { train, validation }, outputs: { model }, metrics: { validationLogLoss: 0.5 } },
    {
      step: 'evaluate',
      inputs: { model, data: test, train },
      outputs: { report },
      metrics: { rocAuc: 0.743, 'rocAuc.lower': 0.71 },
    },
    { step: 'again', inputs: { model, data: test }, metrics: { rocAuc: 0.7 } },
    { step: 'fit', inputs: { data: train }, metrics: { rocAuc: 0.99 } },
    { step: 'register', inputs: { model, report }, outputs: { version } },
  ]
  await recordFinishedSteps(ctx, parent, steps)
  await addNote(ctx, parent, 'Longer history,\nsame features: "better"')
  await finishRun(ctx, parent, { status: 'FINISHED' })
  const [line, ...others] = await exported()
  expect(others).toEqual([])
  expect(line).toEqual({
    date: '2026-01-12T06:00:00.000Z',
    commit: 'c0ffee-dirty',
    model: 'churn@7',
    params: '{"horizonDays":30,"purpose":"train"}',
    'train size': '3000',
    'train link': 'split.train@4',
    'validation size': '500',
    'validation link': 'split.validation@4',
    'test size': '600',
    'test link': 'split.test@4',
    'rocAuc (test)': '0.743',
    'rocAuc (test, again)': '0.7',
    'rocAuc (train)': '0.99',
    'rocAuc.lower (test)': '0.71',
    'validationLogLoss (train)': '0.5',
    'output links': `train.model=${model.digest} evaluate.report=${report.digest}`,
    description: 'Longer history,\nsame features: "better"',
    run: parent,
  })
})

test("an MLflow client's run is a line too, and columns are those of every run", async () => {
  const id = await startRun(ctx, {
    name: 'notebook',
    kind: 'run',
    parameters: { C: '1' },
    tags: { estimator_name: 'LogisticRegression' },
  })
  const iris = { kind: 'dataset', dataset: 'iris', digest: 'abc', source: 's3://data/iris.csv', rows: 150 }
  await logInputs(ctx, id, [{ ...iris, name: 'training' }])
  await logMetrics(ctx, id, [
    { key: 'accuracy', value: 0.9, datasetName: 'iris' },
    { key: 'loss', value: Number.NaN },
  ])
  ctx.tick(1000)
  const empty = await startRun(ctx, { name: 'empty', kind: 'run' })
  const lines = await exported()
  expect(lines.map((line) => line['run'])).toEqual([empty, id])
  expect(lines[1]).toMatchObject({
    model: 'LogisticRegression',
    params: '{"C":"1"}',
    'train size': '150',
    'train link': 's3://data/iris.csv',
    'validation size': '',
    'accuracy (iris)': '0.9',
    'loss (train)': 'NaN',
  })
  expect(lines[0]).toMatchObject({ 'accuracy (iris)': '', description: 'empty', commit: '' })
})

test('cross-validation gives the number of folds in place of a validation set', async () => {
  await startRun(ctx, { name: 'cv', kind: 'run', tags: { 'baton.folds': '5' } })
  expect((await exported())[0]).toMatchObject({ 'validation size': '5', 'validation link': '', 'test size': '' })
})

test('filters and the limit hold, over more runs than are read at once', async () => {
  for (let turn = 0; turn < 230; turn += 1) {
    ctx.tick(10)
    await startRun(ctx, { name: `${turn}`, kind: 'run', pipeline: turn % 2 === 0 ? 'even' : 'odd' })
  }
  expect(await exported()).toHaveLength(230)
  expect(await exported({ pipeline: 'even' })).toHaveLength(115)
  expect((await exported({ limit: 3 })).map((line) => line['description'])).toEqual(['229', '228', '227'])
  expect(await exported({ filter: "run_name = '7'" })).toHaveLength(1)
  expect(await exported({ filter: "run_name = 'none'" })).toEqual([])
})

test('whatever a cell holds is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', 'ä', '=') }), { minLength: 1 }),
      (cells) => {
        fc.pre(!(cells.length === 1 && cells[0] === ''))
        expect(parseCsv(csvLine(cells))).toEqual([cells])
      },
    ),
  )
})
