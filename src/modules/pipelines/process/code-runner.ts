import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { InterruptedError } from '../../../kernel/errors.ts'
import type { ProcessExit } from '../../../ports/executor.ts'
import { StepFailedError } from '../errors.ts'
import type { CodeReference, OutputKind } from '../graph.ts'
import type { StepContext } from '../step-kind.ts'
import { type Cause, findCause } from './find-cause.ts'
import { type HostRequest, hostVariable } from './host-request.ts'
import { toInlineModule } from './inline-module.ts'
import { findPython } from './interpreter.ts'
import { createLineWriter } from './line-writer.ts'
import { readMetrics, type StepMetrics } from './metrics-file.ts'
import type { CodeContext } from './process-context.ts'
import { processEnvironment } from './process-environment.ts'

/** What the code gets: a path for each input and output, and variables beside the usual ones. */
export interface CodeRequest {
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
  readonly extraEnv?: Readonly<Record<string, string>>
}

export interface CodeResult extends StepMetrics {
  readonly exit: ProcessExit
}

/** Runs the user's code in a process of its own and waits for its end; a bad end rejects with `StepFailedError`. */
export type CodeRunner = (step: StepContext, code: CodeReference, request: CodeRequest) => Promise<CodeResult>

interface Command {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** So many of the last lines are read for the error that ended the code. */
const tailLines = 60
const tailBytes = 16 << 10

/** Makes the function that runs TypeScript in the step host, Python with the project's interpreter, shell with /bin/sh. */
export function createCodeRunner(ctx: CodeContext): CodeRunner {
  return async (step, code, request) => {
    const metrics = join(step.workFolder, 'metrics.jsonl')
    const temporary = join(step.workFolder, 'tmp')
    mkdirSync(temporary, { recursive: true })
    const { title, command, args, env = {} } = await toCommand(ctx, step, { code, request })
    const { inputs, outputs, extraEnv = {} } = request
    let tail: readonly string[] = []
    const lines = createLineWriter((text) => {
      step.log(text)
      tail = [...tail, ...text.slice(-tailBytes).split('\n')].slice(-tailLines)
    })
    const exit = await ctx.executor.execute({
      command,
      args,
      cwd: ctx.projectRoot,
      env: { ...processEnvironment(ctx, step, { inputs, outputs, metrics, temporary }), ...extraEnv, ...env },
      onOutput: (bytes, stream) => lines.write(bytes, stream),
      signal: step.signal,
    })
    lines.end()
    if (step.signal.aborted) throw step.signal.reason instanceof Error ? step.signal.reason : new InterruptedError()
    if (exit.exitCode !== 0) throw toFailure(step, { title, exit, cause: findCause(tail, ctx.projectRoot) })
    return { exit, ...(await readMetrics(step.node.name, metrics, Date.now())) }
  }
}

interface Work {
  readonly code: CodeReference
  readonly request: CodeRequest
}

async function toCommand(ctx: CodeContext, step: StepContext, work: Work): Promise<Command> {
  const { code } = work
  switch (code.language) {
    case 'shell':
      return { title: `\`${code.command}\``, command: '/bin/sh', args: ['-c', code.command] }
    case 'python': {
      const script = findFile(ctx, step, code.file)
      return { title: code.file, command: findPython(ctx), args: [script, ...code.args] }
    }
    case 'typescript': {
      const moduleUrl = pathToFileURL(findFile(ctx, step, code.file)).href
      return hostCommand(code.file, toHostRequest(step, work, { moduleUrl }))
    }
    case 'inline': {
      const path = findFile(ctx, step, code.file)
      const { text } = await toInlineModule(readFileSync(path, 'utf8'), path, code.source)
      const textFile = join(step.workFolder, 'inline-step.ts')
      writeFileSync(textFile, text)
      const moduleUrl = `${pathToFileURL(path).href}?step=${step.node.name}`
      return hostCommand(`the function of ${code.file}`, toHostRequest(step, work, { moduleUrl, textFile }))
    }
  }
}

function findFile(ctx: CodeContext, step: StepContext, file: string): string {
  const path = resolve(ctx.projectRoot, file)
  if (existsSync(path)) return path
  throw new StepFailedError(step.node.name, `its code ${file} does not exist.`, {
    hint: 'Paths in a pipeline are relative to the project, the folder of baton.config.ts.',
  })
}

function hostCommand(title: string, host: HostRequest): Command {
  // The host is started as it is here: as TypeScript in a checkout, as JavaScript when installed.
  const script = fileURLToPath(new URL(`./step-host${extname(import.meta.url)}`, import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', script]
  // Compiled code is shared with this process, where it keeps any: the host then starts three times as fast.
  const compiled = getCompileCacheDir()
  const cache = compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) }
  return { title, command: process.execPath, args, env: { [hostVariable]: JSON.stringify(host), ...cache } }
}

function toHostRequest(
  step: StepContext,
  { request }: Work,
  module: Pick<HostRequest, 'moduleUrl' | 'textFile'>,
): HostRequest {
  const inputKind = (name: string): OutputKind => step.node.inputs[name]?.kind ?? 'files'
  const outputKind = (name: string): OutputKind => step.node.outputs[name] ?? 'files'
  return {
    ...module,
    doors: { 'baton-ml': doorUrl('index'), 'baton-ml/testing': doorUrl('testing/index') },
    inputs: withKinds(request.inputs, inputKind),
    outputs: withKinds(request.outputs, outputKind),
  }
}

/** A public entry of this installation, as TypeScript in a checkout, as JavaScript when installed. */
function doorUrl(path: string): string {
  return new URL(`../../../${path}${extname(import.meta.url)}`, import.meta.url).href
}

function withKinds(
  paths: Readonly<Record<string, string>>,
  kindOf: (name: string) => OutputKind,
): HostRequest['inputs'] {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, { kind: kindOf(name), path }]))
}

interface BadEnd {
  readonly title: string
  readonly exit: ProcessExit
  readonly cause: Cause
}

function toFailure(step: StepContext, { title, exit, cause }: BadEnd): StepFailedError {
  if (exit.signal === 'SIGKILL') {
    const peak =
      exit.peakMemoryBytes === undefined ? '' : ` It had used ${Math.round(exit.peakMemoryBytes / 2 ** 20)} MiB.`
    return new StepFailedError(step.node.name, `${title} was killed from outside.${peak}`, {
      hint: 'The usual reason is that the machine ran out of memory: give the step less data or the machine more.',
    })
  }
  const end = exit.exitCode === null ? `was ended by ${exit.signal}` : `ended with exit code ${exit.exitCode}`
  const { what, where, hint } = cause
  return new StepFailedError(step.node.name, `${title} ${end}.`, {
    ...(what === undefined ? {} : { why: what }),
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  })
}
