import type { z } from 'zod'

import { nearest } from '../../kernel/nearest.ts'

/** One thing that is wrong in a contract. */
export interface ContractProblem {
  /** Where in the contract: `quality.rocAuc.min`. */
  readonly path: string
  readonly message: string
  readonly hint?: string
}

type Path = readonly PropertyKey[]

/** The parts of a zod definition that lead from a schema to the schemas inside it. */
interface Definition {
  readonly type: string
  readonly innerType?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly valueType?: z.core.$ZodType
  readonly element?: z.core.$ZodType
}

/** The keys that an object at this place of the schema may have; empty when any key may stand there. */
function knownKeys(schema: z.core.$ZodType, path: Path): readonly string[] {
  // oxlint-disable-next-line no-underscore-dangle -- zod's documented way to look into a schema
  const { innerType, options, shape, valueType, element } = schema._zod.def as Definition
  if (innerType !== undefined) return knownKeys(innerType, path)
  if (options !== undefined) return [...new Set(options.flatMap((option) => knownKeys(option, path)))]
  const [head, ...rest] = path
  if (head === undefined) return Object.keys(shape ?? {})
  const child = shape?.[String(head)] ?? valueType ?? element
  return child === undefined ? [] : knownKeys(child, rest)
}

/** `quality.rocAuc.min`, `behaviour[0].monotone`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  )
}

function* unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, schema: z.core.$ZodType, prefix: Path) {
  const path = [...prefix, ...issue.path]
  const known = knownKeys(schema, path)
  for (const key of issue.keys) {
    const near = nearest(key, known)
    yield {
      path: formatPath([...path, key]),
      message: `there is no field ${key}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
      hint: near === undefined ? `known fields: ${known.join(', ')}` : `write ${near} instead of ${key}`,
    }
  }
}

function* fromIssue(issue: z.core.$ZodIssue, schema: z.core.$ZodType, prefix: Path): Generator<ContractProblem> {
  if (issue.code === 'unrecognized_keys') {
    yield* unknownKeys(issue, schema, prefix)
    return
  }
  const path = [...prefix, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that came furthest is the one that was meant.
    const meant = issue.errors.toSorted((a, b) => rank(b) - rank(a) || a.length - b.length)[0]!
    for (const inner of meant) yield* fromIssue(inner, schema, path)
    return
  }
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    const values = issue.values.map(String)
    const near = nearest(issue.input, values)
    yield {
      path: formatPath(path),
      message: `"${issue.input}" is not one of ${values.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`,
    }
    return
  }
  yield { path: formatPath(path), message: issue.message }
}

/** An alternative whose top level already has the wrong type was not meant. */
function rank(issues: readonly z.core.$ZodIssue[]): number {
  return issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type') ? 0 : 1
}

/** The problems of a failed parse, with the nearest known key for each unknown one. */
export function problemsOf(error: z.core.$ZodError, schema: z.core.$ZodType): readonly ContractProblem[] {
  return error.issues.flatMap((issue) => [...fromIssue(issue, schema, [])])
}
