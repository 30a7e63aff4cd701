import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'

import {
  batonJson,
  churnProject,
  expectNoProcesses,
  expectWholeStore,
  killGroup,
  type RunDocument,
  smallProject,
  startBaton,
  type Started,
  statesOf,
  temporaryFolder,
} from './project.ts'

const kills = 20

/** Twenty random moments, one in each twentieth of the run, in random order: together they cover its whole length. */
function randomMoments(wallMs: number): readonly number[] {
  const moments = Array.from({ length: kills }, (_, index) => ((index + Math.random()) / kills) * wallMs)
  return moments
    .map((moment) => ({ moment, order: Math.random() }))
    .toSorted((a, b) => a.order - b.order)
    .map((one) => one.moment)
}

/** Resolves when a run says that its first step has started. */
async function firstStep({ child, ended }: Started): Promise<void> {
  const said = new Promise<void>((resolve) =>
    child.stderr!.on('data', (text: string) => text.includes('started') && resolve()),
  )
  await Promise.race([said, ended])
}

/** Starts a run and kills all of its process group at a moment; says whether it was still alive. */
async function killAt(
  project: string,
  args: readonly string[],
  moment: { readonly ms: number; readonly from: 'start' | 'first step' },
): Promise<boolean> {
  const started = startBaton(project, args)
  if (moment.from === 'first step') await firstStep(started)
  const timer = setTimeout(() => killGroup(started), moment.ms)
  const { signal } = await started.ended
  clearTimeout(timer)
  killGroup(started)
  return signal === 'SIGKILL'
}

async function expectNoOpenRuns(project: string): Promise<void> {
  const open = await batonJson<{ items: unknown[] }>(project, ['runs', 'list', '--state', 'running', '--steps'])
  expect(open.items).toEqual([])
}

interface Models {
  readonly versions: readonly { readonly version: number; readonly runId: string }[]
}

test(`a run killed at ${kills} random moments: the next one finishes, and nothing is torn`, async () => {
  using folder = temporaryFolder()
  const project = churnProject(folder.path, 250, { quick: true })
  const run = (round: number) => ['--json', 'run', 'churn', '--param', `horizon_days=${20 + round}`]

  await batonJson(project, run(0))
  const started = performance.now()
  await batonJson(project, run(1))
  const wallMs = performance.now() - started

  let killed = 0
  const moments = randomMoments(wallMs)
  for (const [index, moment] of moments.entries()) {
    // Each round has a horizon of its own, so that nothing but the ingest is cached and the run has its whole length.
    if (await killAt(project, run(2 + index), { ms: moment, from: 'start' })) killed++
    await expectWholeStore(project, `killed after ${moment.toFixed(0)} of ${wallMs.toFixed(0)} ms:`)
  }
  expect(killed).toBeGreaterThanOrEqual(kills / 2)

  // The rounds that got furthest go on from what they had finished; the others begin again.
  const order = moments.map((moment, index) => ({ moment, round: 2 + index })).toSorted((a, b) => b.moment - a.moment)
  for (const { round } of [order[1]!, order[6]!, order[10]!, order.at(-1)!]) {
    const finished = await batonJson<RunDocument>(project, run(round).slice(1))
    expect(finished.state).toBe('done')
    const again = await batonJson<RunDocument>(project, run(round).slice(1))
    expect(new Set(Object.values(statesOf(again)))).toEqual(new Set(['cached']))
  }
  await expectWholeStore(project, 'at the end:')
  await batonJson(project, ['verify', '--clean'])
  // What a dead writer of tables left may be removed when it is a minute old; all else is gone.
  expect(readdirSync(join(project, '.baton/tmp')).filter((name) => !name.startsWith('tables-'))).toEqual([])
  await expectNoOpenRuns(project)
  await expectNoProcesses(project)

  const { versions } = await batonJson<Models>(project, ['models', 'show', 'churn'])
  const numbers = versions.map(({ version }) => version).toSorted((a, b) => a - b)
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  for (const { version } of versions) await batonJson(project, ['models', 'show', `churn@${version}`])
}, 300_000)

test('an append killed at random moments has each row once', async () => {
  using folder = temporaryFolder()
  const project = smallProject(
    folder.path,
    `import { pipeline, sqlite } from 'baton-ml'
export default pipeline('main', {
  steps(p) {
    const events = p.ingest('events', { from: sqlite('events.db'), table: 'events', watermark: 'id' })
    return p.sql('count', { file: 'count.sql', inputs: { events } })
  },
})`,
    { 'count.sql': 'SELECT count(*) AS n, count(DISTINCT id) AS ids, min(id) AS first, max(id) AS last FROM events' },
  )
  using database = new DatabaseSync(join(project, 'events.db'))
  database.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, amount REAL NOT NULL)')
  const insert = database.prepare('INSERT INTO events (amount) VALUES (?)')
  let rows = 0
  const grow = (count: number) => {
    database.exec('BEGIN')
    for (let row = 0; row < count; row++) insert.run(rows++ / 7)
    database.exec('COMMIT')
  }

  grow(50_000)
  await batonJson(project, ['run', 'main'])
  grow(20_000)
  const measured = startBaton(project, ['run', 'main'])
  await firstStep(measured)
  const began = performance.now()
  expect((await measured.ended).exitCode).toBe(0)
  const wallMs = performance.now() - began

  let killed = 0
  for (const moment of randomMoments(wallMs).slice(0, 12)) {
    grow(20_000)
    if (await killAt(project, ['--json', 'run', 'main'], { ms: moment, from: 'first step' })) killed++
    await expectWholeStore(project, `killed after ${moment.toFixed(0)} ms:`)
  }
  expect(killed).toBeGreaterThanOrEqual(4)

  await batonJson(project, ['run', 'main'])
  const { rows: kept } = await batonJson<{ rows: number }>(project, ['data', 'show', 'events'])
  expect(kept).toBe(rows)
  const count = await batonJson<{ head: unknown[][] }>(project, ['data', 'head', 'count'])
  expect(count.head).toEqual([[rows, rows, 1, rows]])
  await expectNoOpenRuns(project)
}, 180_000)

test('a killed run takes the commands of its steps with it, also when only its own process dies', async () => {
  using folder = temporaryFolder()
  const project = smallProject(
    folder.path,
    `import { files, pipeline, shell } from 'baton-ml'
export default pipeline('main', {
  steps: (p) => p.step('long', { run: shell('echo begun > begun; sleep 600 & sleep 600; wait'), outputs: { out: files() } }),
})`,
  )
  const started = startBaton(project, ['run', 'main'])
  for (let waited = 0; waited < 20_000 && !existsSync(join(project, 'begun')); waited += 50) await sleep(50)
  expect(existsSync(join(project, 'begun'))).toBe(true)
  process.kill(started.child.pid!, 'SIGKILL')
  await started.ended
  await expectNoProcesses(project)
  await expectNoOpenRuns(project)
  await expectWholeStore(project)
}, 60_000)
