import { z } from 'zod'

import { BatonError } from '../kernel/errors.ts'
import type { Json } from '../kernel/json.ts'
import { nearest } from '../kernel/nearest.ts'

/** A parameter that the pipeline does not declare. */
export class UnknownParamError extends BatonError {
  constructor(pipeline: string, name: string, known: readonly string[]) {
    const close = nearest(name, known)
    const list = known.length > 0 ? `It has: ${known.join(', ')}.` : 'It has no params.'
    super({
      code: 'pipelines.unknown_param',
      kind: 'usage',
      message: `Pipeline ${pipeline} has no param "${name}".`,
      hint: close ? `Did you mean "${close}"? ${list}` : list,
      details: { param: name, known },
    })
  }
}

/** A parameter whose value its schema refuses. */
export class InvalidParamError extends BatonError {
  constructor(pipeline: string, problems: readonly { readonly param: string; readonly problem: string }[]) {
    super({
      code: 'pipelines.invalid_param',
      kind: 'usage',
      message: `Pipeline ${pipeline} refuses ${problems.map(({ param, problem }) => `${param}: ${problem}`).join('; ')}.`,
      hint: 'Pass a value that the params schema of the pipeline accepts: --param name=value.',
      details: { problems },
    })
  }
}

/** The value of a flag: JSON where the schema wants JSON (`3`, `true`, `[1,2]`), else the text itself. */
function fromText(schema: z.core.$ZodType, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (z.safeParse(schema, value).success) return value
  } catch {
    // Not JSON: plain text.
  }
  return text
}

/** Checks the given params against a pipeline's schema and fills in the defaults; texts come from flags. */
export function parseParams(
  pipeline: string,
  schema: z.ZodObject,
  given: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const known = Object.keys(schema.shape)
  for (const name of Object.keys(given)) if (!known.includes(name)) throw new UnknownParamError(pipeline, name, known)
  const values = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' ? fromText(schema.shape[name]!, value) : value,
    ]),
  )
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data as Record<string, Json>
  throw new InvalidParamError(
    pipeline,
    parsed.error.issues.map((issue) => ({ param: issue.path.join('.'), problem: issue.message })),
  )
}
