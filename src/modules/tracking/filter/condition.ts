import { type RawBuilder, type SqlBool, sql } from 'kysely'

import type { Comparison } from './comparison.ts'
import { readComparison } from './parse.ts'
import { createScanner, type Scanner } from './scanner.ts'

/** Comparisons joined by AND and OR. */
export type Condition =
  | { readonly kind: 'comparison'; readonly comparison: Comparison }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Condition[] }

const deepest = 50

/**
 * Reads a filter in MLflow's search grammar, with OR and parentheses beyond it; AND binds closer. An empty text has no
 * condition.
 */
export function parseCondition(text: string): Condition | undefined {
  const scanner = createScanner(text)
  if (scanner.atEnd()) return undefined
  const condition = readAny(scanner, 0)
  if (!scanner.atEnd()) scanner.fail('comparisons are joined by AND or OR, and by nothing else')
  return condition
}

function readAny(scanner: Scanner, depth: number): Condition {
  const parts = [readAll(scanner, depth)]
  while (scanner.word('or')) parts.push(readAll(scanner, depth))
  return parts.length === 1 ? parts[0]! : { kind: 'any', parts }
}

function readAll(scanner: Scanner, depth: number): Condition {
  const parts = [readPart(scanner, depth)]
  while (scanner.word('and')) parts.push(readPart(scanner, depth))
  return parts.length === 1 ? parts[0]! : { kind: 'all', parts }
}

function readPart(scanner: Scanner, depth: number): Condition {
  if (!scanner.sign('(')) return { kind: 'comparison', comparison: readComparison(scanner) }
  if (depth >= deepest) scanner.fail(`there are more than ${deepest} parentheses in one another`)
  const inner = readAny(scanner, depth + 1)
  if (!scanner.sign(')')) scanner.fail('a parenthesis is not closed')
  return inner
}

/** The comparisons that must hold whatever else does. */
export function necessaryComparisons(condition: Condition | undefined): readonly Comparison[] {
  if (condition === undefined || condition.kind === 'any') return []
  return condition.kind === 'comparison' ? [condition.comparison] : condition.parts.flatMap(necessaryComparisons)
}

/** The condition in SQL, each comparison compiled by the given function. */
export function compileCondition(
  condition: Condition,
  compile: (comparison: Comparison) => RawBuilder<SqlBool>,
): RawBuilder<SqlBool> {
  if (condition.kind === 'comparison') return compile(condition.comparison)
  const parts = condition.parts.map((part) => compileCondition(part, compile))
  return sql<SqlBool>`(${sql.join(parts, condition.kind === 'all' ? sql` and ` : sql` or `)})`
}
