import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

import { runBaton, smallProject, temporaryFolder } from './project.ts'

const ROWS = Array.from({ length: 200 }, (_, i) => `${i},${(i * 37) % 100},${i % 3 === 0 ? 'yes' : 'no'}`)
const GOOD = `id,amount,paid\n${ROWS.join('\n')}\n`

const ingest = (file: string): string => `
import { csv, dataContract, pipeline, z } from 'baton-ml'
const payments = dataContract({
  name: 'payments',
  owner: 'data@shop.example',
  columns: {
    id: { type: 'integer', nullable: false, unique: true },
    amount: { type: 'double', nullable: false, min: 0, max: 1000 },
    paid: { type: 'string', nullable: false, oneOf: ['yes', 'no'] },
  },
  maxQuarantineShare: 0.05,
})
export default pipeline('main', {
  params: z.object({ days: z.int().positive().default(30) }),
  steps: (p) => p.ingest('payments', { from: csv('${file}'), contract: payments }),
})
`

interface JsonError {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string }
}

/** Runs the pipeline, expects one clear error, and that the good file still goes through afterwards. */
async function expectRefusal(bytes: string | Uint8Array, file: string, code: string | RegExp): Promise<JsonError['error']> {
  using folder = temporaryFolder()
  const project = smallProject(folder.path, ingest(`data/${file}`))
  mkdirSync(join(project, 'data'), { recursive: true })
  writeFileSync(join(project, 'data', file), bytes)

  const refused = await runBaton(project, ['--json', 'run', 'main'])
  expect(refused.exitCode, refused.stdout + refused.stderr).toBeGreaterThan(0)
  expect(refused.exitCode, refused.stdout + refused.stderr).toBeLessThan(6)
  const { error } = JSON.parse(refused.stdout) as JsonError
  expect(error.code).toMatch(code)
  expect(error.hint.length).toBeGreaterThan(10)

  writeFileSync(join(project, 'data', file), file.endsWith('.gz') ? gzipSync(GOOD) : GOOD)
  const mended = await runBaton(project, ['--json', 'run', 'main'])
  expect(mended.exitCode, mended.stdout + mended.stderr).toBe(0)
  const verified = await runBaton(project, ['--json', 'verify'])
  expect((JSON.parse(verified.stdout) as { problems: unknown[] }).problems).toEqual([])
  return error
}

describe('bad input ends in one clear error, and the store stays whole', () => {
  test('a missing column is named', async () => {
    const error = await expectRefusal(GOOD.replace('amount', 'amuont'), 'a.csv', 'datasets.')
    expect(error.message).toContain('amount')
  })

  test('a wrong type past the declared share', async () => {
    const bad = GOOD.replaceAll(/^(\d+),\d+,no$/gm, '$1,lots,no')
    const error = await expectRefusal(bad, 'a.csv', 'datasets.')
    expect(error.message + error.hint).toContain('amount')
  })

  test('a truncated gzip', async () => {
    const whole = gzipSync(GOOD)
    await expectRefusal(whole.subarray(0, Math.floor(whole.length * 0.6)), 'a.csv.gz', 'datasets.')
  })

  test('a ragged row is named by its line', async () => {
    const lines = GOOD.split('\n')
    lines[120] += ',one,too,many'
    const error = await expectRefusal(lines.join('\n'), 'a.csv', 'datasets.')
    expect(JSON.stringify(error)).toContain('121')
  })

  test('an empty file', async () => {
    await expectRefusal('', 'a.csv', 'datasets.')
  })

  test('an unknown param names the nearest one', async () => {
    using folder = temporaryFolder()
    const project = smallProject(folder.path, ingest('data/a.csv'), { 'data/a.csv': GOOD })
    const refused = await runBaton(project, ['--json', 'run', 'main', '--param', 'dyas=3'])
    expect(refused.exitCode).toBe(2)
    const { error } = JSON.parse(refused.stdout) as JsonError
    expect(error.message + error.hint).toContain('days')
  })

  const mountable = (() => {
    if (process.getuid?.() !== 0) return false
    using folder = temporaryFolder()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path], { stdio: 'ignore' })
      execFileSync('umount', [folder.path], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })()

  test.skipIf(!mountable)('a disk that fills up (needs root to mount a small tmpfs)', async () => {
    using folder = temporaryFolder()
    const project = smallProject(folder.path, ingest('data/a.csv'))
    mkdirSync(join(project, 'data'), { recursive: true })
    writeFileSync(join(project, 'data/a.csv'), GOOD)
    mkdirSync(join(project, '.baton'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', join(project, '.baton')])
    try {
      expect((await runBaton(project, ['--json', 'run', 'main'])).exitCode).toBe(0)
      const random = (i: number) => ((i * 2654435761) >>> 0) / 4294967296
      const rows = Array.from({ length: 1_500_000 }, (_, i) => `${i},${random(i) * 1000},${i % 3 ? 'no' : 'yes'}`)
      writeFileSync(join(project, 'data/a.csv'), `id,amount,paid\n${rows.join('\n')}\n`)
      const full = await runBaton(project, ['--json', 'run', 'main'])
      expect(full.exitCode, full.stdout + full.stderr).toBe(5)
      const { error } = JSON.parse(full.stdout) as JsonError
      expect(error.message).toMatch(/disk|space|full/i)
      const verified = await runBaton(project, ['--json', 'verify'])
      expect((JSON.parse(verified.stdout) as { problems: unknown[] }).problems, verified.stdout).toEqual([])
      writeFileSync(join(project, 'data/a.csv'), GOOD)
      const mended = await runBaton(project, ['--json', 'run', 'main'])
      expect(mended.exitCode, mended.stdout + mended.stderr).toBe(0)
    } finally {
      execFileSync('umount', ['-l', join(project, '.baton')])
    }
  })

  test('a step that prints a gigabyte: it ends, the log keeps its ends, the disk stays free', async () => {
    using folder = temporaryFolder()
    const project = smallProject(
      folder.path,
      `import { files, pipeline, shell } from 'baton-ml'
export default pipeline('main', {
  steps: (p) => p.step('loud', {
    run: shell('head -c 1073741824 /dev/zero | tr "\\\\0" "x"; echo; echo the-last-line; exit 3'),
    outputs: { out: files() },
  }),
})`,
    )
    const ended = await runBaton(project, ['--json', 'run', 'main'])
    expect(ended.exitCode, ended.stdout.slice(0, 2000)).toBe(1)
    const { error } = JSON.parse(ended.stdout) as JsonError & { error: { details: { log: string } } }
    expect(error.code).toBe('pipelines.step_failed')
    expect(JSON.stringify(error)).toContain('the-last-line')
    const log = (error as unknown as { details: { log: string } }).details.log
    expect(statSync(join(project, log)).size).toBeLessThan(16 * 2 ** 20)
    expect(readFileSync(join(project, log), 'utf8')).toContain('the-last-line')
  }, 180_000)
})
