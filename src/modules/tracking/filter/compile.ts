import { type RawBuilder, type SqlBool, sql } from 'kysely'

import { InvalidFilterError } from '../errors.ts'
import { columnOfTag } from '../set-tags.ts'
import { datasetColumns, findAttribute } from './attributes.ts'
import type { Comparison, Operator } from './comparison.ts'

type Condition = RawBuilder<SqlBool>

const numberOperators: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<=']
export const textOperators: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE']
const listOperators: readonly Operator[] = [...textOperators, 'IN', 'NOT IN']

/**
 * A condition on the table `runs`. As in MLflow, a run without the key never matches, `!=` included, and a metric is
 * compared by its latest value; NaN is unequal to every number and neither above nor below one.
 */
export function compileComparison(comparison: Comparison): Condition {
  const { field, operator, value } = comparison
  switch (field.entity) {
    case 'metric': {
      const bound = needNumber(comparison)
      const holds = sql<SqlBool>`value ${sql.raw(operator)} ${bound}`
      const orNan = operator === '!=' ? sql<SqlBool>`(is_nan = 1 or ${holds})` : sql<SqlBool>`(is_nan = 0 and ${holds})`
      return sql<SqlBool>`exists (select 1 from latest_metrics where run_id = runs.id and key = ${field.key} and ${orNan})`
    }
    case 'param':
      return compileKeyed('params', comparison)
    case 'tag': {
      const column = Object.hasOwn(columnOfTag, field.key)
        ? columnOfTag[field.key as keyof typeof columnOfTag]
        : undefined
      if (column === undefined) return compileKeyed('tags', comparison)
      needOperator(comparison, textOperators)
      return compileText(sql.ref(`runs.${column}`), operator, needText(comparison))
    }
    case 'dataset': {
      const column = Object.hasOwn(datasetColumns, field.key) ? datasetColumns[field.key] : undefined
      if (column === undefined) {
        throw fail(
          comparison,
          `Invalid dataset key '${field.key}'. Valid keys are ${Object.keys(datasetColumns).join(', ')}`,
        )
      }
      needOperator(comparison, listOperators)
      const holds = compileText(sql.ref(column), operator, needTexts(comparison))
      return sql<SqlBool>`exists (select 1 from run_inputs where run_id = runs.id and ${holds})`
    }
    case 'attribute': {
      const { column, type } = findAttribute(field)
      const reference = sql.ref(`runs.${column}`)
      if (type === 'number') return compileNumber(reference, comparison)
      needOperator(comparison, listOperators)
      return compileText(reference, operator, needTexts(comparison))
    }
    default:
      throw fail(comparison, `unknown entity ${String(field.entity satisfies never)} of ${String(value)}`)
  }
}

function compileKeyed(table: 'params' | 'tags', comparison: Comparison): Condition {
  needOperator(comparison, textOperators)
  const holds = compileText(sql.ref('value'), comparison.operator, needText(comparison))
  return sql<SqlBool>`exists (select 1 from ${sql.table(table)} where run_id = runs.id and key = ${comparison.field.key} and ${holds})`
}

/** A condition on a text column. */
export function compileText(
  column: RawBuilder<unknown>,
  operator: Operator,
  value: string | readonly string[],
): Condition {
  if (typeof value !== 'string') {
    const items = sql.join(value)
    return operator === 'IN' ? sql<SqlBool>`${column} in (${items})` : sql<SqlBool>`${column} not in (${items})`
  }
  // The escape character keeps a backslash an ordinary character in every engine.
  const pattern = value.replaceAll('!', '!!')
  if (operator === 'LIKE') return sql<SqlBool>`${column} like ${pattern} escape '!'`
  if (operator === 'ILIKE') return sql<SqlBool>`lower(${column}) like lower(${pattern}) escape '!'`
  return operator === '=' ? sql<SqlBool>`${column} = ${value}` : sql<SqlBool>`${column} <> ${value}`
}

/** A condition on a number column. */
export function compileNumber(column: RawBuilder<unknown>, comparison: Comparison): Condition {
  const bound = needNumber(comparison)
  return sql<SqlBool>`${column} ${sql.raw(comparison.operator)} ${bound}`
}

function needNumber(comparison: Comparison): number {
  needOperator(comparison, numberOperators)
  if (typeof comparison.value === 'number') return comparison.value
  throw fail(comparison, `${name(comparison)} is compared with a number, without quotes`)
}

/** The text of a comparison; throws when it is a number. */
export function needText(comparison: Comparison): string {
  if (typeof comparison.value === 'string') return comparison.value
  throw fail(comparison, `${name(comparison)} is compared with a text in quotes`)
}

function needTexts(comparison: Comparison): string | readonly string[] {
  if (typeof comparison.value !== 'number') return comparison.value
  throw fail(comparison, `${name(comparison)} is compared with a text in quotes`)
}

/** Throws unless the comparison uses one of these operators. */
export function needOperator(comparison: Comparison, allowed: readonly Operator[]): void {
  if (allowed.includes(comparison.operator)) return
  throw fail(comparison, `${name(comparison)} takes ${allowed.join(', ')}, not ${comparison.operator}`)
}

function name({ field }: Comparison): string {
  return `${field.entity}.${field.key}`
}

function fail(comparison: Comparison, message: string): InvalidFilterError {
  return new InvalidFilterError(`Invalid clause(s) in filter string: ${message}.`, { column: comparison.field.at + 1 })
}
