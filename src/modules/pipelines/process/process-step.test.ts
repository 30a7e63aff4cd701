import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openTestDatabase } from '../../../drivers/database/test-database.fixture.ts'
import { createProcessExecutor } from '../../../drivers/executor/process/index.ts'
import type { Json } from '../../../kernel/json.ts'
import { declareProcess, python, shell } from '../build/declare-process.ts'
import { files, table, value } from '../build/outputs.ts'
import type { GraphScope } from '../build/scope.ts'
import type { RunResult, StepOutcome } from '../run/events.ts'
import { type RunOptions, runPipeline } from '../run/run-pipeline.ts'
import { openTestProject, type TestProject, testScope } from '../pipelines.fixture.ts'
import { createTestProcessContext } from './process.fixture.ts'
import { createProcessStep } from './process-step.ts'

const variables: Record<string, string> = {}
let project: TestProject

beforeEach(async () => {
  const executor = createProcessExecutor({ graceMs: 500 })
  project = await openTestProject(openTestDatabase, [])
  const ctx = createTestProcessContext(project.root, executor, variables)
  project = Object.assign(project, { ctx: { ...project.ctx, env: ctx.env, kinds: [createProcessStep(ctx)] } })
  for (const name of Object.keys(variables)) delete variables[name]
})

afterEach(() => project[Symbol.asyncDispose]())

async function run(
  declare: (scope: GraphScope) => void,
  options?: RunOptions,
  params: Record<string, Json> = {},
): Promise<RunResult> {
  const scope = testScope(params)
  declare(scope)
  return runPipeline(project.ctx, scope.toGraph(), options)
}

function only(result: RunResult, name?: string): StepOutcome {
  return result.steps.find((step) => step.name === name) ?? result.steps[0]!
}

function logOf(outcome: StepOutcome): string {
  return readFileSync(join(project.root, '.baton', 'logs', `${outcome.runId}.log`), 'utf8')
}

function valueOf(outcome: StepOutcome, output = 'output'): Json | undefined {
  const found = outcome.outputs[output]
  return found?.kind === 'value' ? found.value : undefined
}

describe('shell steps', () => {
  test('see their inputs, outputs and params, and nothing else of the machine', async () => {
    variables.API_TOKEN = 'secret'
    process.env.LEAKED = 'yes'
    const result = await run(
      (scope) => {
        const { output } = declareProcess(scope, 'make', {
          run: shell('printf 42 > "$BATON_OUTPUT_OUTPUT"'),
          outputs: { output: value() },
        })
        declareProcess(scope, 'use', {
          run: shell('cat "$BATON_INPUT_NUMBER" > "$BATON_OUTPUT_OUTPUT/copy"; env > "$BATON_OUTPUT_OUTPUT/env"; pwd'),
          inputs: { number: output },
          env: ['API_TOKEN', { env: 'MODE', default: 'fast' }],
        })
      },
      {},
      { days: 30 },
    )
    delete process.env.LEAKED
    expect(only(result, 'make')).toMatchObject({ state: 'ran', outputs: { output: { value: 42 } } })
    const use = only(result, 'use')
    expect(use).toMatchObject({ state: 'ran', summary: '2 files' })
    expect(logOf(use).trim()).toBe(project.root)
    const output = use.outputs.output!
    const folder = join(project.root, '.baton', 'folders', output.digest.slice(7))
    expect(readFileSync(join(folder, 'copy'), 'utf8')).toBe('42')
    const env = readFileSync(join(folder, 'env'), 'utf8')
    const names = env
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]!)
    const own = names.filter((name) => !/^(PWD|OLDPWD|_|SHLVL|HOME|LANG|TZ)$/.test(name)).toSorted()
    expect(own).toEqual([
      'API_TOKEN',
      'BATON_INPUT_NUMBER',
      'BATON_METRICS',
      'BATON_OUTPUT_OUTPUT',
      'BATON_PARAMS',
      'MODE',
      'PATH',
      'PYTHONDONTWRITEBYTECODE',
      'PYTHONHASHSEED',
      'PYTHONPATH',
      'PYTHONUNBUFFERED',
      'TMPDIR',
    ])
    expect(env).toContain('BATON_PARAMS={"days":30}')
    expect(env).toContain('MODE=fast')
  })

  test('a declared variable counts by its content; a missing one is an error that names it', async () => {
    const declare = (scope: GraphScope): void =>
      void declareProcess(scope, 'call', { run: shell('true'), env: ['TOKEN'] })
    expect((await run(declare)).error).toMatchObject({ code: 'pipelines.env_missing' })
    variables.TOKEN = 'one'
    expect(only(await run(declare)).state).toBe('ran')
    expect(only(await run(declare)).state).toBe('cached')
    variables.TOKEN = 'two'
    expect(only(await run(declare)).reason).toBe('changed: env TOKEN: set → another value')
  })

  test('the command and the files that it names belong to the key', async () => {
    project.write('scripts/count.sh', 'wc -l < data.txt')
    project.write('data.txt', 'a\n')
    project.write('other.txt', '')
    const declare = (command: string) => (scope: GraphScope) =>
      void declareProcess(scope, 'count', { run: shell(command) })
    await run(declare('sh scripts/count.sh data.txt'))
    project.write('other.txt', 'changed')
    expect(only(await run(declare('sh scripts/count.sh data.txt'))).state).toBe('cached')
    project.write('data.txt', 'a\nb\n')
    expect(only(await run(declare('sh scripts/count.sh data.txt'))).reason).toBe('changed: code data.txt')
    expect(only(await run(declare('sh scripts/count.sh  data.txt'))).reason).toMatch(/^changed: code command/)
    const writes = declare('echo x >> data.txt')
    await run(writes)
    expect(only(await run(writes)).state).toBe('cached')
  })

  test('a failure carries the last lines, the exit code and how to run the step alone', async () => {
    const result = await run((scope) => {
      declareProcess(scope, 'fail', {
        run: shell('for i in $(seq 50); do echo line $i; done; echo broken >&2; exit 7'),
      })
    })
    const { failure } = only(result)
    expect(failure?.error).toMatchObject({
      code: 'pipelines.step_failed',
      message: expect.stringContaining('exit code 7'),
    })
    expect(failure?.logTail.at(-1)).toBe('broken')
    expect(failure?.logTail).toHaveLength(20)
    expect(failure?.rerun).toBe('baton run belt --only fail')
    expect(existsSync(failure!.logFile!)).toBe(true)
  })

  test('a step that prints 200 MB leaves a small log that says what is missing', async () => {
    const result = await run((scope) => {
      declareProcess(scope, 'noisy', {
        run: shell('echo first; yes 0123456789012345678901234567890 | head -c 200000000; echo last'),
      })
    })
    const outcome = only(result)
    expect(outcome.state).toBe('ran')
    const text = logOf(outcome)
    expect(text.length).toBeLessThan(6 << 20)
    expect(text.startsWith('first\n')).toBe(true)
    expect(text.trimEnd().endsWith('last')).toBe(true)
    const dropped = Number(/\[… (\d+) bytes of output were dropped here …\]/.exec(text)?.[1])
    expect(dropped).toBeGreaterThan(190_000_000)
  })

  test('a timeout ends the command and its children', async () => {
    const result = await run((scope) => {
      declareProcess(scope, 'slow', { run: shell('echo $$; sleep 60 & sleep 60'), timeoutMs: 300 })
    })
    expect(result.error).toMatchObject({ code: 'pipelines.step_timed_out' })
    const pid = only(result).failure?.logTail[0]
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(readdirSync(join(project.root, '.baton', 'tmp'))).toEqual([])
  })

  test('a table output needs files of a table; they become a version of its dataset', async () => {
    const declare = (command: string) => (scope: GraphScope) => {
      const made = declareProcess(scope, 'features', { run: shell(command), outputs: { output: table() } })
      declareProcess(scope, 'read', {
        run: shell('ls "$BATON_INPUT_FEATURES" > "$BATON_OUTPUT_OUTPUT/list"'),
        inputs: { features: made.output },
      })
    }
    expect((await run(declare('true'))).error).toMatchObject({ code: 'pipelines.output_not_written' })
    const stray = await run(declare('touch $BATON_OUTPUT_OUTPUT/a.csv $BATON_OUTPUT_OUTPUT/notes.txt'))
    expect(stray.error?.message).toContain('notes.txt')
    const good = await run(declare('printf "a\\n1\\n" > $BATON_OUTPUT_OUTPUT/b.csv'))
    expect(only(good)).toMatchObject({
      outputs: { output: { kind: 'table', dataset: 'features', version: 1, rows: 2 } },
    })
    const list = only(good, 'read').outputs.output!
    const folder = join(project.root, '.baton', 'folders', list.digest.slice(7))
    expect(readFileSync(join(folder, 'list'), 'utf8')).toBe('part-00000.parquet\n')
  })

  test('Ctrl-C stops the children and leaves nothing behind', async () => {
    const stop = new AbortController()
    let pid = ''
    const result = await run((scope) => declareProcess(scope, 'wait', { run: shell('echo $$; sleep 60') }), {
      signal: stop.signal,
      onEvent(event) {
        if (event.type !== 'step_log') return
        pid = event.text.trim()
        stop.abort()
      },
    })
    expect(result).toMatchObject({ state: 'interrupted', error: { kind: 'interrupted' } })
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(readdirSync(join(project.root, '.baton', 'tmp'))).toEqual([])
  })
})

describe('TypeScript steps', () => {
  test('a module gets typed files, params, log and metrics, and may import baton-ml', async () => {
    project.write('src/lib.ts', 'export const factor: number = 2\n')
    project.write(
      'src/double.ts',
      `import { writeFileSync } from 'node:fs'
       import { step } from 'baton-ml'
       import { factor } from './lib.ts'
       export default step<{ inputs: { number: 'value' }; outputs: { doubled: 'value'; notes: 'files' } }>(
         async ({ inputs, outputs, params, log, metric }) => {
           log('doubling', { number: inputs.number.value })
           for (const round of [1, 2, 3]) metric('loss', 1 / round, round)
           outputs.doubled.write((inputs.number.value as number) * factor + (params.add as number))
           writeFileSync(outputs.notes.path + '/note.txt', 'done')
         },
       )`,
    )
    const declare = (scope: GraphScope): void => {
      const { output } = declareProcess(scope, 'make', {
        run: shell('echo 21 > $BATON_OUTPUT_OUTPUT'),
        outputs: { output: value() },
      })
      declareProcess(scope, 'double', {
        run: 'src/double.ts',
        inputs: { number: output },
        outputs: { doubled: value(), notes: files() },
        params: ['add'],
      })
    }
    const result = await run(declare, {}, { add: 1, other: 0 })
    const double = only(result, 'double')
    expect(double.failure?.logTail).toBeUndefined()
    expect(double).toMatchObject({ state: 'ran', metrics: { loss: 1 / 3 } })
    expect(valueOf(double, 'doubled')).toBe(43)
    expect(logOf(double)).toBe('doubling { number: 21 }\n')
    expect(project.recorder.ended.get(double.runId!)?.points.map((point) => point.step)).toEqual([1, 2, 3])
    expect(only(await run(declare, {}, { add: 1, other: 5 }), 'double').state).toBe('cached')
    project.write('src/lib.ts', 'export const factor: number = 3\n')
    const changed = only(await run(declare, {}, { add: 1, other: 0 }), 'double')
    expect(changed.reason).toBe('changed: code src/lib.ts')
    expect(valueOf(changed, 'doubled')).toBe(64)
    expect(only(await run(declare, {}, { add: 2, other: 0 }), 'double').reason).toBe('changed: param add: 1 → 2')
  })

  test('an error ends the step with its stack; an unknown input names those it has', async () => {
    project.write('src/bad.ts', 'export default ({ inputs }) => { console.log(inputs.train.path) }\n')
    const result = await run((scope) => declareProcess(scope, 'bad', { run: 'src/bad.ts' }))
    const tail = only(result).failure?.logTail.join('\n')
    expect(tail).toContain('this step has no input "train"; it has: none')
    expect(tail).toContain('src/bad.ts:1:')
    const missing = await run((scope) => declareProcess(scope, 'gone', { run: 'src/gone.ts' }))
    expect(missing.error?.message).toContain('src/gone.ts does not exist')
  })

  test('a module without a function is a script; input folders are read-only copies', async () => {
    project.write(
      'src/script.ts',
      `import { readFileSync, writeFileSync } from 'node:fs'
       const input = process.env.BATON_INPUT_FOLDER + '/a.txt'
       let refused = 0
       try { writeFileSync(input, 'changed') } catch { refused = 1 }
       writeFileSync(process.env.BATON_OUTPUT_OUTPUT!, JSON.stringify([readFileSync(input, 'utf8').trim(), refused]))`,
    )
    const result = await run((scope) => {
      const { output } = declareProcess(scope, 'make', { run: shell('echo a > $BATON_OUTPUT_OUTPUT/a.txt') })
      declareProcess(scope, 'script', {
        run: 'src/script.ts',
        inputs: { folder: output },
        outputs: { output: value() },
      })
    })
    // Root may write to a read-only file: the copy is private either way.
    const isRoot = process.getuid?.() === 0
    expect(valueOf(only(result, 'script'))).toEqual(isRoot ? ['changed', 0] : ['a', 1])
  })

  test('a CommonJS module works too; an optional param may be absent and the context can be printed', async () => {
    project.write(
      'src/old.cjs',
      `const { inspect } = require('node:util')
module.exports = ({ inputs, outputs, params }) => outputs.output.write([params.limit ?? 10, JSON.stringify(inputs), inspect(inputs)])`,
    )
    const result = await run((scope) =>
      declareProcess(scope, 'old', { run: 'src/old.cjs', outputs: { output: value() } }),
    )
    expect(only(result).failure).toBeUndefined()
    expect(valueOf(only(result))).toEqual([10, '{}', '{}'])
  })

  test('SIGTERM fires the signal of the step, which may end in peace', async () => {
    project.write(
      'src/wait.ts',
      `export default ({ signal, log }) => new Promise((resolve) => {
         const timer = setInterval(() => undefined, 1000)
         signal.addEventListener('abort', () => { log('cleaning up'); clearInterval(timer); resolve() })
         log('ready')
       })`,
    )
    const stop = new AbortController()
    const result = await run((scope) => declareProcess(scope, 'wait', { run: 'src/wait.ts' }), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'step_log' && event.text.includes('ready')) stop.abort()
      },
    })
    expect(result.state).toBe('interrupted')
    expect(only(result).failure?.logTail).toContain('cleaning up')
  })
})

describe('functions in the pipeline file', () => {
  const head = `import { readFileSync as read, type Stats } from 'node:fs'\nimport { half } from '../src/half.ts'\nimport type { X } from './x.ts'\nimport unused from '../src/unused.ts'\n`

  beforeEach(() => {
    project.write('src/half.ts', 'export const half = (n: number): number => n / 2\n')
    project.write('src/unused.ts', 'export default 1\n')
    project.write('pipelines/belt.ts', `${head}const other = 1\n`)
  })

  test('run with the imports of the file that they use; an edit elsewhere leaves them alone', async () => {
    const half = (number: number): number => number
    const declare = (scope: GraphScope): void => {
      declareProcess(scope, 'inline', {
        outputs: { output: value() },
        run: ({ outputs, params, metric }) => {
          metric('half', half(Number(params.n)))
          outputs.output.write(half(Number(params.n)))
        },
      })
    }
    const first = only(await run(declare, {}, { n: 84 }))
    expect(first.failure).toBeUndefined()
    expect(first).toMatchObject({ state: 'ran', metrics: { half: 42 } })
    project.write('pipelines/belt.ts', `${head}const other = 2 // edited\n`)
    project.write('src/unused.ts', 'export default 2\n')
    expect(only(await run(declare, {}, { n: 84 })).state).toBe('cached')
    project.write('src/half.ts', 'export const half = (n: number): number => n / 4\n')
    const changed = only(await run(declare, {}, { n: 84 }))
    expect(changed.reason).toBe('changed: code src/half.ts')
    expect(valueOf(changed)).toBe(21)
  })

  test('methods work too, and a changed body is a change', async () => {
    const declare = (scope: GraphScope): void => {
      declareProcess(scope, 'inline', {
        outputs: { output: value() },
        async run({ outputs }) {
          await Promise.resolve()
          outputs.output.write('method')
        },
      })
    }
    expect(valueOf(only(await run(declare)))).toBe('method')
    const changed = await run((scope) =>
      declareProcess(scope, 'inline', {
        outputs: { output: value() },
        run: (step) => step.outputs.output.write('arrow'),
      }),
    )
    expect(only(changed).reason).toBe('changed: code pipelines/belt.ts (function)')
    expect(valueOf(only(changed))).toBe('arrow')
  })

  test('a name of the file that is not imported ends with advice', async () => {
    const other = 1
    const result = await run((scope) => declareProcess(scope, 'inline', { run: ({ log }) => log(other) }))
    expect(only(result).failure?.logTail.join('\n')).toContain('Move the work to a module')
  })
})

const hasPython = spawnSync('python3', ['--version']).status === 0

describe.skipIf(!hasPython)(`Python steps${hasPython ? '' : ' (skipped: no python3 on the PATH)'}`, () => {
  test('run with the project interpreter, see the same contract, and are followed by imports', async () => {
    project.write('src/lib/__init__.py', '')
    project.write('src/lib/rules.py', 'FACTOR = 2\n')
    project.write(
      'src/train.py',
      `import json, os, sys
from lib.rules import FACTOR
params = json.loads(os.environ["BATON_PARAMS"])
with open(os.environ["BATON_METRICS"], "a") as metrics:
    metrics.write(json.dumps({"name": "auc", "value": 0.5 * FACTOR}) + "\\n")
json.dump([params["n"] * FACTOR, sys.argv[1:]], open(os.environ["BATON_OUTPUT_OUTPUT"], "w"))
print("trained")
`,
    )
    const declare = (scope: GraphScope): void => {
      declareProcess(scope, 'train', { run: python('src/train.py', '--fast'), outputs: { output: value() } })
    }
    const first = only(await run(declare, {}, { n: 4 }))
    expect(first.failure).toBeUndefined()
    expect(first).toMatchObject({ state: 'ran', metrics: { auc: 1 } })
    expect(valueOf(first)).toEqual([8, ['--fast']])
    expect(existsSync(join(project.root, 'src', 'lib', '__pycache__'))).toBe(false)
    expect(only(await run(declare, {}, { n: 4 })).state).toBe('cached')
    project.write('src/lib/rules.py', 'FACTOR = 3\n')
    expect(only(await run(declare, {}, { n: 4 })).reason).toBe('changed: code src/lib/rules.py')
  })

  test('a metric that is no number names its line', async () => {
    project.write(
      'src/nan.py',
      `import os\nopen(os.environ["BATON_METRICS"], "w").write('{"name": "a", "value": 1}\\n{"name": "b", "value": NaN}\\n')\n`,
    )
    const result = await run((scope) => declareProcess(scope, 'nan', { run: python('src/nan.py') }))
    expect(result.error).toMatchObject({ code: 'pipelines.metrics_invalid', where: { line: 2 } })
  })
})
