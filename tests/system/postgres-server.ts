import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A PostgreSQL server of a test's own, on a free port of the loopback address. */
export interface PostgresServer extends AsyncDisposable {
  /** `postgres://baton:…@127.0.0.1:PORT/DATABASE`. */
  url(database?: string): string
  /** Runs statements by psql, as the owner. */
  execute(sql: string, database?: string): void
  createDatabase(name: string): void
}

const packaged = '/usr/lib/postgresql'

/** The folder of initdb, pg_ctl and psql: the newest of Debian's, or the first on the PATH. */
export function findPostgres(): string | undefined {
  const versions = existsSync(packaged) ? readdirSync(packaged).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(packaged, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')))
}

/** Why tests with PostgreSQL cannot run here; undefined when they can. */
export function postgresMissing(): string | undefined {
  if (findPostgres() === undefined) return 'PostgreSQL is not installed (Debian: postgresql)'
  if (process.getuid?.() === 0 && userIds('postgres') === undefined)
    return 'root may not run PostgreSQL, and there is no user postgres'
  return undefined
}

function userIds(name: string): { readonly uid: number; readonly gid: number } | undefined {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
  if (entry === undefined) return undefined
  const [, , uid, gid] = entry.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

const password = 'relay-race'

/** Starts a server in a temporary folder; PostgreSQL refuses root, so root runs it as the user `postgres`. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPostgres()
  if (bin === undefined) throw new Error(postgresMissing())
  const folder = mkdtempSync(join(tmpdir(), 'baton-postgres-'))
  const ids = process.getuid?.() === 0 ? userIds('postgres') : undefined
  if (ids) chownSync(folder, ids.uid, ids.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const run = (command: string, args: readonly string[], input?: string) =>
    execFileSync(join(bin, command), args, {
      ...ids,
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', PGPASSWORD: password, LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'ignore', 'pipe'],
      ...(input === undefined ? {} : { input }),
    })
  run('initdb', ['-D', data, '-U', 'baton', '-E', 'UTF8', '--no-sync', '--auth=trust'])
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`
  run('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-w', '-o', options, 'start'])
  const execute = (sql: string, database = 'postgres') => {
    run(
      'psql',
      ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port), '-U', 'baton', database],
      sql,
    )
  }
  return {
    url: (database = 'postgres') => `postgres://baton:${password}@127.0.0.1:${port}/${database}`,
    execute,
    createDatabase: (name) => execute(`CREATE DATABASE "${name}"`),
    async [Symbol.asyncDispose]() {
      spawnSync(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop'], {
        ...ids,
        cwd: folder,
        stdio: 'ignore',
      })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
