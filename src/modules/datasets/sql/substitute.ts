import { type Json } from '../../../kernel/json.ts'
import { nearest } from '../../../kernel/nearest.ts'
import { sqlText } from '../../checks/index.ts'
import { SqlRefusedError } from '../errors.ts'
import { placeAt } from './place.ts'
import { findParams, type ParamUse } from './tokens.ts'

/** SQL with its params as literals, and the way back to what the user wrote. */
export interface SubstitutedSql {
  readonly text: string
  /** The params that occur, by name. */
  readonly used: Readonly<Record<string, Json>>
  /** The offset in the user's text of an offset in `text`. */
  readonly toOriginal: (offset: number) => number
}

function literal(name: string, value: Json): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return sqlText(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return value < 0 ? `(${value})` : String(value)
  if (Array.isArray(value)) return `[${value.map((item: Json) => literal(name, item)).join(', ')}]`
  throw new SqlRefusedError('sql_param_type', `The param ${name} is an object, which SQL has no literal for.`, {
    hint: 'Pass its fields as params of their own.',
    where: { field: name },
  })
}

function unknownParam(
  use: ParamUse,
  options: { known: readonly string[]; sql: string; file: string },
): SqlRefusedError {
  const near = nearest(use.name, options.known)
  const list = options.known.length === 0 ? 'The pipeline has none.' : `The pipeline has: ${options.known.join(', ')}.`
  return new SqlRefusedError(
    'sql_unknown_param',
    `The SQL asks for the param $${use.name}, which the pipeline does not have.`,
    {
      hint: near === undefined ? `${list} Add it to params of the pipeline.` : `Did you mean $${near}?`,
      where: { file: options.file, ...placeAt(options.sql, use.start) },
    },
  )
}

/** Puts the values of `$name` into the SQL, outside of strings, comments and quoted names. */
export function substituteParams(sql: string, params: Readonly<Record<string, Json>>, file: string): SubstitutedSql {
  const known = Object.keys(params)
  const used: Record<string, Json> = {}
  const steps: { readonly at: number; readonly shift: number }[] = []
  let text = ''
  let from = 0
  for (const use of findParams(sql)) {
    const value = params[use.name]
    if (value === undefined) throw unknownParam(use, { known, sql, file })
    used[use.name] = value
    text += sql.slice(from, use.start) + literal(use.name, value)
    from = use.end
    steps.push({ at: text.length, shift: use.end - text.length })
  }
  text += sql.slice(from)
  return {
    text,
    used,
    toOriginal: (offset) => offset + (steps.findLast((step) => step.at <= offset)?.shift ?? 0),
  }
}
