import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

import type { ModelSignature } from '../../../ports/model-runtime.ts'
import { NotAModelError } from '../errors.ts'
import { readMlModel, type MlModelColumn } from '../mlmodel.ts'

const fieldType = z.enum(['number', 'integer', 'boolean', 'string', 'date', 'timestamp'])
const task = z.enum(['binary', 'regression'])

const descriptionSchema = z.looseObject({
  signature: z
    .object({
      task,
      inputs: z.array(z.object({ name: z.string(), type: fieldType, nullable: z.boolean() })).min(1),
      output: z.object({ name: z.string(), positive: z.string().optional() }),
    })
    .optional(),
  onnx: z.looseObject({ file: z.string().optional(), output: z.string().optional() }).optional(),
  /** Order of the columns of a model with one matrix input. */
  features: z.array(z.union([z.string(), z.looseObject({ name: z.string() })])).optional(),
  task: task.optional(),
  positive: z.string().optional(),
})

/** What a model folder says about itself. Everything is optional for a model that a script wrote. */
export interface Description {
  readonly onnxFile: string
  readonly signature: ModelSignature | undefined
  readonly output: string | undefined
  readonly features: readonly string[] | undefined
  readonly columns: readonly MlModelColumn[] | undefined
  readonly task: ModelSignature['task'] | undefined
  readonly positive: string | undefined
}

/** Reads `baton-model.json` and `MLmodel`, as far as they are there. */
export function readDescription(folder: string): Description {
  const mlmodel = readMlModel(folder)
  const path = join(folder, 'baton-model.json')
  const described = existsSync(path) ? parse(folder, readFileSync(path, 'utf8')) : undefined
  const onnxFile = join(folder, described?.onnx?.file ?? mlmodel?.onnxData ?? 'model.onnx')
  if (!existsSync(onnxFile)) {
    throw new NotAModelError(
      folder,
      'The folder has no model.onnx.',
      'Write the ONNX file as model.onnx into the folder.',
    )
  }
  return {
    onnxFile,
    signature: described?.signature as ModelSignature | undefined,
    output: described?.onnx?.output,
    features: described?.features?.map((feature) => (typeof feature === 'string' ? feature : feature.name)),
    columns: mlmodel?.inputs,
    task: described?.task,
    positive: described?.positive,
  }
}

function parse(folder: string, text: string): z.infer<typeof descriptionSchema> {
  try {
    return descriptionSchema.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new NotAModelError(
      folder,
      `baton-model.json cannot be read: ${reason}`,
      'Mend the file, or take it away when the ONNX inputs are named columns.',
      cause,
    )
  }
}
