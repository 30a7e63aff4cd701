import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

import { repository, runBaton, temporaryFolder } from '../system/project.ts'

/** The files that a page writes out: code blocks that name one. */
function filesOf(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(repository, 'docs', page), 'utf8')
  const blocks = [...text.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)]
  return new Map(blocks.map(([, path, content]) => [path!, content!]))
}

/** Visits of half a year: who looks at more pages buys more often. */
function visitsCsv(): string {
  let state = 7
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const day = new Date(Date.UTC(2026, 0, 1 + Math.floor(uniform() * 181))).toISOString().slice(0, 10)
    const pages = 1 + Math.floor(uniform() * 12)
    const minutes = i % 17 === 0 ? '' : (uniform() * 30).toFixed(2)
    const channel = ['search', 'mail', 'direct'][Math.floor(uniform() * 3)]
    return `${i},${day},${pages},${minutes},${channel},${uniform() < pages / 14}`
  })
  return `visit_id,day,pages,minutes,channel,bought\n${rows.join('\n')}\n`
}

test('the project of docs/pipelines.md runs as it stands', async () => {
  using folder = temporaryFolder()
  const files = filesOf('pipelines.md')
  expect([...files.keys()]).toContain('pipelines/buyer.ts')
  for (const [path, content] of new Map([...files, ['data/raw/visits.csv', visitsCsv()]])) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true })
    writeFileSync(join(folder.path, path), content)
  }
  const run = await runBaton(folder.path, ['--json', 'run', 'buyer'])
  expect(run.exitCode, run.stdout + run.stderr).toBe(0)
  const { steps } = JSON.parse(run.stdout) as { steps: { name: string; state: string }[] }
  expect(steps.map((step) => step.state)).toEqual(steps.map(() => 'ran'))
  expect(steps.map((step) => step.name)).toContain('archive')
})
