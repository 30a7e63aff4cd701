import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  batonJson,
  churnProject,
  edit,
  expectWholeStore,
  generateMarketing,
  type RunDocument,
  runBaton,
  smallProject,
  statesOf,
  temporaryFolder,
} from './project.ts'

interface ReproductionDocument {
  readonly commit?: string
  readonly outputs: readonly {
    readonly step: string
    readonly output: string
    readonly verdict: string
    readonly detail?: string
  }[]
}

function git(folder: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@shop.example', '-c', 'commit.gpgsign=false']
  return execFileSync('git', [...identity, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function commitAll(folder: string, message: string): string {
  git(folder, 'add', '.')
  git(folder, 'commit', '-qm', message)
  return git(folder, 'rev-parse', 'HEAD').trim()
}

const verdictsOf = ({ outputs }: ReproductionDocument) =>
  Object.fromEntries(outputs.map(({ step, output, verdict }) => [`${step}.${output}`, verdict]))

describe('a run of the churn example, long after', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let project: string
  let commit: string
  let clean: RunDocument
  let dirty: RunDocument

  beforeAll(async () => {
    folder = temporaryFolder()
    project = churnProject(folder.path, 250, { quick: true })
    git(folder.path, 'init', '-q')
    commit = commitAll(folder.path, 'the churn model')
    clean = await batonJson(project, ['run', 'churn', '--param', 'horizon_days=28'])

    // A run of what was never committed: a changed file and a new one that it imports.
    edit(project, 'src/features.ts', ["  'gap_spread_days',\n", ''])
    edit(project, 'src/train.ts', ["from './features.ts'", "from './features.ts'\nimport { rate } from './rate.ts'"])
    edit(project, 'src/train.ts', ['learningRate: 0.3', 'learningRate: rate'])
    writeFileSync(join(project, 'src/rate.ts'), 'export const rate = 0.25\n')
    dirty = await batonJson(project, ['run', 'churn', '--param', 'horizon_days=28'])
    expect(statesOf(dirty)).toMatchObject({ invoices: 'cached', split: 'cached', train: 'ran' })

    // Since then: other code committed, other rows in the source, other code not committed.
    rmSync(join(project, 'src/rate.ts'))
    git(folder.path, 'checkout', '-q', '.')
    edit(project, 'src/train.ts', ['maxLeaves: 8', 'maxLeaves: 4'])
    edit(project, 'sql/customers.sql', ['INTERVAL 90 DAY', 'INTERVAL 80 DAY'])
    commitAll(folder.path, 'smaller trees')
    generateMarketing(project, 260, 8)
    edit(project, 'src/train.ts', ['maxLeaves: 4', 'maxLeaves: 5'])
    await batonJson(project, ['run', 'churn'])
  }, 120_000)
  afterAll(() => folder[Symbol.dispose]())

  /** Reproduces, and expects that nothing but the verdict was left anywhere. */
  async function reproduce(run: RunDocument): Promise<ReproductionDocument> {
    const before = [git(folder.path, 'status', '--porcelain'), git(folder.path, 'worktree', 'list')]
    const models = await batonJson(project, ['models', 'show', 'churn'])
    const reproduced = await batonJson<ReproductionDocument>(project, ['reproduce', run.runId])
    expect([git(folder.path, 'status', '--porcelain'), git(folder.path, 'worktree', 'list')]).toEqual(before)
    expect(await batonJson(project, ['models', 'show', 'churn'])).toEqual(models)
    await expectWholeStore(project)
    return reproduced
  }

  const same = {
    'invoices.table': 'identical',
    'customers.table': 'identical',
    'split.train': 'identical',
    'split.validation': 'identical',
    'split.test': 'identical',
    'train.model': 'identical',
    'register.version': 'identical',
  }

  test('committed code: every table, the model and the version are identical, the report says the same', async () => {
    const reproduced = await reproduce(clean)
    expect(reproduced.commit).toBe(commit)
    const { 'evaluate.report': report, ...others } = verdictsOf(reproduced)
    expect(others).toEqual(same)
    expect(['identical', 'within_tolerance']).toContain(report)
  })

  test('uncommitted code, with a file that git never saw', async () => {
    const { 'evaluate.report': report, ...others } = verdictsOf(await reproduce(dirty))
    expect(others).toEqual(same)
    expect(['identical', 'within_tolerance']).toContain(report)
  })

  test('by the end of its id, for a person', async () => {
    const told = await runBaton(project, ['reproduce', clean.runId.slice(-8)])
    expect(told.exitCode, told.stderr).toBe(0)
    expect(told.stdout).toMatch(/^train +model +identical$/m)
    expect(told.stdout).toContain('Reproduced: every output is the same.')
    const { tags } = await batonJson<{ tags: Record<string, string> }>(project, ['runs', 'show', clean.runId])
    expect(tags['baton.reproduced']).toBe('yes')
  })

  test('a dataset version that was tampered with: its outputs are missing, and the damage is named', async () => {
    const table = join(project, '.baton/tables/invoices')
    const parts = readdirSync(table).filter((name) => name.endsWith('.parquet'))
    const whole = new Map(parts.map((name) => [join(table, name), readFileSync(join(table, name))]))
    for (const [path, bytes] of whole) {
      const torn = Buffer.from(bytes)
      torn[Math.floor(torn.length / 2)]! ^= 1
      writeFileSync(path, torn)
    }
    const refused = await runBaton(project, ['reproduce', clean.runId])
    expect(refused.exitCode, refused.stdout).toBe(1)
    expect(refused.stdout).toMatch(/^customers +table +missing +.*invoices is damaged/m)
    for (const [path, bytes] of whole) writeFileSync(path, bytes)
    await expectWholeStore(project)
  })
})

test('code that asks the clock or the dice is not reproduced, and the output is named', async () => {
  using folder = temporaryFolder()
  const project = smallProject(
    folder.path,
    `import { pipeline, shell, value } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    const honest = p.step('honest', { run: 'src/honest.ts', outputs: { answer: value() } })
    p.step('dice', { run: 'src/dice.ts', inputs: { answer: honest.answer }, outputs: { roll: value() } })
    p.step('clock', { run: 'src/clock.ts', inputs: { answer: honest.answer }, outputs: { time: value() } })
  },
})`,
    {
      'src/honest.ts':
        "import { step } from 'baton-ml'\nexport default step(({ outputs }) => outputs.answer.write(42))\n",
      'src/dice.ts':
        "import { step } from 'baton-ml'\nexport default step(({ outputs }) => outputs.roll.write(Math.random()))\n",
      'src/clock.ts':
        "import { step } from 'baton-ml'\nexport default step(({ outputs }) => outputs.time.write(Date.now()))\n",
      '.gitignore': '.baton/\n',
    },
  )
  git(project, 'init', '-q')
  commitAll(project, 'begin')
  const run = await batonJson<RunDocument>(project, ['run', 'main'])
  const { exitCode, stdout, stderr } = await runBaton(project, ['--json', 'reproduce', run.runId])
  expect(exitCode, stdout + stderr).toBe(1)
  expect(verdictsOf(JSON.parse(stdout) as ReproductionDocument)).toEqual({
    'honest.answer': 'identical',
    'dice.roll': 'different',
    'clock.time': 'different',
  })
  const told = await runBaton(project, ['reproduce', run.runId])
  expect(told.exitCode).toBe(1)
  expect(told.stdout).toContain('Not reproduced')
})
