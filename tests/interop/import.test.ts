import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Stores that the real MLflow has written, brought into a fresh project; MLflow's client then reads the same from both.

const root = fileURLToPath(new URL('../../', import.meta.url))
const scripts = join(root, 'tests/interop/mlflow-store')
const python = join(root, '.venv-interop/bin/python')
const ready = existsSync(python)
const reason = ready ? '' : ' (skipped: no virtual environment with mlflow; make test-interop makes it)'

const folder = mkdtempSync(join(tmpdir(), 'baton-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function py(script: string, ...args: readonly string[]): string {
  return execFileSync(python, [join(scripts, script), ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: '/usr/bin:/bin',
      HOME: folder,
      MLFLOW_ALLOW_FILE_STORE: 'true',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  })
}

interface Summary {
  readonly experiments: object
  readonly runs: object
  readonly models: object
  readonly modelVersions: object
  readonly artifactFiles: number
  readonly leftOut: readonly { readonly what: string; readonly why: string }[]
}

function project(name: string): string {
  const place = join(folder, name)
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(place, 'baton.config.ts'), "export default { name: 'imported' }\n")
  return place
}

function bring(place: string, from: string): Summary {
  const args = [join(root, 'src/bin.ts'), 'import', 'mlflow', '--from', from, '--json', '--quiet']
  return JSON.parse(execFileSync(process.execPath, args, { cwd: place, encoding: 'utf8' })) as Summary
}

async function withServer<T>(place: string, work: (url: string) => T): Promise<T> {
  const server: ChildProcess = spawn(process.execPath, [join(root, 'src/bin.ts'), 'up', '--port', '0'], {
    cwd: place,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    for await (const line of createInterface({ input: server.stderr! })) {
      const url = /^Baton is up at (\S+)$/.exec(line)?.[1]
      if (url === undefined) continue
      server.stderr!.resume()
      return work(url)
    }
    throw new Error('the server did not start')
  } finally {
    server.kill('SIGTERM')
    if (server.exitCode === null) await once(server, 'exit')
  }
}

function rowsOf(place: string, table: string): readonly object[] {
  const database = new DatabaseSync(join(place, '.baton/baton.db'), { readOnly: true })
  const rows = database.prepare(`SELECT * FROM ${table} ORDER BY run_id, key, step, timestamp_ms, value`).all()
  database.close()
  return rows
}

const stores = [
  { kind: 'the folder mlruns', uri: (at: string) => `file://${at}/mlruns`, from: 'mlruns' },
  { kind: 'a database file', uri: (at: string) => `sqlite:///${at}/mlflow.db`, from: 'mlflow.db' },
]

describe.runIf(ready).each(stores)(`import of $kind${reason}`, ({ uri, from }) => {
  const at = join(folder, `source-${from}`)
  let place = ''
  let first: Summary
  beforeAll(() => {
    mkdirSync(at)
    py('make_store.py', uri(at), at)
    place = project(`project-${from}`)
    first = bring(place, join(at, from))
  }, 120_000)

  const count = (brought: number, updated: number, unchanged: number) => ({ brought, updated, unchanged })

  test('brings everything, and the second time nothing', () => {
    expect(first).toMatchObject({
      experiments: count(3, 0, 0),
      runs: count(5, 0, 0),
      models: count(1, 0, 0),
      modelVersions: count(2, 0, 0),
      artifactFiles: 2,
      leftOut: [],
    })
    expect(bring(place, join(at, from))).toMatchObject({
      experiments: count(0, 0, 3),
      runs: count(0, 0, 5),
      models: count(0, 0, 1),
      modelVersions: count(0, 0, 2),
      artifactFiles: 0,
      leftOut: [],
    })
  }, 60_000)

  test('MLflow reads the same from both, value by value, also after the source has changed', async () => {
    const compare = async (): Promise<void> => {
      const source = JSON.parse(py('dump_store.py', uri(at))) as object
      const own = await withServer(place, (url) => JSON.parse(py('dump_store.py', url)) as object)
      expect(Object.keys((source as { runs: object }).runs)).toHaveLength(5)
      expect(own).toEqual(source)
    }
    await compare()
    py('change_store.py', uri(at))
    expect(bring(place, join(at, from))).toMatchObject({ runs: count(0, 1, 4), leftOut: [] })
    await compare()
  }, 120_000)

  test('a run that was on its way when the import died is finished by the next one', () => {
    const unfinished = project(`unfinished-${from}`)
    bring(unfinished, join(at, from))
    const database = new DatabaseSync(join(unfinished, '.baton/baton.db'))
    database.exec("UPDATE imported_items SET fingerprint = '' WHERE kind IN ('run', 'model'); DELETE FROM metrics")
    database.close()
    expect(bring(unfinished, join(at, from))).toMatchObject({ runs: count(5, 0, 0), models: count(1, 0, 0) })
    expect(rowsOf(unfinished, 'metrics')).toEqual(rowsOf(place, 'metrics'))
    expect(rowsOf(unfinished, 'metrics').length).toBeGreaterThan(1200)
  }, 60_000)
})

describe.runIf(ready)(`a database that names what is not its own${reason}`, () => {
  test('no other folder of the machine is copied, no link is followed, no id leads out of the store', () => {
    const at = join(folder, 'hostile')
    mkdirSync(at)
    py('make_store.py', `sqlite:///${at}/mlflow.db`, at)
    const secret = join(at, 'secret')
    mkdirSync(secret)
    writeFileSync(join(secret, 'key.txt'), 'secret')
    const linked = join(at, 'linked', 'a'.repeat(32))
    mkdirSync(linked, { recursive: true })
    symlinkSync(secret, join(linked, 'artifacts'))
    const database = new DatabaseSync(join(at, 'mlflow.db'))
    const add = database.prepare(
      "INSERT INTO runs (run_uuid, name, status, start_time, lifecycle_stage, artifact_uri, experiment_id) VALUES (?, 'x', 'FINISHED', 1, 'active', ?, 1)",
    )
    add.run('a'.repeat(32), join(linked, 'artifacts'))
    add.run('b'.repeat(32), secret)
    add.run('../../c', secret)
    database.close()
    const place = project('hostile-project')
    expect(bring(place, join(at, 'mlflow.db'))).toMatchObject({
      runs: { brought: 7 },
      artifactFiles: 2,
      leftOut: [
        { what: `run ${'a'.repeat(32)}`, why: 'artifact . is a link or no plain file' },
        { what: 'run ../../c', why: 'its id is none that a run can have' },
      ],
    })
    const stored = readdirSync(join(place, '.baton/artifacts'), { recursive: true, encoding: 'utf8' })
    expect(stored.filter((path) => path.endsWith('key.txt'))).toEqual([])
  }, 60_000)
})

describe.runIf(ready)(`damage in the folder mlruns${reason}`, () => {
  test('a half-written meta.yaml and a line that is no value are told, and the rest is brought', () => {
    const at = join(folder, 'damaged')
    mkdirSync(at)
    py('make_store.py', `file://${at}/mlruns`, at)
    const experiment = readdirSync(join(at, 'mlruns')).find((name) => /^\d{2,}$/.test(name))!
    const runs = readdirSync(join(at, 'mlruns', experiment)).filter((name) => /^[0-9a-f]{32}$/.test(name))
    const whole = runs.find((name) => existsSync(join(at, 'mlruns', experiment, name, 'metrics/loss')))!
    const torn = runs.find((name) => name !== whole)!
    writeFileSync(join(at, 'mlruns', experiment, torn, 'meta.yaml'), "run_id: 'abc\nstatus")
    writeFileSync(join(at, 'mlruns', experiment, whole, 'metrics/loss'), '1 0.5 0\nrubbish\n2 nan 1\n')
    writeFileSync(join(at, 'mlruns', experiment, whole, 'params', 'long'), 'x'.repeat(6001))
    const summary = bring(project('damaged-project'), join(at, 'mlruns'))
    expect(summary).toMatchObject({ runs: { brought: 4 } })
    expect(summary.leftOut.map(({ what }) => what).toSorted()).toEqual(
      [`run ${torn}`, `run ${whole}`, `run ${whole}`].toSorted(),
    )
    expect(summary.leftOut.map(({ why }) => why).join('\n')).toMatch(
      /not a whole YAML[^]*rubbish|rubbish[^]*not a whole YAML/,
    )
  }, 60_000)

  test.each(['nothing-here', '.', 'package.json'])('%s is refused as no store', (from) => {
    const place = join(folder, 'damaged-project')
    const args = [join(root, 'src/bin.ts'), 'import', 'mlflow', '--from', from, '--json', '--quiet']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: place, encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stdout + stderr).toMatch(/exchange\.not_a_store|source\.not_a_database/)
  })
})
