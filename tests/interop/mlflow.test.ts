import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The real Python package, unmodified, against a server on a fresh store. The scenarios are in mlflow/scenarios_*.py.

const root = fileURLToPath(new URL('../../', import.meta.url))
const scenarios = join(root, 'tests/interop/mlflow')
const python = join(root, '.venv-interop/bin/python')
const ready = existsSync(python) && hasPackages()
const reason = ready ? '' : ' (skipped: no virtual environment with mlflow; make test-interop makes it)'

function hasPackages(): boolean {
  try {
    execFileSync(python, [
      '-c',
      'import importlib.util as u, sys; sys.exit(any(u.find_spec(p) is None for p in ("mlflow", "sklearn")))',
    ])
    return true
  } catch {
    return false
  }
}

function scenarioNames(): readonly string[] {
  const files = readdirSync(scenarios).filter((name) => /^scenarios_.*\.py$/.test(name))
  return files.flatMap((file) => {
    const text = readFileSync(join(scenarios, file), 'utf8')
    return Array.from(text.matchAll(/^def (scenario_\w+)\(/gm), (match) => match[1]!)
  })
}

interface Outcome {
  readonly name: string
  readonly error: string | null
}

const project = mkdtempSync(join(tmpdir(), 'baton-mlflow-'))
const outcomes = new Map<string, Outcome>()
let server: ChildProcess | undefined

async function startServer(): Promise<string> {
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(project, 'baton.config.ts'), "export default { name: 'interop' }\n")
  server = spawn(process.execPath, [join(root, 'src/bin.ts'), 'up', '--port', '0'], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const log: string[] = []
  for await (const line of createInterface({ input: server.stderr! })) {
    log.push(line)
    const url = /^Baton is up at (\S+)$/.exec(line)?.[1]
    if (url !== undefined) {
      server.stderr!.resume()
      return url
    }
  }
  throw new Error(`the server did not start:\n${log.join('\n')}`)
}

async function runScenarios(url: string): Promise<void> {
  const runner = spawn(python, [join(scenarios, 'run_scenarios.py')], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: '/usr/bin:/bin',
      HOME: project,
      MLFLOW_TRACKING_URI: url,
      // A failure is told at once instead of after minutes.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      MPLBACKEND: 'agg',
    },
  })
  for await (const line of createInterface({ input: runner.stdout })) {
    const outcome = JSON.parse(line) as Outcome
    outcomes.set(outcome.name, outcome)
  }
  if (runner.exitCode === null) await once(runner, 'exit')
}

describe.skipIf(!ready)(`MLflow's Python client against baton up${reason}`, () => {
  beforeAll(async () => runScenarios(await startServer()), 300_000)
  afterAll(async () => {
    server?.kill('SIGTERM')
    if (server !== undefined && server.exitCode === null) await once(server, 'exit')
    rmSync(project, { recursive: true, force: true })
  }, 30_000)

  for (const name of scenarioNames()) {
    test(name.replace('scenario_', '').replaceAll('_', ' '), () => {
      const outcome = outcomes.get(name)
      expect(outcome, 'the scenario has not run').toBeDefined()
      expect(outcome!.error ?? '').toBe('')
    })
  }

  test('the server ends by itself when it is asked to, with 0', async () => {
    server!.kill('SIGTERM')
    const [code] = (await once(server!, 'exit')) as [number | null]
    expect(code).toBe(0)
  })
})
