import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { BatonError, InterruptedError } from '../kernel/errors.ts'
import type { RunId } from '../kernel/ids.ts'
import type { RunResult, StepOutcome } from '../modules/pipelines/index.ts'
import type { Delivery } from '../modules/serving/index.ts'
import type { Run } from '../modules/tracking/index.ts'
import type { CliApp } from './app-interface.ts'
import { runCli } from './cli.ts'

let project: string
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'baton-cli-'))
  writeFileSync(join(project, 'baton.config.ts'), 'export default { name: "belt" }\n')
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

interface Call {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

/** One call of the command line inside this process, over an app that has just the methods given. */
async function call(
  argv: readonly string[],
  methods: Partial<CliApp> = {},
  around: { stop?: boolean; cwd?: string } = {},
): Promise<Call> {
  let out = ''
  let err = ''
  const controller = new AbortController()
  if (around.stop === true) controller.abort(new InterruptedError())
  const missing = () => Promise.reject(new TypeError('this test has no such method'))
  const app = { [Symbol.asyncDispose]: () => Promise.resolve(), ...methods } as CliApp
  const exitCode = await runCli({
    argv,
    cwd: around.cwd ?? project,
    env: {},
    stdout: { write: (text) => void (out += text) },
    stderr: { write: (text) => void (err += text) },
    signal: controller.signal,
    now: () => new Date('2026-01-12T06:00:00Z'),
    backend: { openApp: () => Promise.resolve(app), openTools: missing, openServer: missing },
  })
  return { exitCode, out, err }
}

const runId = 'a'.repeat(24) as RunId
const broken = new BatonError({
  code: 'datasets.schema_violation',
  kind: 'check',
  message: '12 rows have no date.',
  hint: 'Mend them.',
})

function step(name: string, state: StepOutcome['state'], rest: Partial<StepOutcome> = {}): StepOutcome {
  return { name, kind: 'process', state, reason: '', wallMs: 10, outputs: {}, metrics: {}, notices: [], ...rest }
}

function result(state: RunResult['state'], steps: readonly StepOutcome[], error?: BatonError): RunResult {
  return { runId, pipeline: 'churn', state, steps, wallMs: 61_000, ...(error === undefined ? {} : { error }) }
}

describe('what was made and what is next', () => {
  it('ends a run, with notices of its steps', async () => {
    const notices = [{ label: 'quality report', text: '.baton/reports/churn-7.html' }]
    const made = result('done', [step('train', 'cached'), step('register', 'ran', { notices })])
    const { exitCode, out } = await call(['run', 'churn'], { runPipeline: () => Promise.resolve(made) })
    expect(exitCode).toBe(0)
    expect(out).toContain('done  churn: 1 ran, 1 cached in 1 m 1 s')
    expect(out).toContain('quality report  .baton/reports/churn-7.html')
  })

  it('ends a failed run with the last lines of the step, the error, and how to run it alone', async () => {
    const failure = { error: broken, logTail: ['row 7', 'bad\u001b[2J'], rerun: 'baton run churn --only ingest' }
    const made = result('failed', [step('ingest', 'failed', { failure })], broken)
    const { exitCode, out } = await call(['run', 'churn'], { runPipeline: () => Promise.resolve(made) })
    expect(exitCode).toBe(1)
    expect(out).toContain('  row 7\n  bad\\u001b[2J')
    expect(out).toContain('code   datasets.schema_violation')
    expect(out).toContain('run it alone  baton run churn --only ingest')
  })

  it('shows paths below the folder as they would be typed there', async () => {
    const data = join(project, 'data/a.csv')
    const empty = new BatonError({
      code: 'x.y',
      kind: 'usage',
      message: `${data} is empty.`,
      hint: 'h',
      where: { file: data },
    })
    const logFile = join(project, '.baton/logs/1.log')
    const failure = { error: empty, logTail: [`reading ${data}`], logFile, rerun: 'baton run churn --only ingest' }
    const made = result('failed', [step('ingest', 'failed', { failure })], empty)
    const { out } = await call(['run', 'churn'], { runPipeline: () => Promise.resolve(made) })
    expect(out).toContain('error  data/a.csv is empty.\n  where  data/a.csv\n')
    expect(out).toContain('log           .baton/logs/1.log\n')
    expect(out).not.toContain(project)
  })

  it('shows paths and commands as they are typed from another folder', async () => {
    const report = '.baton/reports/churn-7.html'
    mkdirSync(join(project, 'below'), { recursive: true })
    mkdirSync(join(project, '.baton/reports'), { recursive: true })
    writeFileSync(join(project, report), 'page')
    const notices = [
      { label: 'quality report', text: report },
      { label: 'next', text: 'baton models promote churn@7' },
    ]
    const runPipeline = () => Promise.resolve(result('done', [step('register', 'ran', { notices })]))
    const below = await call(['run', 'churn'], { runPipeline }, { cwd: join(project, 'below') })
    expect(below.out).toContain(`quality report  ../${report}\nnext            baton models promote`)
    const outside = await call(
      ['run', 'churn', '--project', basename(project)],
      { runPipeline },
      { cwd: dirname(project) },
    )
    expect(outside.out).toContain(`quality report  ${basename(project)}/${report}\n`)
    expect(outside.out).toContain(`next            baton --project ${basename(project)} models promote churn@7\n`)
    expect(outside.out).toContain(`run             baton --project ${basename(project)} runs show aaaaaaaa`)
  })

  it('names the same page once, the last time, and other notices of one label all', async () => {
    mkdirSync(join(project, 'pages'), { recursive: true })
    for (const [name, text] of [
      ['churn-7d93.html', 'churn'],
      ['churn-1.html', 'churn'],
      ['spend-1.html', 'spend'],
    ] as const)
      writeFileSync(join(project, 'pages', name), text)
    const report = (file: string) =>
      step(file, 'ran', { notices: [{ label: 'quality report', text: `pages/${file}` }] })
    const steps = ['churn-7d93.html', 'spend-1.html', 'churn-1.html'].map(report)
    const { out } = await call(['run', 'churn'], { runPipeline: () => Promise.resolve(result('done', steps)) })
    expect(out.match(/pages\/.*/g)).toEqual(['pages/spend-1.html', 'pages/churn-1.html'])
  })

  it('has the error of a failed run at the top of the JSON, with its step, its log and how to run it alone', async () => {
    const logFile = join(project, '.baton/logs/1.log')
    const failure = { error: broken, logTail: ['row 7'], logFile, rerun: 'baton run churn --only ingest' }
    const made = result('failed', [step('ingest', 'failed', { failure }), step('train', 'skipped')], broken)
    const { out } = await call(['run', 'churn', '--json'], { runPipeline: () => Promise.resolve(made) })
    const document = JSON.parse(out) as { state: string; steps: unknown[]; error: unknown }
    expect(document.state).toBe('failed')
    expect(document.steps).toHaveLength(2)
    expect(document.error).toEqual({
      code: 'datasets.schema_violation',
      kind: 'check',
      message: '12 rows have no date.',
      hint: 'Mend them.',
      details: { step: 'ingest', log: logFile, logTail: ['row 7'], rerun: 'baton run churn --only ingest' },
    })
  })
})

describe('a list with more than a page', () => {
  it('ends with the command that shows the next one, with the same filters', async () => {
    const asked: unknown[] = []
    const run: Run = {
      id: runId,
      name: 'churn',
      kind: 'pipeline',
      status: 'FINISHED',
      startedMs: 0,
      metrics: [],
      params: {},
      tags: {},
      inputs: [],
      outputs: [],
    } as unknown as Run
    const listRuns: CliApp['listRuns'] = (filter) => {
      asked.push(filter)
      return Promise.resolve({ items: [run], ...(filter.pageToken === undefined ? { next: 'abc' } : {}) })
    }
    const args = ['runs', 'list', '--filter', "params.x = '1'", '-n', '1', '--steps']
    const first = await call(args, { listRuns })
    expect(first.out).toContain(`baton runs list --filter 'params.x = '\\''1'\\''' --limit 1 --steps --after abc\n`)
    const second = await call([...args, '--after', 'abc'], { listRuns })
    expect(second.out).not.toContain('There are more')
    expect(asked[1]).toEqual({ ...(asked[0] as object), pageToken: 'abc' })
    expect(JSON.parse((await call([...args, '--json'], { listRuns })).out)).toMatchObject({ next: 'abc' })
  })
})

it('deliveries list shows what did not arrive and what sends it again', async () => {
  const delivery: Delivery = {
    batchKey: 'sha256:00000000000000000abcdef',
    pipeline: 'churn',
    step: 'crm',
    runId,
    host: 'crm.example',
    rows: 12,
    firstKey: 'a',
    lastKey: 'b',
    state: 'refused',
    attempts: 3,
    status: 422,
    answer: 'no such\ncustomer',
    createdAt: '2026-01-12T05:00:00Z',
    updatedAt: '2026-01-12T05:00:00Z',
    deliveredAt: undefined,
  }
  const asked: unknown[] = []
  const listDeliveries: CliApp['listDeliveries'] = (filter) => {
    asked.push(filter)
    return Promise.resolve({ items: [delivery], next: '2026-01-12 x' })
  }
  const { out } = await call(['deliveries', 'list', '--state', 'refused'], { listDeliveries })
  expect(asked).toEqual([{ limit: 20, state: 'refused' }])
  expect(out).toMatch(
    /0000abcdef +churn\/crm +refused +12 +a … b +crm\.example +3 +1 hour ago +aaaaaaaa +422 no such\\ncustomer/,
  )
  expect(out).toContain("baton deliveries list --state refused --after '2026-01-12 x'\n")
  expect(out).toContain('sent again by the next run: baton run churn\n')
})

describe('run without a name', () => {
  it('takes the only pipeline, and asks which of several', async () => {
    const asked: string[] = []
    const runPipeline: CliApp['runPipeline'] = ({ pipeline }) => {
      asked.push(pipeline)
      return Promise.resolve(result('done', []))
    }
    expect((await call(['run'], { runPipeline, listPipelines: () => ['churn'] })).exitCode).toBe(0)
    expect(asked).toEqual(['churn'])
    const several = await call(['run'], { runPipeline, listPipelines: () => ['churn', 'spend'] })
    expect([several.exitCode, several.err.includes('this project has churn, spend')]).toEqual([2, true])
  })
})

describe('a run that was stopped', () => {
  it('tells how to go on, and nothing about a failure', async () => {
    const failure = { error: new InterruptedError(), logTail: ['half a line'], rerun: 'baton run churn --only train' }
    const made = result('interrupted', [step('train', 'failed', { failure })], new InterruptedError())
    const { exitCode, out } = await call(['run', 'churn'], { runPipeline: () => Promise.resolve(made) })
    expect(exitCode).toBe(130)
    expect(out).not.toContain('half a line')
    expect(out).toContain('baton run churn, which goes on where it stopped')
  })
})

describe('exit codes', () => {
  it('of a run say whose fault it was', async () => {
    const run = async (made: RunResult) =>
      (await call(['run', 'x'], { runPipeline: () => Promise.resolve(made) })).exitCode
    expect(await run(result('done', []))).toBe(0)
    expect(await run(result('interrupted', [], new InterruptedError()))).toBe(130)
    expect(await run(result('failed', [], broken))).toBe(1)
  })

  it.each([
    ['check', 1],
    ['usage', 2],
    ['not_found', 3],
    ['conflict', 4],
    ['unavailable', 5],
    ['internal', 70],
    ['interrupted', 130],
  ] as const)('of an error of kind %s is %d', async (kind, code) => {
    const error = new BatonError({ code: 'x.y', kind, message: 'm', hint: 'h' })
    expect((await call(['data', 'list'], { listDatasets: () => Promise.reject(error) })).exitCode).toBe(code)
  })

  it('of a store with a problem is 1', async () => {
    const problems = [{ what: 'blob is torn', where: 'sha256:ab', hint: 'run it again' }]
    const verify = (list: typeof problems) => () =>
      Promise.resolve({ checked: { blobs: 3 }, problems: list, leftovers: [], cleaned: [] })
    expect((await call(['verify'], { verify: verify(problems) })).exitCode).toBe(1)
    expect(await call(['verify'], { verify: verify([]) })).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('whole'),
    })
  })

  it('of something nobody foresaw is 70, and 130 when it was stopped', async () => {
    const listDatasets = () => Promise.reject(new TypeError('x is undefined'))
    expect(await call(['data', 'list'], { listDatasets })).toMatchObject({ exitCode: 70 })
    expect(await call(['data', 'list'], { listDatasets }, { stop: true })).toMatchObject({ exitCode: 130 })
  })
})

describe('--json', () => {
  it('prints one document, errors of steps with their message', async () => {
    const made = result(
      'failed',
      [step('a', 'failed', { failure: { error: broken, logTail: [], rerun: 'r' } })],
      broken,
    )
    const { out, exitCode } = await call(['run', 'churn', '--json'], { runPipeline: () => Promise.resolve(made) })
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      pipeline: 'churn',
      state: 'failed',
      error: { code: 'datasets.schema_violation', message: '12 rows have no date.' },
      steps: [{ name: 'a', failure: { error: { message: '12 rows have no date.', hint: 'Mend them.' } } }],
    })
  })

  it('prints an error as a document too, and nothing else on standard output', async () => {
    const { out, err, exitCode } = await call(['rnu', '--json'])
    expect(exitCode).toBe(2)
    expect(err).toBe('')
    expect(JSON.parse(out)).toEqual({
      error: {
        code: 'cli.unknown_command',
        kind: 'usage',
        message: 'There is no command "baton rnu".',
        hint: 'Did you mean "run"? "baton --help" lists what there is.',
        details: { command: 'rnu', near: 'run' },
      },
    })
  })

  it('writes progress to standard error only', async () => {
    const runPipeline: CliApp['runPipeline'] = ({ onEvent }) => {
      onEvent({ type: 'step_finished', step: 'a', outcome: step('a', 'cached') })
      return Promise.resolve(result('done', [step('a', 'cached')]))
    }
    const loud = await call(['run', 'x', '--json'], { runPipeline })
    expect(JSON.parse(loud.out)).toMatchObject({ state: 'done' })
    expect(loud.err).toContain('cached')
    expect((await call(['run', 'x', '--quiet'], { runPipeline })).err).toBe('')
  })
})

describe('wrong use', () => {
  it.each([
    [['models', 'promot', 'x'], 'cli.unknown_command', '"promote"'],
    [['run', 'x', '--pram', 'a=1'], 'cli.unknown_option', '"--param"'],
    [['runs', 'list', '--jsno'], 'cli.unknown_option', '"--json"'],
    [['explain'], 'cli.wrong_arguments', '--help'],
    [['run', 'a', 'b'], 'cli.wrong_arguments', '--help'],
    [['run', 'x', '--param', 'novalue'], 'cli.invalid_option', 'name=value'],
    [['run', 'x', '-j', '0'], 'config.invalid_setting', '1 to 256'],
    [['runs', 'list', '--state', 'odd'], 'cli.invalid_option', 'running'],
    [['models', 'promote', 'churn@7', '--to', 'champion'], 'cli.wrong_arguments', '--help'],
    [['predict', 'churn', '--input', 'a.csv'], 'cli.wrong_arguments', '--help'],
    [['init', 'x'], 'cli.wrong_arguments', '--help'],
  ])('%j is %s and points to %s', async (argv, code, hint) => {
    const { exitCode, err } = await call(argv)
    expect(exitCode).toBe(2)
    expect(err).toContain(code)
    expect(err).toContain(hint)
  })

  it('leaves a stack out unless --debug', async () => {
    expect((await call(['rnu'])).err).not.toContain('    at ')
    expect((await call(['rnu', '--debug'])).err).toContain('    at ')
  })
})

it('what the command opened is closed, also after a failure', async () => {
  let closed = 0
  const [Symbol_asyncDispose] = [Symbol.asyncDispose] as const
  await call(['data', 'list'], {
    listDatasets: () => Promise.reject(broken),
    [Symbol_asyncDispose]: () => {
      closed += 1
      return Promise.resolve()
    },
  })
  expect(closed).toBe(1)
})

it('a path is meant from where one stands, and a dataset by its name', async () => {
  const asked: string[] = []
  const predict: CliApp['predict'] = (request) => {
    asked.push(request.input, request.output)
    return Promise.reject(broken)
  }
  await call(['predict', 'm', '--input', 'rows.csv', '--output', 'out.parquet'], { predict })
  await call(['predict', 'm', '--input', 'customers@3', '--output', '/tmp/o.csv'], { predict })
  expect(asked).toEqual([join(project, 'rows.csv'), join(project, 'out.parquet'), 'customers@3', '/tmp/o.csv'])
})
