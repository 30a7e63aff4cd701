import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  batonJson,
  type ErrorDocument,
  expectNoProcesses,
  expectWholeStore,
  type RunDocument,
  runBaton,
  smallProject,
  startBaton,
  stepOf,
  temporaryFolder,
} from './project.ts'

const rows = Array.from({ length: 200 }, (_, i) => `${i},${(i * 37) % 100},${i % 3 === 0 ? 'yes' : 'no'}`)
const good = `id,amount,paid\n${rows.join('\n')}\n`

const ingest = `
import { dataContract, pipeline, source, z } from 'baton-ml'
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
  steps: (p) => p.ingest('payments', { from: source(p.env('PAYMENTS')), contract: payments }),
})
`

/** What the documented table of exit codes says. */
const exitCodes: Readonly<Record<string, number>> = { check: 1, usage: 2, not_found: 3, conflict: 4, unavailable: 5 }

/** Runs once for a program and once for a person, and expects the same one error from both. */
async function failingRun(
  project: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<ErrorDocument> {
  const refused = await runBaton(project, ['--json', 'run', 'main', ...args], env)
  const { error } = JSON.parse(refused.stdout) as { error: ErrorDocument }
  expect(error, refused.stdout).toMatchObject({
    code: expect.stringMatching(/^[a-z]+\.[a-z0-9_]+$/),
    message: expect.stringMatching(/^.{10,300}$/),
    hint: expect.stringMatching(/^.{10,200}$/),
  })
  expect(refused.exitCode, refused.stdout).toBe(exitCodes[error.kind])

  const seen = await runBaton(project, ['run', 'main', ...args], env)
  const text = seen.stdout + seen.stderr
  expect(seen.exitCode, text).toBe(refused.exitCode)
  expect(text.match(/^error {2}/gm), text).toHaveLength(1)
  expect(text).toContain(`code   ${error.code}`)
  expect(text, 'a stack is for --debug').not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  return error
}

describe('a bad source ends in one clear error, and the store stays whole', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let project: string
  let version = 0

  const writeSource = (file: string, bytes: string | Uint8Array) => writeFileSync(join(project, 'data', file), bytes)
  beforeAll(() => {
    folder = temporaryFolder()
    project = smallProject(folder.path, ingest)
    mkdirSync(join(project, 'data'))
  })
  afterAll(() => folder[Symbol.dispose]())

  /** Expects the error, no new version of the dataset, a whole store, and that the good file then goes through. */
  async function refusalOf(file: string, bytes: string | Uint8Array | undefined): Promise<ErrorDocument> {
    const env = { PAYMENTS: `data/${file}` }
    if (bytes === undefined) rmSync(join(project, 'data', file), { force: true })
    else writeSource(file, bytes)
    const error = await failingRun(project, [], env)
    if (error.details.step !== undefined) expect(error.details.step).toBe('payments')
    await expectWholeStore(project)

    // One more row each time: else the good file would be cached.
    version++
    const extra = `${good}${1000 + version},1,yes\n`
    writeSource(file, file.endsWith('.gz') ? gzipSync(extra) : extra)
    const mended = await batonJson<RunDocument>(project, ['run', 'main'], env)
    expect(stepOf(mended, 'payments')).toMatchObject({ state: 'ran', outputs: { table: { rows: 201, version } } })
    return error
  }

  test('a missing column: it and the nearest are named', async () => {
    const error = await refusalOf('a.csv', good.replace('amount', 'amuont'))
    expect(error).toMatchObject({ code: 'datasets.missing_column', kind: 'usage', where: { field: 'amount' } })
    expect(error.message).toContain('amount')
    expect(error.hint).toContain('amuont')
  })

  test('a wrong type past the declared share: the rule, a row and its value are named', async () => {
    const error = await refusalOf('a.csv', good.replaceAll(/^(\d+),\d+,no$/gm, '$1,lots,no'))
    expect(error).toMatchObject({ code: 'datasets.schema_violation', kind: 'check', where: { row: 2 } })
    expect(error.message).toContain('133 of 200 rows (66.5 %)')
    expect(error.message).toContain('133 × payments.amount:type (row 2 has "lots")')
    const aside = await batonJson<{ rows: number }>(project, ['data', 'show', 'payments.quarantine@1'])
    expect(aside.rows).toBe(133)
  })

  test('a truncated gzip', async () => {
    const whole = gzipSync(good)
    const error = await refusalOf('a.csv.gz', whole.subarray(0, Math.floor(whole.length * 0.6)))
    expect(error).toMatchObject({ code: 'datasets.truncated_gzip', kind: 'usage' })
    expect(error.where?.file).toContain('data/a.csv.gz')
  })

  test('a ragged row is named by its line', async () => {
    const lines = good.split('\n')
    lines[120] += ',one,too,many'
    const error = await refusalOf('a.csv', lines.join('\n'))
    expect(error).toMatchObject({ code: 'datasets.ragged_row', kind: 'usage', where: { line: 121 } })
    expect(error.message).toContain('Line 121')
    expect(error.message).toContain('119,3,no,one,too,many')
  })

  test('an empty file, and one with a header only', async () => {
    expect(await refusalOf('a.csv', '')).toMatchObject({ code: 'datasets.empty_file', kind: 'usage' })
    expect(await refusalOf('a.csv', 'id,amount,paid\n')).toMatchObject({ code: 'datasets.empty_file', kind: 'usage' })
  })

  test('no file', async () => {
    expect(await refusalOf('b.csv', undefined)).toMatchObject({ code: 'datasets.source_missing', kind: 'not_found' })
  })

  test('a param that is unknown, and one of a wrong value: nothing is recorded', async () => {
    const env = { PAYMENTS: 'data/a.csv' }
    const count = async () =>
      (await batonJson<{ items: unknown[] }>(project, ['runs', 'list', '-n', '500'])).items.length
    const before = await count()
    const unknown = await failingRun(project, ['--param', 'dyas=3'], env)
    expect(unknown).toMatchObject({ code: 'pipelines.unknown_param', kind: 'usage' })
    expect(unknown.hint).toContain('"days"')
    const invalid = await failingRun(project, ['--param', 'days=-3'], env)
    expect(invalid).toMatchObject({ code: 'pipelines.invalid_param', kind: 'usage' })
    expect(invalid.message).toContain('days = -3')
    expect(await count()).toBe(before)
  })
})

/** Why a small disk cannot be made here; undefined when it can. */
function mountMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount a small tmpfs'
  using folder = temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path], { stdio: 'ignore' })
    execFileSync('umount', [folder.path], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'this machine refuses to mount a tmpfs'
  }
}

const noMount = mountMissing()

/** Numbers that do not compress (mulberry32). */
function randomRows(count: number): string {
  let state = 11
  const lines = ['id,amount,paid']
  for (let id = 0; id < count; id++) {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    lines.push(`${id},${(((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * 1000},${id % 3 ? 'no' : 'yes'}`)
  }
  return `${lines.join('\n')}\n`
}

test.skipIf(noMount !== undefined)(`a disk that fills up${noMount ? ` (skipped: ${noMount})` : ''}`, async () => {
  using folder = temporaryFolder()
  const project = smallProject(folder.path, ingest, { 'data/a.csv': good })
  const env = { PAYMENTS: 'data/a.csv' }
  const store = join(project, '.baton')
  mkdirSync(store)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', store])
  try {
    await batonJson(project, ['run', 'main'], env)
    writeFileSync(join(project, 'data/a.csv'), randomRows(1_000_000))
    const error = await failingRun(project, [], env)
    expect(error).toMatchObject({ code: 'datasets.disk_full', kind: 'unavailable' })
    expect(error.message).toContain('disk is full')
    await expectWholeStore(project)
    const kept = await batonJson<{ version: number; rows: number }>(project, ['data', 'show', 'payments'])
    expect(kept).toMatchObject({ version: 1, rows: 200 })

    // Nothing of what did not fit stays behind: a file of a little more rows still goes through.
    writeFileSync(join(project, 'data/a.csv'), randomRows(20_000))
    const mended = await batonJson<RunDocument>(project, ['run', 'main'], env)
    expect(stepOf(mended, 'payments').outputs['table']).toMatchObject({ version: 2, rows: 20_000 })
    await expectWholeStore(project)
  } finally {
    execFileSync('umount', ['-l', store])
  }
})

/** The memory peak of a process so far, in bytes; 0 where the system does not tell. */
function peakMemory(pid: number): number {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return 0
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) * 1024
}

test('a step that prints a gigabyte and fails: the log keeps its ends, memory and disk stay free', async () => {
  using folder = temporaryFolder()
  // Half of it is one line without an end, half of it are short lines.
  const command =
    'echo the-first-line; head -c 536870912 /dev/zero | tr "\\\\0" x; echo; yes | head -c 536870912; echo the-last-line >&2; exit 3'
  const project = smallProject(
    folder.path,
    `import { files, pipeline, shell } from 'baton-ml'
export default pipeline('main', {
  steps: (p) => p.step('loud', { run: shell('${command}'), outputs: { out: files() } }),
})`,
  )
  const { child, ended } = startBaton(project, ['--json', 'run', 'main'])
  let peakBytes = 0
  const watch = setInterval(() => (peakBytes = Math.max(peakBytes, peakMemory(child.pid!))), 50)
  const { exitCode, stdout } = await ended
  clearInterval(watch)

  expect(exitCode, stdout.slice(0, 2000)).toBe(1)
  const { error } = JSON.parse(stdout) as { error: ErrorDocument }
  expect(error).toMatchObject({ code: 'pipelines.step_failed', kind: 'check', details: { step: 'loud' } })
  expect(stdout.length).toBeLessThan(100_000)
  expect(JSON.stringify(error)).toContain('the-last-line')
  const log = error.details.log!
  expect(statSync(log).size).toBeLessThan(16 * 2 ** 20)
  const kept = readFileSync(log, 'utf8')
  expect(kept.startsWith('the-first-line\n')).toBe(true)
  expect(kept).toContain('bytes of output were dropped here')
  expect(kept.trimEnd().endsWith('the-last-line')).toBe(true)
  expect(peakBytes).toBeLessThan(512 * 2 ** 20)
  await expectWholeStore(project)
  await expectNoProcesses(project)
}, 180_000)
