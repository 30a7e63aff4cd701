import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

import { GitFailedError } from './errors.ts'

export interface GitOptions {
  readonly cwd: string
  /** Set beside the user's environment: `GIT_INDEX_FILE` and the like. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  /** Standard output is appended to this file instead of being returned. */
  readonly appendTo?: string
  readonly signal?: AbortSignal
}

/** Variables of an outer git, as in a hook, that would point this one to another repository. */
const inherited = ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_PREFIX', 'GIT_OBJECT_DIRECTORY', 'GIT_COMMON_DIR']

/** Runs git and gives its output as text; throws with what git said when it fails or is not installed. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const file = options.appendTo === undefined ? undefined : openSync(options.appendTo, 'a')
  try {
    return await runGit(args, { ...options, stdout: file ?? 'pipe' })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** As `git`, but undefined when it fails: outside a repository, before the first commit, without git. */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  try {
    return await git(args, options)
  } catch (error) {
    if (error instanceof GitFailedError) return undefined
    throw error
  }
}

async function runGit(
  args: readonly string[],
  options: GitOptions & { readonly stdout: number | 'pipe' },
): Promise<string> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' }
  for (const name of inherited) delete env[name]
  return await new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: options.cwd,
      env: { ...env, ...options.env },
      stdio: ['pipe', options.stdout, 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    const output: Buffer[] = []
    const complaint: Buffer[] = []
    child.stdout?.on('data', (bytes: Buffer) => output.push(bytes))
    child.stderr?.on('data', (bytes: Buffer) => complaint.push(bytes))
    child.on('error', (error) => reject(options.signal?.aborted ? error : new GitFailedError(args, error.message)))
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve(Buffer.concat(output).toString())
      else reject(new GitFailedError(args, Buffer.concat(complaint).toString().trim()))
    })
    // Git may end before it has read everything.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input)
  })
}
