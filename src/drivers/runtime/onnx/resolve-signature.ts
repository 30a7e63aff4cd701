import type { InferenceSession } from 'onnxruntime-node'

import type { FieldType, ModelField, ModelSignature } from '../../../ports/model-runtime.ts'
import { ModelSignatureError } from '../errors.ts'
import type { Description } from './description.ts'

type TensorMetadata = Extract<InferenceSession.ValueMetadata, { isTensor: true }>

/** One input of the session: a column, or a matrix of several. */
export interface ModelInput {
  readonly name: string
  readonly tensorType: string
  readonly rank: number
  readonly columns: readonly string[]
}

/** Which output holds the score, and where in a row it stands. */
export interface ModelOutput {
  readonly name: string
  /** Index within a row of `width` numbers. */
  readonly column: number
}

export interface ResolvedModel {
  readonly signature: ModelSignature
  readonly inputs: readonly ModelInput[]
  readonly output: ModelOutput
}

/** Brings together what a folder says and what its ONNX file takes and gives; refuses what does not fit or is not clear. */
export function resolveModel(folder: string, session: InferenceSession, description: Description): ResolvedModel {
  const inputs = resolveInputs(folder, session, description)
  const fields = description.signature?.inputs ?? inferFields(inputs, description)
  const taken = new Set(inputs.flatMap((input) => input.columns))
  for (const field of fields) {
    if (taken.delete(field.name)) continue
    throw new ModelSignatureError(
      folder,
      `The signature names input "${field.name}", which the ONNX model does not take.`,
      `Its inputs are ${session.inputNames.join(', ')}.`,
    )
  }
  const [extra] = taken
  if (extra !== undefined) {
    throw new ModelSignatureError(
      folder,
      `The ONNX model takes input "${extra}", which the signature does not name.`,
      'Add it to `signature.inputs` of baton-model.json.',
    )
  }
  const { output, task } = resolveOutput(folder, session, description)
  const positive = description.signature?.output.positive ?? description.positive
  return {
    signature: description.signature ?? {
      task,
      inputs: fields,
      output: { name: output.name, ...(positive === undefined ? {} : { positive }) },
    },
    inputs,
    output,
  }
}

function resolveInputs(folder: string, session: InferenceSession, description: Description): ModelInput[] {
  const order = description.features ?? description.columns?.map((column) => column.name)
  return session.inputMetadata.map((metadata, _, all) => {
    if (!metadata.isTensor) {
      throw new ModelSignatureError(
        folder,
        `Input "${metadata.name}" is not a tensor.`,
        'Export the model with tensor inputs.',
      )
    }
    const { name, type, shape } = metadata
    const width = shape.length === 2 ? shape[1] : 1
    const isColumn = shape.length === 1 || width === 1
    if (shape.length > 2) {
      throw new ModelSignatureError(
        folder,
        `Input "${name}" has ${shape.length} dimensions; one row must be one row of a table.`,
        'Export the model with one matrix or with named columns.',
      )
    }
    // A matrix of one declared feature is that feature; a column input is known by its own name.
    if (isColumn && !(all.length === 1 && order?.length === 1)) {
      return { name, tensorType: type, rank: shape.length, columns: [name] }
    }
    if (all.length > 1) {
      throw new ModelSignatureError(
        folder,
        `Input "${name}" is a matrix beside other inputs, so its columns cannot be told.`,
        'Export the model with one matrix, or with an [N, 1] input for each column.',
      )
    }
    if (order === undefined) {
      throw new ModelSignatureError(
        folder,
        `Input "${name}" is a matrix${typeof width === 'number' ? ` of ${width} columns` : ''}, and nothing says which columns of the data they are.`,
        'Write baton-model.json beside model.onnx: {"features": ["first column", "second column", …]} in the order of the matrix.',
      )
    }
    if (typeof width === 'number' && width > 0 && width !== order.length) {
      throw new ModelSignatureError(
        folder,
        `Input "${name}" is a matrix of ${width} columns, but ${order.length} features are listed.`,
        'List the features of baton-model.json in the order of the matrix.',
      )
    }
    return { name, tensorType: type, rank: shape.length === 1 ? 1 : 2, columns: order }
  })
}

const fieldTypes: Readonly<Record<string, FieldType>> = {
  float32: 'number',
  float64: 'number',
  int32: 'integer',
  int64: 'integer',
  bool: 'boolean',
  string: 'string',
}

function inferFields(inputs: readonly ModelInput[], description: Description): readonly ModelField[] {
  const required = new Map(description.columns?.map((column) => [column.name, column.required]))
  return inputs.flatMap((input) =>
    input.columns.map((name): ModelField => {
      const type = fieldTypes[input.tensorType] ?? 'number'
      // Whole numbers and booleans have no way to say "missing".
      const canBeNull = type === 'number' || type === 'string'
      return { name, type, nullable: canBeNull && required.get(name) !== true }
    }),
  )
}

function resolveOutput(
  folder: string,
  session: InferenceSession,
  description: Description,
): { readonly output: ModelOutput; readonly task: ModelSignature['task'] } {
  const tensors = session.outputMetadata.filter((metadata): metadata is TensorMetadata => metadata.isTensor)
  const floats = tensors.filter(({ type }) => type === 'float32' || type === 'float64')
  const named = description.output === undefined ? undefined : tensors.find(({ name }) => name === description.output)
  const wanted = description.signature?.task ?? description.task
  const chosen =
    named ?? floats.find(({ name }) => /probabilit/i.test(name)) ?? (floats.length === 1 ? floats[0] : undefined)
  if (chosen === undefined) {
    throw new ModelSignatureError(
      folder,
      `The outputs ${session.outputNames.join(', ')} do not tell which one is the score.`,
      'Name it in baton-model.json: {"onnx": {"output": "probabilities"}}.',
    )
  }
  const width = chosen.shape.length === 2 ? chosen.shape[1] : 1
  const classes = width === 2 || /probabilit/i.test(chosen.name)
  if (typeof width === 'number' && width > 2) {
    throw new ModelSignatureError(
      folder,
      `Output "${chosen.name}" has ${width} numbers a row; a binary classifier has two, a regression one.`,
      'Baton scores binary classification and regression.',
    )
  }
  return {
    output: { name: chosen.name, column: width === 1 ? 0 : classes ? 1 : 0 },
    task: wanted ?? (classes ? 'binary' : 'regression'),
  }
}
