import type { FieldType, ModelTask } from '../../ports/model-runtime.ts'
import type { ColumnInfo } from '../../ports/table-engine.ts'
import { TargetMismatchError } from './errors.ts'

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

const numericTypes = new Set<ColumnInfo['type']>(['boolean', 'integer', 'bigint', 'double', 'decimal'])

/** True when the engine gives this column as numbers that can be calculated with. */
export function isNumeric(column: ColumnInfo): boolean {
  return numericTypes.has(column.type)
}

/**
 * The target as a number in SQL: for a binary model 1 for the positive class, 0 for another, NULL where it is missing;
 * for regression the value itself. A numeric target without a named class counts 1 as positive.
 */
export function targetSql(column: ColumnInfo, task: ModelTask, positive: string | undefined): string {
  const name = quoteName(column.name)
  if (task === 'regression') {
    if (isNumeric(column)) return `CAST(${name} AS DOUBLE)`
    throw new TargetMismatchError(column.name, `The target ${column.name} is ${column.sqlType}, not a number.`)
  }
  if (column.type === 'boolean') {
    const truth = positive === undefined || ['true', '1', 'yes'].includes(positive.toLowerCase())
    return `CASE WHEN ${name} IS NULL THEN NULL WHEN ${name} = ${truth} THEN 1.0 ELSE 0.0 END::DOUBLE`
  }
  if (isNumeric(column)) {
    const value = Number(positive === undefined || positive.toLowerCase() === 'true' ? '1' : positive)
    if (!Number.isFinite(value)) {
      const message = `The positive class is “${positive}”, but the target ${column.name} is a number (${column.sqlType}).`
      throw new TargetMismatchError(column.name, message)
    }
    return `CASE WHEN ${name} IS NULL OR isnan(CAST(${name} AS DOUBLE)) THEN NULL WHEN ${name} = ${value} THEN 1.0 ELSE 0.0 END::DOUBLE`
  }
  if (positive === undefined) {
    const message = `The target ${column.name} is ${column.sqlType}, and neither the contract nor the model says which class is positive.`
    throw new TargetMismatchError(column.name, message)
  }
  return `CASE WHEN ${name} IS NULL THEN NULL WHEN CAST(${name} AS VARCHAR) = ${quoteText(positive)} THEN 1.0 ELSE 0.0 END::DOUBLE`
}

/** The columns' types as a model's signature names them. */
export function fieldTypes(columns: readonly ColumnInfo[]): Record<string, FieldType> {
  return Object.fromEntries(columns.map((column) => [column.name, fieldTypeOf[column.type]]))
}

const fieldTypeOf: Readonly<Record<ColumnInfo['type'], FieldType>> = {
  boolean: 'boolean',
  integer: 'integer',
  bigint: 'integer',
  double: 'number',
  decimal: 'number',
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
  binary: 'string',
  other: 'string',
}
