import { readFileSync } from 'node:fs'

import type * as Onnxruntime from 'onnxruntime-node'
import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-node'

import type { LoadedModel, ModelRuntime } from '../../../ports/model-runtime.ts'
import type { ColumnBatch } from '../../../ports/table-engine.ts'
import { InputTypeError, MissingInputError, NotAModelError, ScoringError } from '../errors.ts'
import { readDescription } from './description.ts'
import { type ModelInput, type ModelOutput, resolveModel } from './resolve-signature.ts'
import { withoutZipMap } from './zip-map.ts'

type Ort = typeof Onnxruntime

/** Rows given to the model at once: bounds its memory, and lets other work in between. */
const CHUNK_ROWS = 2048
const ERRORS_ONLY = 3

/** Scores ONNX models in this process with onnxruntime on one thread. */
export function createOnnxRuntime(): ModelRuntime {
  return {
    async load(folder) {
      const description = readDescription(folder)
      const ort = await import('onnxruntime-node')
      const session = await openSession(ort, folder, description.onnxFile)
      try {
        const { signature, inputs, output } = resolveModel(folder, session, description)
        return {
          signature,
          predict: (batch) => predict({ ort, session, inputs, output }, batch),
          [Symbol.asyncDispose]: () => session.release(),
        } satisfies LoadedModel
      } catch (error) {
        await session.release()
        throw error
      }
    },
  }
}

async function openSession(ort: Ort, folder: string, file: string): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(withoutZipMap(readFileSync(file)), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: ERRORS_ONLY,
    })
  } catch (cause) {
    throw new NotAModelError(
      folder,
      `onnxruntime cannot load the model: ${(cause as Error).message}`,
      'Check the file with onnx.checker, and that its opset is one that onnxruntime 1.30 knows.',
      cause,
    )
  }
}

interface Loaded {
  readonly ort: Ort
  readonly session: InferenceSession
  readonly inputs: readonly ModelInput[]
  readonly output: ModelOutput
}

async function predict(model: Loaded, batch: ColumnBatch): Promise<Float64Array> {
  const scores = new Float64Array(batch.rows)
  for (let start = 0; start < batch.rows; start += CHUNK_ROWS) {
    const end = Math.min(batch.rows, start + CHUNK_ROWS)
    const feeds = Object.fromEntries(
      model.inputs.map((input) => [input.name, toTensor(model.ort, input, { batch, start, end })]),
    )
    let outputs: InferenceSession.OnnxValueMapType
    try {
      outputs = await model.session.run(feeds, [model.output.name])
    } catch (cause) {
      throw new ScoringError(`The model failed: ${(cause as Error).message}`, cause)
    }
    readScores(outputs[model.output.name] as Tensor, model.output, { scores, start, end })
  }
  return scores
}

interface Slice {
  readonly batch: ColumnBatch
  readonly start: number
  readonly end: number
}

function toTensor(ort: Ort, input: ModelInput, { batch, start, end }: Slice): Tensor {
  const rows = end - start
  const width = input.columns.length
  const dims = input.rank === 1 ? [rows] : [rows, width]
  if (input.tensorType === 'string') {
    const texts = Array.from<string>({ length: rows * width })
    input.columns.forEach((name, column) => {
      const values = columnOf(batch, name)
      for (let row = 0; row < rows; row++) {
        const value = values[start + row]
        texts[row * width + column] = value === null || value === undefined ? '' : asText(value)
      }
    })
    return new ort.Tensor('string', texts, dims)
  }
  const numbers = new Float64Array(rows * width)
  input.columns.forEach((name, column) => {
    const values = columnOf(batch, name)
    if (!(values instanceof Float64Array)) throw new InputTypeError(name, 'numbers')
    for (let row = 0; row < rows; row++) numbers[row * width + column] = values[start + row]!
  })
  return numericTensor(ort, input, { numbers, dims })
}

/** A number given where the model takes text: as SQL would write it; NaN is null. */
function asText(value: string | number): string {
  return typeof value === 'string' ? value : Number.isNaN(value) ? '' : String(value)
}

function numericTensor(
  ort: Ort,
  input: ModelInput,
  { numbers, dims }: { readonly numbers: Float64Array; readonly dims: readonly number[] },
): Tensor {
  switch (input.tensorType) {
    case 'float32':
      return new ort.Tensor('float32', Float32Array.from(numbers), dims)
    case 'float64':
      return new ort.Tensor('float64', numbers, dims)
    case 'int64':
      refuseNaN(input, numbers)
      return new ort.Tensor(
        'int64',
        BigInt64Array.from(numbers, (value) => BigInt(Math.trunc(value))),
        dims,
      )
    case 'int32':
      refuseNaN(input, numbers)
      return new ort.Tensor('int32', Int32Array.from(numbers), dims)
    case 'bool':
      refuseNaN(input, numbers)
      return new ort.Tensor(
        'bool',
        Uint8Array.from(numbers, (value) => (value === 0 ? 0 : 1)),
        dims,
      )
    default:
      throw new ScoringError(
        `Input "${input.name}" has element type ${input.tensorType}, which no column can be given as.`,
      )
  }
}

function refuseNaN(input: ModelInput, numbers: Float64Array): void {
  if (numbers.every((value) => Number.isFinite(value))) return
  throw new ScoringError(
    `Input "${input.name}" takes ${input.tensorType}, which cannot hold a missing value, and the data has one.`,
  )
}

function columnOf(batch: ColumnBatch, name: string): Float64Array | readonly (string | null)[] {
  const values = Object.hasOwn(batch.columns, name) ? batch.columns[name] : undefined
  if (values === undefined) throw new MissingInputError(name, Object.keys(batch.columns))
  return values
}

function readScores(
  tensor: Tensor,
  output: ModelOutput,
  { scores, start, end }: { readonly scores: Float64Array; readonly start: number; readonly end: number },
): void {
  const { data } = tensor as TypedTensor<'float32'> | TypedTensor<'float64'>
  const rows = end - start
  const width = data.length / rows
  if (!Number.isInteger(width) || output.column >= width) {
    throw new ScoringError(`Output "${output.name}" has ${data.length} numbers for ${rows} rows.`)
  }
  for (let row = 0; row < rows; row++) scores[start + row] = Number(data[row * width + output.column])
}
