import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

/** What is read of an `MLmodel` file. */
export interface MlModel {
  /** Names of the flavours: `onnx`, `python_function`, `sklearn`, … */
  readonly flavors: readonly string[]
  /** File of the onnx flavour, relative to the folder. */
  readonly onnxData: string | undefined
  /** Input columns in order, when the signature is column-based. */
  readonly inputs: readonly MlModelColumn[] | undefined
}

export interface MlModelColumn {
  readonly name: string
  readonly type: string
  readonly required: boolean
}

const columnSchema = z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean().default(true) }))

/** Reads the `MLmodel` of a folder; undefined when there is none. */
export function readMlModel(folder: string): MlModel | undefined {
  const path = join(folder, 'MLmodel')
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  return {
    flavors: flavorNames(text),
    onnxData: scalar(section(text, 'flavors', 'onnx'), 'data'),
    inputs: inputs(text),
  }
}

function flavorNames(text: string): string[] {
  const block = /^flavors:\n((?:[ ].*\n?)*)/m.exec(text)?.[1] ?? ''
  return Array.from(block.matchAll(/^ {2}([\w.-]+):/gm), (match) => match[1]!)
}

/** The lines below `  name:` in a top-level block. */
function section(text: string, top: string, name: string): string {
  const block = new RegExp(`^${top}:\\n((?:[ ].*\\n?)*)`, 'm').exec(text)?.[1] ?? ''
  return new RegExp(`^ {2}${name}:\\n((?: {3,}.*\\n?)*)`, 'm').exec(block)?.[1] ?? ''
}

function scalar(lines: string, key: string): string | undefined {
  const value = new RegExp(`^ +${key}: *(.+)$`, 'm').exec(lines)?.[1]?.trim()
  return value === undefined || value === 'null' ? undefined : value.replaceAll(/^["']|["']$/g, '')
}

/** The signature's inputs: a JSON text in a YAML string that may be folded over several lines. */
function inputs(text: string): readonly MlModelColumn[] | undefined {
  const quoted = /^signature:\n(?:[ ].*\n)*? {2}inputs: '((?:[^']|'')*)'/m.exec(text)?.[1]
  if (quoted === undefined) return undefined
  const folded = quoted.replaceAll("''", "'").replaceAll(/\n\s*/g, ' ')
  try {
    const parsed = columnSchema.safeParse(JSON.parse(folded))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
