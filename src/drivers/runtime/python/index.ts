import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { z } from 'zod'

import type { FieldType, LoadedModel, ModelField, ModelRuntime, ModelSignature } from '../../../ports/model-runtime.ts'
import type { ColumnBatch } from '../../../ports/table-engine.ts'
import {
  MissingInputError,
  ModelSignatureError,
  NotAModelError,
  PythonUnavailableError,
  ScoringError,
} from '../errors.ts'
import { type Message, readMessages } from './message-stream.ts'

export interface PythonRuntimeOptions {
  /** The interpreter of the user's environment; `python3` by default. */
  readonly python?: string
  /** Environment of the process; PATH, HOME and LANG of this one by default. */
  readonly env?: Readonly<Record<string, string>>
}

const script = fileURLToPath(new URL('./score.py', import.meta.url))
const BATCH_ROWS = 16_384
const STDERR_KEPT = 4000

/** Scores MLflow python_function models in a Python process of the user's own; nothing of the model is opened here. */
export function createPythonRuntime(options: PythonRuntimeOptions = {}): ModelRuntime {
  return {
    async load(folder) {
      const worker = await startWorker(folder, options)
      try {
        const fields = fieldsOf(folder, worker.inputs)
        return loadedModel(folder, worker, fields)
      } catch (error) {
        await worker.stop()
        throw error
      }
    },
  }
}

interface Worker {
  readonly inputs: readonly PythonColumn[] | undefined
  ask(parts: readonly (string | Uint8Array)[]): Promise<Message>
  stop(): Promise<void>
}

const columnsSchema = z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean() })).nullish()
type PythonColumn = NonNullable<z.infer<typeof columnsSchema>>[number]

async function startWorker(folder: string, options: PythonRuntimeOptions): Promise<Worker> {
  const python = options.python ?? 'python3'
  const child = spawn(python, [script, folder], { env: { ...options.env }, stdio: 'pipe' })
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => {
      const message = `${python} cannot be started: ${cause.message}.`
      reject(
        new PythonUnavailableError(
          message,
          'Install Python 3, or name the interpreter with the `python` setting.',
          cause,
        ),
      )
    })
  })
  failed.catch(() => undefined)
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_KEPT)
  })
  child.stdin.on('error', () => undefined)
  const messages = readMessages(child.stdout)
  const nextMessage = async (): Promise<Message> => {
    const read = await Promise.race([messages.next(), failed])
    if (read.done !== true) return read.value
    throw new ScoringError(
      `The Python process ended before it answered. It last wrote: ${stderr.trim() || '(nothing)'}`,
    )
  }
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.stdin.end()
    const ended = once(child, 'exit')
    const timer = setTimeout(() => child.kill('SIGKILL'), 2000)
    await ended
    clearTimeout(timer)
  }
  try {
    const { head } = await nextMessage()
    if (head['error'] === 'import') {
      throw new PythonUnavailableError(
        `The Python model needs a package that ${python} does not have: ${String(head['message'])}.`,
        `Install it: ${python} -m pip install mlflow pandas.`,
      )
    }
    if (head['error'] !== undefined) {
      throw new NotAModelError(
        folder,
        `mlflow cannot load the model: ${String(head['message'])}`,
        'Install the packages of the model: they are in its requirements.txt.',
      )
    }
    let turn: Promise<unknown> = Promise.resolve()
    return {
      inputs: columnsSchema.parse(head['inputs']) ?? undefined,
      ask: (parts) => {
        const answer = turn.then(async () => {
          await writeAll(child, parts)
          return nextMessage()
        })
        turn = answer.catch(() => undefined)
        return answer
      },
      stop,
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

async function writeAll(child: ChildProcessWithoutNullStreams, parts: readonly (string | Uint8Array)[]): Promise<void> {
  for (const part of parts) {
    if (!child.stdin.write(part)) await Promise.race([once(child.stdin, 'drain'), once(child, 'exit')])
  }
}

interface Field extends ModelField {
  /** MLflow's type: `double`, `long`, `string`, … */
  readonly kind: string
}

const fieldTypes: Readonly<Record<string, FieldType>> = {
  boolean: 'boolean',
  integer: 'integer',
  long: 'integer',
  float: 'number',
  double: 'number',
  string: 'string',
  datetime: 'timestamp',
}

function fieldsOf(folder: string, inputs: readonly PythonColumn[] | undefined): readonly Field[] {
  if (inputs === undefined || inputs.length === 0) {
    throw new ModelSignatureError(
      folder,
      'The MLflow model has no column-based signature, so its inputs cannot be told.',
      'Save it with a signature: mlflow.<flavour>.save_model(…, signature=infer_signature(train, predictions)).',
    )
  }
  return inputs.map(({ name, type, required }) => {
    const fieldType = fieldTypes[type]
    if (fieldType !== undefined) return { name, type: fieldType, nullable: !required, kind: type }
    throw new ModelSignatureError(
      folder,
      `Input "${name}" has MLflow type ${type}, which a table column cannot be.`,
      'Use simple column types.',
    )
  })
}

const hintsSchema = z.looseObject({
  task: z.enum(['binary', 'regression']).optional(),
  positive: z.string().optional(),
})

function loadedModel(folder: string, worker: Worker, fields: readonly Field[]): LoadedModel {
  const hintsFile = join(folder, 'baton-model.json')
  const hints = existsSync(hintsFile) ? hintsSchema.parse(JSON.parse(readFileSync(hintsFile, 'utf8'))) : {}
  const signature: ModelSignature = {
    task: hints.task ?? 'binary',
    inputs: fields.map(({ name, type, nullable }) => ({ name, type, nullable })),
    output: { name: 'score', ...(hints.positive === undefined ? {} : { positive: hints.positive }) },
  }
  return {
    signature,
    async predict(batch) {
      const scores = new Float64Array(batch.rows)
      for (let start = 0; start < batch.rows; start += BATCH_ROWS) {
        const end = Math.min(batch.rows, start + BATCH_ROWS)
        scores.set(await scoreSlice(worker, fields, { batch, start, end }), start)
      }
      return scores
    },
    [Symbol.asyncDispose]: () => worker.stop(),
  }
}

async function scoreSlice(
  worker: Worker,
  fields: readonly Field[],
  { batch, start, end }: { readonly batch: ColumnBatch; readonly start: number; readonly end: number },
): Promise<Float64Array> {
  const payloads = fields.map((field) => {
    const values = Object.hasOwn(batch.columns, field.name) ? batch.columns[field.name] : undefined
    if (values === undefined) throw new MissingInputError(field.name, Object.keys(batch.columns))
    if (values instanceof Float64Array) {
      const slice = values.slice(start, end)
      return { kind: field.kind, bytes: new Uint8Array(slice.buffer) }
    }
    return { kind: 'text', bytes: Buffer.from(JSON.stringify(values.slice(start, end))) }
  })
  const head = {
    rows: end - start,
    columns: fields.map((field, index) => ({
      name: field.name,
      kind: payloads[index]!.kind,
      bytes: payloads[index]!.bytes.byteLength,
    })),
  }
  const answer = await worker.ask([`${JSON.stringify(head)}\n`, ...payloads.map(({ bytes }) => bytes)])
  if (answer.head['error'] !== undefined)
    throw new ScoringError(`The Python model failed: ${String(answer.head['message'])}`)
  return new Float64Array(Uint8Array.from(answer.payload).buffer)
}
