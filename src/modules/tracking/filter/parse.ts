import { InvalidFilterError } from '../errors.ts'
import type { Comparison, Identifier } from './comparison.ts'
import { createScanner, type Scanner } from './scanner.ts'

/**
 * Reads a filter in MLflow's search grammar: comparisons joined by AND, no OR, NOT or parentheses.
 * An empty text has no comparisons. Whether a field exists and takes the operator is the compiler's question.
 */
export function parseFilter(text: string): readonly Comparison[] {
  const scanner = createScanner(text)
  const comparisons: Comparison[] = []
  if (scanner.atEnd()) return comparisons
  for (;;) {
    comparisons.push(readComparison(scanner))
    if (scanner.atEnd()) return comparisons
    if (!scanner.word('and')) scanner.fail('comparisons are joined by AND, and by nothing else')
  }
}

/** Reads one comparison: a field, an operator, a value. */
export function readComparison(scanner: Scanner): Comparison {
  const field = scanner.identifier()
  const operator = scanner.operator()
  const value = operator === 'IN' || operator === 'NOT IN' ? scanner.list() : scanner.value()
  return { field, operator, value }
}

export interface Order {
  readonly field: Identifier
  readonly descending: boolean
}

/** Reads `metrics.rocAuc DESC` and the like; ascending unless it says DESC. A field comes once. */
export function parseOrder(texts: readonly string[]): readonly Order[] {
  const seen = new Set<string>()
  return texts.map((text) => {
    const scanner = createScanner(text)
    const field = scanner.identifier()
    const descending = scanner.word('desc')
    if (!descending) scanner.word('asc')
    if (!scanner.atEnd()) scanner.fail('an order is a field, then ASC or DESC')
    const name = `${field.entity}.${field.key}`
    if (seen.has(name)) throw new InvalidFilterError(`The order names ${name} twice.`)
    seen.add(name)
    return { field, descending }
  })
}
