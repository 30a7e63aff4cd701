import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

import { PythonMissingError, StepFailedError } from '../errors.ts'
import type { PythonFacts } from '../key/environment.ts'
import type { CodeContext } from './process-context.ts'

/** The interpreter of this project. */
export function findPython(ctx: CodeContext): string {
  const named = ctx.python
  if (named !== undefined && (isAbsolute(named) || named.includes('/'))) {
    const path = resolve(ctx.projectRoot, named)
    if (isExecutable(path)) return path
    throw new PythonMissingError([named])
  }
  const folders = (ctx.env('PATH') ?? '').split(delimiter).filter((folder) => folder !== '')
  const own = join(ctx.projectRoot, '.venv', 'bin', 'python')
  const onPath = folders.map((folder) => join(folder, named ?? 'python3'))
  const found = [...(named === undefined ? [own] : []), ...onPath].find(isExecutable)
  if (found !== undefined) return found
  throw new PythonMissingError(
    named === undefined ? ['.venv/bin/python', 'python3 on the PATH'] : [`${named} on the PATH`],
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const question = `import json, platform, sysconfig
paths = sysconfig.get_paths()
print(json.dumps({
  "version": platform.python_version(),
  "platform": sysconfig.get_platform(),
  "sitePackages": sorted({paths["purelib"], paths["platlib"]}),
}))`

/** Asks an interpreter what it is. */
export async function readPythonFacts(ctx: CodeContext, python: string): Promise<PythonFacts> {
  const output: Uint8Array[] = []
  const exit = await ctx.executor.execute({
    command: python,
    args: ['-c', question],
    cwd: ctx.projectRoot,
    env: { PATH: ctx.env('PATH') ?? '/usr/bin:/bin', ...(ctx.env('HOME') ? { HOME: ctx.env('HOME')! } : {}) },
    onOutput: (bytes) => void output.push(bytes),
    timeoutMs: 60_000,
  })
  const text = Buffer.concat(output).toString('utf8')
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as PythonFacts
  } catch (cause) {
    throw new StepFailedError(
      'python',
      `the interpreter ${python} ended with ${exit.exitCode ?? exit.signal}: ${text.slice(-500)}`,
      {
        hint: 'Check the interpreter, or name another one as `python` in baton.config.ts.',
        cause,
      },
    )
  }
}
