import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type PostgresServer, postgresMissing, startPostgres } from './postgres-server.ts'
import {
  batonJson,
  churnProject,
  type ErrorDocument,
  expectNoProcesses,
  killGroup,
  type RunDocument,
  runBaton,
  startBaton,
  statesOf,
  temporaryFolder,
} from './project.ts'

const missing = postgresMissing()

describe.skipIf(missing !== undefined)(`the database on PostgreSQL${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: PostgresServer
  let folder: ReturnType<typeof temporaryFolder>
  let project: string
  let env: { BATON_DATABASE: string }
  beforeAll(async () => {
    folder = temporaryFolder()
    server = await startPostgres()
    server.createDatabase('baton')
    env = { BATON_DATABASE: server.url('baton') }
    project = churnProject(folder.path, 250, { quick: true })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    folder[Symbol.dispose]()
  })
  const json = <Document>(...args: string[]) => batonJson<Document>(project, args, env)

  test('a run that is killed is seen as stopped, and the next one goes on', async () => {
    const killed = startBaton(project, ['run', 'churn'], env)
    while (!existsSync(join(project, '.baton/tables/invoices'))) await new Promise((done) => setTimeout(done, 20))
    killGroup(killed)
    await killed.ended
    await expectNoProcesses(project)
    const run = await json<RunDocument>('run', 'churn')
    expect(run.state).toBe('done')
    const { items } = await json<{ items: { status: string }[] }>('runs', 'list')
    expect(items.map(({ status }) => status).toSorted()).toEqual(['FINISHED', 'KILLED'])
  })

  test('the churn pipeline runs, then comes from the cache, and nothing is left in a file', async () => {
    const again = await json<RunDocument>('run', 'churn')
    expect(new Set(Object.values(statesOf(again)))).toEqual(new Set(['cached']))
    expect(existsSync(join(project, '.baton/baton.db'))).toBe(false)
  })

  test('a model is promoted and the store verified', async () => {
    await json('models', 'promote', 'churn@1', '--to', 'champion', '--why', 'the first that passed')
    const shown = await json<{ aliases: Record<string, number> }>('models', 'show', 'churn')
    expect(shown.aliases['champion']).toBe(1)
    expect((await json<{ problems: unknown[] }>('verify')).problems).toEqual([])
  })

  test('two commands at once make one history', async () => {
    const promote = (to: string) => json('models', 'promote', 'churn@1', '--to', to, '--why', 'at once')
    await Promise.all([promote('blue'), promote('green'), json('runs', 'list')])
    const shown = await json<{ aliases: Record<string, number> }>('models', 'show', 'churn')
    expect(shown.aliases).toMatchObject({ blue: 1, green: 1, champion: 1 })
  })

  test('a run is reproduced in a copy of the database', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@shop.example', ...args], { cwd: project })
    git('init', '-q')
    git('add', '.')
    git('-c', 'commit.gpgsign=false', 'commit', '-qm', 'the churn model')
    const run = await json<RunDocument>('run', 'churn', '--force')
    const { outputs } = await json<{ outputs: { verdict: string }[] }>('reproduce', run.runId)
    expect(outputs.length).toBeGreaterThan(3)
    // A report holds times that were measured.
    for (const { verdict } of outputs) expect(['identical', 'within_tolerance']).toContain(verdict)
    const { tags } = await json<{ tags: Record<string, string> }>('runs', 'show', run.runId)
    expect(tags['baton.reproduced']).toBe('yes')
  })

  test('the password is shown nowhere and kept nowhere', async () => {
    const { password } = new URL(env.BATON_DATABASE)
    const ended = await runBaton(project, ['config'], env)
    expect(ended.stdout).toContain('postgres://baton:***@127.0.0.1')
    const files = readdirSync(join(project, '.baton'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const holding = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(password))
    expect(holding).toEqual([])
    const nowhere = await runBaton(project, ['--json', 'runs', 'list'], { BATON_DATABASE: server.url('nowhere') })
    expect(nowhere.exitCode).not.toBe(0)
    expect(nowhere.stdout + nowhere.stderr).not.toContain(password)
    const { error } = JSON.parse(nowhere.stdout || nowhere.stderr) as { error: ErrorDocument }
    expect(error.code).toBe('database.unreachable')
    const malformed = await runBaton(project, ['runs', 'list'], {
      BATON_DATABASE: `postgres://ana:${password}@h:port/x`,
    })
    expect(malformed.stderr).toContain('"database"')
    expect(malformed.stdout + malformed.stderr).not.toContain(password)
  })
})
