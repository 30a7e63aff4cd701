import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  batonJson,
  churnProject,
  edit,
  expectNoProcesses,
  expectWholeStore,
  type RunDocument,
  runBaton,
  smallProject,
  startBaton,
  statesOf,
  temporaryFolder,
} from './project.ts'

const allCached = {
  invoices: 'cached',
  customers: 'cached',
  split: 'cached',
  train: 'cached',
  evaluate: 'cached',
  register: 'cached',
}

interface PlanDocument {
  readonly steps: readonly {
    readonly step: string
    readonly state: 'hit' | 'run' | 'depends' | 'not_selected'
    readonly reason?: unknown
  }[]
}

describe('what runs again, and why', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let project: string
  const run = (...args: string[]) => batonJson<RunDocument>(project, ['run', 'churn', ...args])
  const plan = async (...args: string[]) => {
    const { steps } = await batonJson<PlanDocument>(project, ['run', 'churn', '--dry-run', ...args])
    return Object.fromEntries(steps.map(({ step, state }) => [step, state]))
  }
  beforeAll(async () => {
    folder = temporaryFolder()
    project = churnProject(folder.path, 250, { quick: true })
    expect(Object.values(await plan())).toEqual(['run', 'depends', 'depends', 'depends', 'depends', 'depends'])
    expect(existsSync(join(project, '.baton/tables/invoices')), 'a dry run makes nothing').toBe(false)
    await run()
  })
  afterAll(() => folder[Symbol.dispose]())

  test('a second run takes every step from the cache', async () => {
    const second = await run()
    expect(statesOf(second)).toEqual(allCached)
    const { version } = await batonJson<{ version: number }>(project, ['data', 'show', 'invoices'])
    expect(version).toBe(1)
  })

  test('one changed line of a module that src/train.ts imports', async () => {
    edit(project, 'src/features.ts', ["  'gap_spread_days',\n", ''])
    expect(await plan()).toEqual({
      invoices: 'hit',
      customers: 'hit',
      split: 'hit',
      train: 'run',
      evaluate: 'depends',
      register: 'depends',
    })
    const dry = await runBaton(project, ['run', 'churn', '--dry-run'])
    expect(dry.stdout).toMatch(/^train +train +runs +changed: code src\/features\.ts$/m)

    const explained = await batonJson<{ changes: { name: string }[] }>(project, ['explain', 'train'])
    expect(explained.changes.map(({ name }) => name)).toEqual(['code src/features.ts'])
    const told = await runBaton(project, ['explain', 'train'])
    expect(told.stdout).toContain('train would run: changed: code src/features.ts')

    const again = await run()
    const after = { ...allCached, train: 'ran', evaluate: 'ran', register: 'ran' }
    expect(statesOf(again)).toEqual(after)
    expect(statesOf(await run())).toEqual(allCached)
  })

  test('a comment changes the text and nothing else: the model is the same, so what follows is cached', async () => {
    edit(project, 'src/features.ts', ['/** The columns', '/** All columns'])
    expect(statesOf(await run())).toEqual({ ...allCached, train: 'ran' })
  })

  test('a changed line of SQL is named by its file', async () => {
    edit(project, 'sql/customers.sql', ['INTERVAL 90 DAY', 'INTERVAL 91 DAY'])
    expect(await plan()).toMatchObject({ invoices: 'hit', customers: 'run', split: 'depends' })
    const told = await runBaton(project, ['explain', 'customers', '--pipeline', 'churn'])
    expect(told.stdout).toContain('customers would run: changed: code sql/customers.sql')
    edit(project, 'sql/customers.sql', ['INTERVAL 91 DAY', 'INTERVAL 90 DAY'])
    expect(statesOf(await run()), 'put back, its result is still there').toEqual(allCached)
  })

  test('a changed param runs the steps that read it', async () => {
    const states = await plan('--param', 'horizon_days=35')
    expect(states).toMatchObject({ invoices: 'hit', customers: 'run' })
    const explained = await batonJson<{ changes: { name: string; before: string; after: string }[] }>(project, [
      'explain',
      'customers',
      '--pipeline',
      'churn',
      '--param',
      'horizon_days=35',
    ])
    expect(explained.changes).toMatchObject([{ name: 'param horizon_days', before: '30', after: '35' }])
    const changed = statesOf(await run('--param', 'horizon_days=35'))
    expect(changed).toEqual({ ...changed, invoices: 'cached', customers: 'ran', split: 'ran', train: 'ran' })
    expect(statesOf(await run()), 'the old results are still there').toEqual(allCached)
  })

  test('--force runs a step that is cached; the same bytes leave what follows cached', async () => {
    expect(statesOf(await run('--force', 'train'))).toEqual({ ...allCached, train: 'ran' })
  })
})

test('a step that gives other bytes for the same key is reported, and the first result is kept', async () => {
  using folder = temporaryFolder()
  const project = smallProject(
    folder.path,
    `import { files, pipeline, shell } from 'baton-ml'
export default pipeline('main', {
  steps: (p) => p.step('dice', { run: shell('date +%N > "$BATON_OUTPUT_OUT/roll"'), outputs: { out: files() } }),
})`,
  )
  const first = await batonJson<RunDocument>(project, ['run', 'main'])
  const forced = await runBaton(project, ['run', 'main', '--force', 'dice'])
  expect(forced.exitCode, forced.stdout).toBe(0)
  expect(forced.stdout).toMatch(/not deterministic|non-deterministic|other bytes/i)
  const third = await batonJson<RunDocument>(project, ['run', 'main'])
  expect(statesOf(third)).toEqual({ dice: 'cached' })
  expect(third.steps[0]!.outputs).toEqual(first.steps[0]!.outputs)
})

test('Ctrl-C stops the children, leaves the store clean, and the next run goes on', async () => {
  using folder = temporaryFolder()
  const project = smallProject(
    folder.path,
    `import { files, pipeline, shell } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    const first = p.step('first', { run: shell('echo one > "$BATON_OUTPUT_OUT/a"'), outputs: { out: files() } })
    const wait = 'if [ ! -e go ]; then touch begun; sleep 600 & sleep 600; fi; cp "$BATON_INPUT_FIRST/a" "$BATON_OUTPUT_OUT/b"'
    const second = p.step('second', { run: shell(wait), inputs: { first: first.out }, outputs: { out: files() } })
    return p.step('third', { run: shell('cp "$BATON_INPUT_SECOND/b" "$BATON_OUTPUT_OUT/c"'), inputs: { second: second.out }, outputs: { out: files() } })
  },
})`,
  )
  const { child, ended } = startBaton(project, ['--json', 'run', 'main'])
  for (let waited = 0; waited < 20_000 && !existsSync(join(project, 'begun')); waited += 50) await sleep(50)
  // A terminal sends it to the whole process group.
  process.kill(-child.pid!, 'SIGINT')
  const { exitCode, stdout, stderr } = await ended
  expect(exitCode, stdout + stderr).toBe(130)
  const stopped = JSON.parse(stdout) as RunDocument
  expect(stopped).toMatchObject({ state: 'interrupted', error: { code: 'kernel.interrupted', kind: 'interrupted' } })
  expect(statesOf(stopped)).toEqual({ first: 'ran', second: 'failed', third: 'skipped' })
  await expectNoProcesses(project)
  expect(readdirSync(join(project, '.baton/tmp'))).toEqual([])
  await expectWholeStore(project)
  const { items } = await batonJson<{ items: { status: string }[] }>(project, ['runs', 'list', '--steps'])
  expect(items.map(({ status }) => status).toSorted()).toEqual(['FINISHED', 'KILLED', 'KILLED'])

  writeFileSync(join(project, 'go'), '')
  const next = await batonJson<RunDocument>(project, ['run', 'main'])
  expect(statesOf(next)).toEqual({ first: 'cached', second: 'ran', third: 'ran' })
}, 60_000)
