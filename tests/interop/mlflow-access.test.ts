import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The real Python package against a server where one has to sign in, with a model that a pipeline has registered.

const root = fileURLToPath(new URL('../../', import.meta.url))
const script = join(root, 'tests/interop/mlflow/access_and_own_model.py')
const python = join(root, '.venv-interop/bin/python')
const ready = existsSync(python) && hasPackages()
const reason = ready ? '' : ' (skipped: no virtual environment with mlflow and onnxruntime; make test-interop makes it)'

function hasPackages(): boolean {
  try {
    const wanted = '("mlflow", "onnxruntime", "pandas")'
    execFileSync(python, [
      '-c',
      `import importlib.util as u, sys; sys.exit(any(u.find_spec(p) is None for p in ${wanted}))`,
    ])
    return true
  } catch {
    return false
  }
}

const folder = mkdtempSync(join(tmpdir(), 'baton-access-'))
const project = join(folder, 'shop')
const names = Array.from(readFileSync(script, 'utf8').matchAll(/^ {4}def (scenario_\w+)\(/gm), (match) => match[1]!)
const outcomes = new Map<string, string | null>()
let server: ChildProcess | undefined

/** People of a shop, some with gaps; who is older and comes seldom leaves. The same rows at every call. */
function peopleCsv(rows: number): string {
  let state = 7
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
  const lines = ['age,income,region,visits,churned']
  for (let row = 0; row < rows; row += 1) {
    const age = 18 + Math.floor(random() * 63)
    const income = random() < 0.05 ? '' : (20 + random() * 60).toFixed(2)
    const region = ['north', 'south', 'east', ''][Math.floor(random() * 4)]!
    const visits = Math.floor(random() * 31)
    const odds = 0.05 * (age - 45) - 0.1 * visits + (region === 'north' ? 1 : 0) + 0.5
    lines.push(`${age},${income},${region},${visits},${random() < 1 / (1 + Math.exp(-odds)) ? 'yes' : 'no'}`)
  }
  return `${lines.join('\n')}\n`
}

function baton(args: readonly string[], options: { readonly cwd?: string; readonly input?: string } = {}): string {
  return execFileSync(process.execPath, [join(root, 'src/bin.ts'), ...args], {
    cwd: options.cwd ?? project,
    encoding: 'utf8',
    input: options.input ?? '',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

interface User {
  readonly token?: string
  readonly password?: string
}

function addUsers(): Readonly<Record<string, User>> {
  const users: Record<string, User> = {}
  for (const [name, role, password] of [
    ['ben', 'admin', 'ben has a long one'],
    ['ana', 'data_scientist', undefined],
    ['eva', 'engineer', undefined],
    ['vic', 'viewer', 'vic has one too'],
  ] as const) {
    const words = ['users', 'add', name, '--role', role]
    if (password === undefined) baton(words)
    else baton([...words, '--password-stdin'], { input: `${password}\n` })
    const { secret } = JSON.parse(baton(['tokens', 'create', name, '--json'])) as { secret: string }
    users[name] = { token: secret, ...(password === undefined ? {} : { password }) }
  }
  baton(['users', 'add', 'zoe', '--role', 'admin', '--in', 'another-project'])
  const { secret } = JSON.parse(baton(['tokens', 'create', 'zoe', '--json'])) as { secret: string }
  return { ...users, zoe: { token: secret } }
}

async function startServer(): Promise<string> {
  server = spawn(process.execPath, [join(root, 'src/bin.ts'), 'up', '--port', '0'], {
    cwd: project,
    env: { ...process.env, BATON_AUTH: 'true' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: string[] = []
  for await (const line of createInterface({ input: server.stderr! })) {
    log.push(line)
    const url = /^Baton is up at (\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    server.stderr!.resume()
    return url
  }
  throw new Error(`the server did not start:\n${log.join('\n')}`)
}

async function prepareAndRun(): Promise<void> {
  const input = join(folder, 'people.csv')
  const scores = join(folder, 'scores.csv')
  writeFileSync(input, peopleCsv(3000))
  baton(['init', 'shop', '--from', input, '--target', 'churned'], { cwd: folder })
  baton(['run', 'shop'])
  baton(['models', 'promote', 'shop@1', '--to', 'champion', '--why', 'the first one'])
  baton(['predict', 'shop@champion', '--input', input, '--output', scores])
  const users = addUsers()
  const url = await startServer()
  const runner = spawn(python, [script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: '/usr/bin:/bin',
      HOME: folder,
      MLFLOW_TRACKING_URI: url,
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      BATON_TEST: JSON.stringify({ users, model: 'shop', input, scores, target: 'churned' }),
    },
  })
  for await (const line of createInterface({ input: runner.stdout })) {
    const { name, error } = JSON.parse(line) as { name: string; error: string | null }
    outcomes.set(name, error)
  }
  if (runner.exitCode === null) await once(runner, 'exit')
}

describe.skipIf(!ready)(`MLflow's Python client where one has to sign in${reason}`, () => {
  beforeAll(prepareAndRun, 300_000)
  afterAll(async () => {
    server?.kill('SIGTERM')
    if (server !== undefined && server.exitCode === null) await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }, 30_000)

  for (const name of names) {
    test(name.replace('scenario_', '').replaceAll('_', ' '), () => {
      expect(outcomes.has(name), 'the scenario has not run').toBe(true)
      expect(outcomes.get(name) ?? '').toBe('')
    })
  }
})
