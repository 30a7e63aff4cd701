import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

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

type Environment = Readonly<Record<string, string>>

/** Starts the real command line in a project, as the leader of a process group; it sees only what a shell would give. */
export function startBaton(project: string, args: readonly string[], env: Environment = {}): Started {
  const child = spawn(baton, ['--project', project, ...args], {
    cwd: project,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((done) =>
    child.on('close', (exitCode, signal) => done({ exitCode, signal, stdout, stderr })),
  )
  return { child, ended }
}

export async function runBaton(project: string, args: readonly string[], env: Environment = {}): Promise<Ended> {
  return startBaton(project, args, env).ended
}

/** One call with `--json` that must end well; gives the document. */
export async function batonJson<Document>(
  project: string,
  args: readonly string[],
  env: Environment = {},
): Promise<Document> {
  const ended = await runBaton(project, ['--json', ...args], env)
  expect(ended.exitCode, `baton ${args.join(' ')}\n${ended.stdout}${ended.stderr}`).toBe(0)
  return JSON.parse(ended.stdout) as Document
}

export interface ErrorDocument {
  readonly code: string
  readonly kind: string
  readonly message: string
  readonly hint: string
  readonly where?: { readonly file?: string; readonly line?: number; readonly row?: number; readonly field?: string }
  readonly details: Readonly<Record<string, unknown>> & { readonly log?: string; readonly step?: string }
}

export interface StepDocument {
  readonly name: string
  readonly state: 'ran' | 'cached' | 'failed' | 'skipped'
  readonly reason: string
  readonly runId?: string
  readonly outputs: Readonly<
    Record<string, { readonly digest: string; readonly rows?: number; readonly value?: unknown }>
  >
  readonly metrics: Readonly<Record<string, number>>
}

/** What `baton --json run` prints. */
export interface RunDocument {
  readonly runId: string
  readonly state: 'done' | 'failed' | 'interrupted'
  readonly steps: readonly StepDocument[]
  readonly error?: ErrorDocument
}

/** The state of each step of a run, by name. */
export function statesOf(run: RunDocument): Readonly<Record<string, string>> {
  return Object.fromEntries(run.steps.map((step) => [step.name, step.state]))
}

export function stepOf(run: RunDocument, name: string): StepDocument {
  const step = run.steps.find((one) => one.name === name)
  if (step === undefined) throw new Error(`the run has no step ${name}`)
  return step
}

/** Reads the whole store; nothing in it may differ from what was recorded. */
export async function expectWholeStore(project: string, when = ''): Promise<void> {
  const ended = await runBaton(project, ['--json', 'verify'])
  expect(ended.exitCode, `${when} ${ended.stdout}${ended.stderr}`).toBe(0)
  const { problems } = JSON.parse(ended.stdout) as { problems: unknown[] }
  expect(problems, when).toEqual([])
}

/** Ends a command and all of its process group at once, as the kernel does when memory runs out. */
export function killGroup({ child }: Started): void {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch {
    // It had ended by itself.
  }
}

function readOr(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

/** The command lines of the processes that work in a folder or name it. Linux only: elsewhere it finds none. */
function processesIn(folder: string): readonly string[] {
  const pids = readOr(() => readdirSync('/proc').join(' ')).split(' ')
  return pids
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .map((pid) => ({
      command: readOr(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')),
      cwd: readOr(() => readlinkSync(`/proc/${pid}/cwd`)),
    }))
    .filter(({ command, cwd }) => cwd.startsWith(folder) || command.includes(folder))
    .map(({ command }) => command)
}

/** Waits until nothing runs in the project any more; children of a killed run may take seconds to be ended. */
export async function expectNoProcesses(project: string): Promise<void> {
  let left = processesIn(project)
  for (let waited = 0; left.length > 0 && waited < 10_000; waited += 100) {
    await sleep(100)
    left = processesIn(project)
  }
  expect(left).toEqual([])
}

/** A folder that goes away at the end of the test. */
export function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'baton-system-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/** Replaces a text in a file of the project; the text must be there. */
export function edit(project: string, file: string, [before, after]: readonly [string, string]): void {
  const path = join(project, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(before)) throw new Error(`${file} does not hold ${before}`)
  writeFileSync(path, text.replace(before, after))
}

/** Writes the generated marketing database; another seed gives other customers. */
export function generateMarketing(project: string, customers: number, seed = 7): void {
  const script = join(project, 'scripts/generate-marketing-db.ts')
  const file = join(project, 'data/raw/marketing.db')
  execFileSync(process.execPath, [script, file, String(customers), String(seed)], { stdio: 'ignore' })
}

/**
 * A copy of the churn example with a marketing database of its own size. `quick` makes the learner fast and the gate
 * wide: for tests of the belt, not of the model.
 */
export function churnProject(folder: string, customers: number, options: { readonly quick?: boolean } = {}): string {
  const project = join(folder, 'churn')
  cpSync(churnExample, project, {
    recursive: true,
    filter: (path) => !/\/(\.baton[^/]*|data\/raw\/.*\.db.*)$/.test(path),
  })
  generateMarketing(project, customers)
  if (options.quick) {
    edit(project, 'src/train.ts', ['learningRate: 0.03', 'learningRate: 0.3'])
    edit(project, 'contracts/churn.ts', ["rocAuc: { min: 0.7, interval: 'lower' }", 'rocAuc: { min: 0.4 }'])
    edit(project, 'contracts/churn.ts', ['logLoss: { max: 0.65 }', 'logLoss: { max: 3 }'])
  }
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
