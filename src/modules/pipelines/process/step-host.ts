import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { format } from 'node:util'

import type { FolderOutput, StepFunctionContext, TableInput, ValueInput, ValueOutput } from '../build/step-function.ts'
import { type HostRequest, hostVariable } from './host-request.ts'

/*
 * Runs one TypeScript step in a process of its own. It is started by the code runner and reads everything from its
 * environment. A module whose default export is no function is a script: loading it is running it.
 */

const request = JSON.parse(process.env[hostVariable] ?? '{}') as HostRequest
delete process.env[hostVariable]

registerHooks({
  resolve(specifier, context, next) {
    const door = request.doors[specifier]
    if (door !== undefined) return { url: door, shortCircuit: true }
    return next(specifier, context)
  },
  load(url, context, next) {
    if (request.textFile === undefined || url !== request.moduleUrl) return next(url, context)
    return { format: 'module-typescript', source: readFileSync(request.textFile, 'utf8'), shortCircuit: true }
  },
})

const stop = new AbortController()
process.once('SIGTERM', () => {
  stop.abort(new Error('the step was told to stop'))
  setTimeout(() => process.exit(143), 2000).unref()
})

try {
  const { default: run } = (await import(request.moduleUrl)) as { default?: unknown }
  if (typeof run === 'function') await (run as (context: StepFunctionContext) => unknown)(createContext())
  process.exit(stop.signal.aborted ? 143 : 0)
} catch (error) {
  process.stderr.write(`${describe(error)}\n`)
  process.exit(stop.signal.aborted ? 143 : 1)
}

function createContext(): StepFunctionContext {
  const inputs = mapEntries(request.inputs, ({ kind, path }) => toInput(kind, path))
  const outputs = mapEntries(request.outputs, ({ kind, path }) => toOutput(kind, path))
  return {
    inputs: named('input', inputs) as StepFunctionContext['inputs'],
    outputs: named('output', outputs),
    params: JSON.parse(process.env.BATON_PARAMS ?? '{}') as StepFunctionContext['params'],
    log: (...values) => void process.stdout.write(`${format(...values)}\n`),
    metric(name, value, step = 0) {
      if (!Number.isFinite(value)) throw new TypeError(`metric ${name} is ${value}, which is not a finite number`)
      appendFileSync(process.env.BATON_METRICS!, `${JSON.stringify({ name, value, step, timestampMs: Date.now() })}\n`)
    },
    signal: stop.signal,
  }
}

function toInput(kind: HostRequest['inputs'][string]['kind'], path: string): TableInput | ValueInput | FolderOutput {
  if (kind === 'value') return { kind, path, value: JSON.parse(readFileSync(path, 'utf8')) as never }
  if (kind !== 'table') return { kind, path }
  const parts = readdirSync(path).filter((name) => name.endsWith('.parquet'))
  return { kind, path, parquet: parts.toSorted().map((name) => join(path, name)) }
}

function toOutput(kind: HostRequest['outputs'][string]['kind'], path: string): FolderOutput | ValueOutput {
  if (kind !== 'value') return { kind, path }
  return { kind, path, write: (value) => writeFileSync(path, JSON.stringify(value)) }
}

function mapEntries<From, To>(record: Readonly<Record<string, From>>, map: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, from]) => [name, map(from)]))
}

/** A record that refuses an unknown name instead of giving undefined. */
function named<T extends object>(what: string, record: T): T {
  return new Proxy(record, {
    get(target, name) {
      // Whoever prints, copies or awaits the record asks for these.
      const isProbe = typeof name === 'symbol' || name === 'toJSON' || name === 'then'
      if (isProbe || name in target) return Reflect.get(target, name) as unknown
      const known = Object.keys(target).join(', ') || 'none'
      throw new TypeError(`this step has no ${what} "${name}"; it has: ${known}`)
    },
  })
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const lines = [error.stack ?? error.message]
  if (error instanceof ReferenceError && request.textFile !== undefined) {
    lines.push(
      'A function written in a pipeline file runs in a process of its own: it may use its context and what the file imports,',
      'not the other names of the file. Move the work to a module (`run: "src/step.ts"`), or pass the value as a param.',
    )
  }
  return lines.join('\n')
}
