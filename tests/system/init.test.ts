import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { baton, repository, runBaton, temporaryFolder } from './project.ts'

const tabular = join(repository, '..', 'shared', 'data', 'tabular')

interface Ended {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

/** `baton init` in a folder, as someone types it there. */
function init(folder: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((settle) => {
    execFile(baton, ['init', ...args], { cwd: folder, env: { PATH: process.env['PATH'] } }, (error, out, err) => {
      settle({ exitCode: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

interface Step {
  readonly name: string
  readonly state: string
  readonly metrics: Readonly<Record<string, number>>
}

/** Runs the pipeline of a project that init wrote, unchanged, and gives the metrics of its evaluation. */
async function runNew(folder: string, name: string): Promise<Readonly<Record<string, number>>> {
  const ended = await runBaton(join(folder, name), ['run', name, '--json'])
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
  const { state, steps } = JSON.parse(ended.stdout) as { state: string; steps: readonly Step[] }
  expect(state).toBe('done')
  expect(steps.map((step) => step.state)).toEqual(['ran', 'ran', 'ran', 'ran', 'ran'])
  return steps.find((step) => step.name === 'evaluate')!.metrics
}

/** A table of rows from a function of a seeded generator. */
function table(
  head: string,
  rows: number,
  row: (random: () => number, i: number) => readonly (string | number)[],
): string {
  let state = 42
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  return [head, ...Array.from({ length: rows }, (_, i) => row(random, i).join(','))].join('\n') + '\n'
}

describe.skipIf(!existsSync(tabular))('init on real tables (skipped: ../shared/data is not here)', () => {
  it('breast cancer: a line at the top that is no header, columns without names', async () => {
    using folder = temporaryFolder()
    const made = await init(
      folder.path,
      'cancer',
      '--from',
      join(tabular, 'breast_cancer_sklearn.csv'),
      '--target',
      '#31',
    )
    expect(made.out).toContain('line 1 is no part of the table')
    const metrics = await runNew(folder.path, 'cancer')
    expect(metrics['rocAuc']).toBeGreaterThan(0.95)
  })

  it('CoIL 2000: packed, 86 columns of words and numbers', async () => {
    using folder = temporaryFolder()
    await init(folder.path, 'caravan', '--from', join(tabular, 'ticdata_coil2000.csv.gz'), '--target', 'CARAVAN')
    const metrics = await runNew(folder.path, 'caravan')
    expect(metrics['rocAuc']).toBeGreaterThan(0.65)
  })
})

describe('init on tables of every shape', () => {
  it('a number to predict, names that no language takes for a name, values missing here and there', async () => {
    using folder = temporaryFolder()
    const text = table(`house id,living area (m²),it's big,currency,price`, 800, (random, i) => {
      const area = 20 + 180 * random()
      return [
        `h-${i}`,
        area.toFixed(1),
        random() < 0.05 ? '' : random() < 0.5 ? 'yes' : 'no',
        'EUR',
        (1000 * area + 9000 * random()).toFixed(2),
      ]
    })
    writeFileSync(join(folder.path, 'houses.csv'), text)
    const made = await init(folder.path, 'houses', '--from', 'houses.csv', '--target', 'price')
    expect(made.out).toContain('house id: an identifier')
    expect(made.out).toContain('currency: the same value')
    const metrics = await runNew(folder.path, 'houses')
    expect(metrics['r2']).toBeGreaterThan(0.8)
  })

  it('a time for each row: the latest rows are the test', async () => {
    using folder = temporaryFolder()
    const text = table('at,user_id,x,bought', 900, (random, i) => {
      const x = random()
      const at = new Date(Date.UTC(2026, 0, 1, i)).toISOString().slice(0, 19).replace('T', ' ')
      return [at, Math.floor(random() * 50), x.toFixed(3), random() < x ? 'yes' : 'no']
    })
    writeFileSync(join(folder.path, 'events.csv'), text)
    expect((await init(folder.path, 'events', '--from', 'events.csv', '--target', 'bought')).out).toMatch(/split +time/)
    expect((await runNew(folder.path, 'events'))['rocAuc']).toBeGreaterThan(0.7)
  })

  it('an identifier that comes back: its rows stay together; two codes are two classes', async () => {
    using folder = temporaryFolder()
    const text = table('user_id,x,class', 900, (random) => {
      const x = random()
      return [Math.floor(random() * 50), x.toFixed(3), random() < x ? 2 : 1]
    })
    writeFileSync(join(folder.path, 'visits.csv'), text)
    expect((await init(folder.path, 'visits', '--from', 'visits.csv', '--target', 'last')).out).toMatch(/split +group/)
    expect((await runNew(folder.path, 'visits'))['rocAuc']).toBeGreaterThan(0.7)
  })
})

describe('init all or nothing', () => {
  const rows = table('a,b,answer', 60, (random) => [random(), random(), random() < 0.5 ? 'yes' : 'no'])

  it.each([
    ['a column that is not there', ['--target', 'anwser'], 2, 'init.unknown_target', '"answer"'],
    [
      'a file that is not there',
      ['--from', 'nowhere.csv', '--target', 'answer'],
      3,
      'init.missing_file',
      'nowhere.csv',
    ],
    ['a file of no known kind', ['--from', 'table.xlsx', '--target', 'answer'], 2, 'init.unknown_format', '.csv.gz'],
    [
      'a target that nothing can be learned of',
      ['--from', 'many.csv', '--target', 'answer'],
      2,
      'init.multiclass',
      'one class',
    ],
    ['a file cut in half', ['--from', 'cut.csv.gz', '--target', 'answer'], 2, 'datasets.truncated_gzip', 'again'],
    ['an empty file', ['--from', 'empty.csv', '--target', 'answer'], 2, 'datasets.empty_file', 'Check'],
    ['a template that is not there', ['--template', 'chrun'], 3, 'init.unknown_template', '"churn"'],
    ['an option that is no number', ['--target', 'answer', '--skip', 'x'], 2, 'cli.invalid_option', 'whole number'],
  ] as const)('%s leaves nothing behind', async (...[, args, exitCode, code, said]) => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), rows)
    writeFileSync(join(folder.path, 'table.xlsx'), 'PK')
    writeFileSync(join(folder.path, 'many.csv'), rows.replaceAll('yes', 'maybe').replace('maybe', 'yes'))
    writeFileSync(join(folder.path, 'cut.csv.gz'), Buffer.from('1f8b0800000000000003', 'hex'))
    writeFileSync(join(folder.path, 'empty.csv'), '')
    const before = readdirSync(folder.path).toSorted()
    const usual = args.some((word) => word === '--from' || word === '--template') ? [] : ['--from', 'table.csv']
    const ended = await init(folder.path, 'made', ...usual, ...args)
    expect(ended.err).toContain(code)
    expect(ended.err).toContain(said)
    expect(ended.exitCode).toBe(exitCode)
    expect(readdirSync(folder.path).toSorted()).toEqual(before)
  })

  it('never touches a folder that is not empty', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), rows)
    const call = ['made', '--from', 'table.csv', '--target', 'answer'] as const
    expect((await init(folder.path, ...call)).exitCode).toBe(0)
    const readme = join(folder.path, 'made', 'README.md')
    writeFileSync(readme, 'mine')
    const again = await init(folder.path, ...call)
    expect([again.exitCode, again.err.includes('init.folder_not_empty')]).toEqual([4, true])
    expect(readFileSync(readme, 'utf8')).toBe('mine')
  })

  it('copies a template without what runs have left in it', async () => {
    using folder = temporaryFolder()
    expect(await init(folder.path, 'demo', '--template', 'churn')).toMatchObject({ exitCode: 0 })
    const copied = readdirSync(join(folder.path, 'demo'))
    expect(copied).toContain('baton.config.ts')
    expect(copied).not.toContain('.baton')
  })
})
