import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { baton, batonJson, edit, expectWholeStore, repository, runBaton, temporaryFolder } from './project.ts'

const tabular = join(repository, '..', 'shared', 'data', 'tabular')

interface Ended {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

/** `baton init` in a folder, as someone types it there. */
function init(folder: string, ...given: readonly (string | Readonly<Record<string, string>>)[]): Promise<Ended> {
  const args = given.filter((word) => typeof word === 'string')
  const env = Object.assign({ PATH: process.env['PATH'] }, ...given.filter((word) => typeof word !== 'string'))
  return new Promise((settle) => {
    execFile(baton, ['init', ...args], { cwd: folder, env }, (error, out, err) => {
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
  // init has read, split and trained; what depends on the contract is judged anew.
  expect(steps.map((step) => step.state)).toEqual(['cached', 'cached', 'cached', 'ran', 'ran'])
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

describe('the first run', () => {
  const learnable = table('x,plan,answer', 1500, (random) => {
    const x = random()
    return [x.toFixed(3), random() < 0.5 ? 'basic' : 'plus', random() < x ? 'yes' : 'no']
  })
  const noise = table('x,answer', 600, (random) => [random().toFixed(3), random() < 0.5 ? 'yes' : 'no'])
  const careful = "quality: { rocAuc: { min: 0.501, interval: 'lower' } },"
  const call = ['made', '--from', 'table.csv', '--target', 'answer'] as const
  const contractOf = (folder: string) => readFileSync(join(folder, 'made/contracts/made.ts'), 'utf8')

  it('drafts the contract, shows the result and its report, and registers nothing', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), learnable)
    const made = await init(folder.path, ...call)
    expect(made.exitCode, made.err).toBe(0)
    expect(made.out).toMatch(/result +ROC AUC 0\.\d+ \[/)
    const report = /quality report +(\S+)/.exec(made.out)?.[1]
    expect(existsSync(join(folder.path, report!))).toBe(true)
    expect(made.out).toContain('cd made && baton run made')
    const run = /baton runs show (\w+)/.exec(contractOf(folder.path))?.[1]
    expect(await batonJson(join(folder.path, 'made'), ['runs', 'show', run!])).toMatchObject({ status: 'FINISHED' })
    expect(contractOf(folder.path)).toMatch(/rocAuc: \{ min: 0\.\d+, interval: 'lower' \}, \/\/ measured: 0\.\d+ \[/)
    expect(contractOf(folder.path)).toContain("slices: ['plan']")
    expect(await batonJson(join(folder.path, 'made'), ['models', 'list'])).toEqual([])
    await runNew(folder.path, 'made')
  })

  it('of a target that cannot be predicted ends well, says so, and the gate holds', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), noise)
    const made = await init(folder.path, ...call)
    expect([made.exitCode, made.out.includes('cannot be told from chance')]).toEqual([0, true])
    expect(contractOf(folder.path).replaceAll(/\s+\/\/ /g, ' ')).toContain(
      'which cannot be told from chance. So this still',
    )
    expect(contractOf(folder.path)).toContain(careful)
    const ended = await runBaton(join(folder.path, 'made'), ['run', 'made'])
    expect([ended.exitCode, ended.stdout.includes('models.gate_failed')]).toEqual([1, true])
  })

  it('is left out with --no-run', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), learnable)
    const made = await init(folder.path, ...call, '--no-run')
    expect([made.exitCode, made.err]).toEqual([0, ''])
    expect(contractOf(folder.path)).toContain(careful)
    expect(existsSync(join(folder.path, 'made/.baton'))).toBe(false)
    await batonJson(join(folder.path, 'made'), ['run', 'made'])
  })

  it('comes with tests that run without an installation, and fail when the contracts part', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), learnable)
    expect(await init(folder.path, ...call, '--no-run')).toMatchObject({ exitCode: 0 })
    const project = join(folder.path, 'made')
    expect(await batonJson(project, ['test'])).toEqual({ passed: true })
    edit(project, 'contracts/made-data.ts', ["type: 'double'", "type: 'integer'"])
    const ended = await runBaton(project, ['test'])
    expect([ended.exitCode, ended.stdout.includes("'integer'")]).toEqual([1, true])
  })

  it('that fails leaves the project whole and says what to do', async () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'table.csv'), learnable)
    const made = await init(folder.path, ...call, { BATON_JOBS: 'two' })
    expect(made.exitCode).toBe(2)
    expect(made.out).toContain('config.invalid_setting')
    expect(made.out).toContain('failed; the project is written and whole')
    expect(contractOf(folder.path)).toContain(careful)
    await batonJson(join(folder.path, 'made'), ['run', 'made'])
  })

  it('that is stopped leaves the project whole, and the next run goes on', async () => {
    using folder = temporaryFolder()
    const rows = learnable.trimEnd().split('\n')
    writeFileSync(
      join(folder.path, 'table.csv'),
      [...rows, ...Array.from({ length: 99 }, () => rows.slice(1)).flat()].join('\n'),
    )
    const child = spawn(baton, ['init', ...call], { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    child.stdout.on('data', (text: Buffer) => (out += text.toString()))
    // Its first line says that a step has begun.
    child.stderr.once('data', () => child.kill('SIGINT'))
    const exitCode = await new Promise((ended) => child.on('close', ended))
    expect([exitCode, out.includes('was stopped; the project is written and whole')]).toEqual([130, true])
    expect(contractOf(folder.path)).toContain(careful)
    await expectWholeStore(join(folder.path, 'made'))
    await batonJson(join(folder.path, 'made'), ['run', 'made'])
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
    const call = ['made', '--from', 'table.csv', '--target', 'answer', '--no-run'] as const
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
