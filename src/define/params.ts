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

interface ParamProblem {
  readonly param: string
  readonly value?: Json
  readonly problem: string
}

/** A parameter whose value its schema refuses. */
export class InvalidParamError extends BatonError {
  constructor(pipeline: string, problems: readonly ParamProblem[]) {
    super({
      code: 'pipelines.invalid_param',
      kind: 'usage',
      message: `Pipeline ${pipeline} refuses ${problems.map(describeProblem).join('; ')}.`,
      hint: 'Pass a value that the params schema of the pipeline accepts: --param name=value.',
      details: { problems },
    })
  }
}

function describeProblem({ param, value, problem }: ParamProblem): string {
  const shown = value === undefined ? param : `${param} = ${typeof value === 'string' ? value : JSON.stringify(value)}`
  return `${shown}: ${problem}`
}

/** The value of a flag: JSON where the schema wants JSON (`3`, `true`, `[1,2]`), else the text itself. */
function fromText(schema: z.core.$ZodType, text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  const parsed = z.safeParse(schema, value)
  if (parsed.success) return value
  // When neither is taken, the problem with the value of the right type says more.
  const isOtherType = parsed.error.issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0)
  return isOtherType || z.safeParse(schema, text).success ? text : value
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
      typeof value === 'string' ? fromText(schema.shape[name], value) : value,
    ]),
  )
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data as Record<string, Json>
  throw new InvalidParamError(
    pipeline,
    parsed.error.issues.map((issue) => {
      const value = given[String(issue.path[0])]
      return { param: issue.path.join('.'), ...(value === undefined ? {} : { value }), problem: issue.message }
    }),
  )
}
