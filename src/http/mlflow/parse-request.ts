import { z } from 'zod'

import { MlflowError } from './mlflow-error.ts'

const docs = 'See the API docs for more information about request parameters.'

/** What came in, as fields; in a query, a field of a list that came once is a text. */
export interface Given {
  readonly fields: unknown
  readonly query: boolean
}

/** The request, or a refusal in the words that MLflow's clients are tested with. */
export function parseRequest<Schema extends z.ZodObject>(schema: Schema, { fields, query }: Given): z.infer<Schema> {
  const given = query ? wrapLists(schema, fields) : fields
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const { path } = parsed.error.issues[0]!
  const value = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], given)
  const name = path.map((key, index) =>
    typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
  )
  if (path.length > 0 && (value === undefined || value === null)) {
    throw new MlflowError('INVALID_PARAMETER_VALUE', `Missing value for required parameter '${name.join('')}'. ${docs}`)
  }
  const shown = JSON.stringify(value)?.slice(0, 200)
  const hint = `Hint: Value was of type '${pythonType(value)}'. ${docs}`
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${shown} for parameter '${name.join('')}' supplied: ${hint}`,
  )
}

function wrapLists(schema: z.ZodObject, given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given
  let wrapped: Record<string, unknown> | undefined
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string' || !isList(schema.shape[name])) continue
    wrapped ??= { ...given }
    wrapped[name] = [value]
  }
  return wrapped ?? given
}

function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return isList(schema.unwrap())
  return schema instanceof z.ZodArray
}

function pythonType(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return 'dict'
}
