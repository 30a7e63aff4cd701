import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
export const baton = join(repository, 'bin/baton')
const churnExample = join(repository, 'examples/churn')

export interface Ended {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Starts the real command line in a project; the environment holds nothing but what a shell would give. */
export function startBaton(project: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(baton, ['--project', project, ...args], {
    cwd: project,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((done) =>
    child.on('close', (exitCode, signal) => done({ exitCode, signal, stdout, stderr })),
  )
  return { child, ended }
}

export async function runBaton(
  project: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return startBaton(project, args, env).ended
}

/** A folder that goes away at the end of the test. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'baton-system-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/** A copy of the churn example with a marketing database of its own size. */
export async function churnProject(folder: string, customers: number): Promise<string> {
  const project = join(folder, 'churn')
  cpSync(churnExample, project, {
    recursive: true,
    filter: (path) => !/\/(\.baton[^/]*|data\/raw\/.*\.db.*)$/.test(path),
  })
  const generator = spawn(
    process.execPath,
    [join(project, 'scripts/generate-marketing-db.ts'), join(project, 'data/raw/marketing.db'), String(customers)],
    { stdio: 'ignore' },
  )
  const exitCode = await new Promise((done) => generator.on('close', done))
  if (exitCode !== 0) throw new Error(`the generator ended with ${exitCode}`)
  return project
}

/** A project of one pipeline file, for tests that need nothing else. */
export function smallProject(folder: string, pipelineSource: string, files: Record<string, string> = {}): string {
  const project = join(folder, 'project')
  mkdirSync(join(project, 'pipelines'), { recursive: true })
  writeFileSync(
    join(project, 'baton.config.ts'),
    "import { defineConfig } from 'baton-ml'\nexport default defineConfig({ name: 'small' })\n",
  )
  writeFileSync(join(project, 'pipelines/main.ts'), pipelineSource)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text)
  }
  return project
}
