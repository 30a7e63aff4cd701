import { afterAll, describe, expect, test } from 'vitest'

import { createDuckdbEngine } from '../../../drivers/engine/duckdb/index.ts'
import { churnModel, createBench, customersSql, spendModel } from '../evaluation.fixture.ts'
import { qualityReport, type QualityReport } from '../contract.ts'
import { readQualityReport } from '../quality-facts.ts'
import { createEvaluateStep } from '../step.ts'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { html } from './html.ts'
import { renderQualityReport } from './render.ts'

const bench = createBench((temporaryFolder) => createDuckdbEngine({ temporaryFolder, memoryLimitMb: 512, threads: 1 }))
const kind = createEvaluateStep(bench.context)
afterAll(async () => {
  await bench.engine[Symbol.asyncDispose]()
})

const hostile = `"><img src=x onerror=alert(1)><script>alert('1')</script>`
const train = await bench.table('train', customersSql(800, 9_000))
const customers = await bench.table(
  'customers',
  `SELECT * REPLACE (CASE WHEN country = 'Eire' THEN '${hostile.replaceAll("'", "''")}' ELSE country END AS country) FROM (${customersSql(1_200)})`,
)

async function reportOf(step: Parameters<typeof kind.run>[0]): Promise<{ report: QualityReport; page: string }> {
  const result = await kind.run(step)
  const ref = result.outputs['report']
  if (ref?.kind !== 'report') throw new TypeError('no report')
  const folder = join(step.workFolder, 'read-back')
  await bench.context.folders.restore(ref.digest, folder)
  return { report: await readQualityReport(folder), page: readFileSync(join(folder, 'quality.html'), 'utf8') }
}

const binary = await reportOf(
  bench.evaluate(
    { model: await bench.model(churnModel), data: customers, train },
    {
      name: hostile,
      slices: ['country', { column: 'recency_days', bins: 4 }],
      costs: { currency: 'EUR', falsePositive: 5, falseNegative: 20, truePositive: -15 },
      heuristic: { name: hostile, sql: 'recency_days' },
    },
  ),
)
const regression = await reportOf(
  bench.evaluate({ model: await bench.model(spendModel), data: customers, train }, { slices: ['country'] }),
)

const voids = new Set(['meta', 'br'])

/** The elements of a page that are not closed, or closed without having been opened. */
function unbalanced(page: string): readonly string[] {
  const open: string[] = []
  const problems: string[] = []
  const body = page.replace(/<!doctype html>/, '').replaceAll(/<style>[\s\S]*?<\/style>/g, '')
  for (const [, closing, name, selfClosing] of body.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:[^<>"]|"[^"]*")*?(\/?)>/g)) {
    if (closing === '/') {
      const last = open.pop()
      if (last !== name) problems.push(`</${name}> closes ${last}`)
    } else if (selfClosing !== '/' && !voids.has(name!)) open.push(name!)
  }
  return [...problems, ...open]
}

describe.each([
  ['binary', binary],
  ['regression', regression],
])('the page of a %s report', (_, { page, report }) => {
  test('is well formed', () => {
    expect(unbalanced(page)).toEqual([])
    expect(unbalanced('<p><b></p>')).not.toEqual([])
  })
  test('runs nothing and loads nothing', () => {
    expect(page).not.toMatch(/<(?:script|img|link|iframe|object|embed|base|form|image|use|a)\b/i)
    expect(page).not.toMatch(/\son\w+="/i)
    expect(page).not.toMatch(/https?:|url\(|@import|javascript:|data:/i)
    expect(page.length).toBeLessThan(1_000_000)
  })
  test('prints no value that is not one', () => {
    const text = page.replaceAll(/<style>[\s\S]*?<\/style>/g, '')
    expect(text).not.toMatch(/\bNaN\b|\bundefined\b|Infinity|\[object|\bnull\b/)
  })
  test('says the verdict, the points and where the numbers come from', () => {
    for (const fact of [...report.verdict.points, report.verdict.sentence])
      expect(page).toContain(html`${fact}`.markup.replaceAll(/\n\s+/g, '\n'))
    for (const fact of [report.provenance.runId, report.provenance.createdAt, report.model.digest, 'Baton 0.1.0'])
      expect(page).toContain(fact)
    expect(page).toContain('@media print')
    expect(page).toContain('prefers-color-scheme: dark')
  })
  test('describes every chart to a reader who cannot see it', () => {
    const charts = page.match(/<svg class="marks"[^>]*>/g) ?? []
    expect(charts.length).toBeGreaterThanOrEqual(6)
    for (const chart of charts) expect(chart).toMatch(/role="img" aria-label="[^"]{10,}"/)
  })
})

test('text of the user stays text', () => {
  expect(binary.report.model.name).toBe(hostile)
  expect(binary.page).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;')
})

test('a thousand inputs and a hundred slices stay below 5 MB', async () => {
  const { report } = binary
  const names = Array.from({ length: 1_000 }, (_, i) => `a_rather_long_column_name_number_${i}`)
  const many = qualityReport.parse({
    ...report,
    model: { ...report.model, inputs: names.map((name) => ({ name, type: 'number', nullable: true })) },
    importance: {
      ...report.importance!,
      features: names.map((feature, i) => ({ feature, importance: 1 / (i + 1), spread: 0.01 })),
    },
    slices: Array.from({ length: 30 }, () => report.slices[0]!),
  })
  const page = await renderQualityReport(many)
  expect(page.length).toBeLessThan(5_000_000)
  expect(unbalanced(page)).toEqual([])
})

test('the same facts give the same page', async () => {
  expect(await renderQualityReport(binary.report)).toBe(binary.page)
})
