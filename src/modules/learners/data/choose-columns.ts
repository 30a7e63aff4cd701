import type { FieldType } from '../../../ports/model-runtime.ts'
import type { ColumnInfo, ColumnType } from '../../../ports/table-engine.ts'
import { ColumnMissingError, FeatureTypeError } from '../errors.ts'
import type { Plan } from '../plan.ts'

/** A column that will be learned from. */
export interface ChosenColumn {
  readonly name: string
  readonly type: FieldType
}

const fieldTypes: Readonly<Record<ColumnType, FieldType | undefined>> = {
  boolean: 'boolean',
  integer: 'integer',
  bigint: 'integer',
  double: 'number',
  decimal: 'number',
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
  binary: undefined,
  other: undefined,
}

/** The feature columns of a plan, in the table's order, and why others were left out. */
export function chooseColumns(
  columns: readonly ColumnInfo[],
  plan: Plan,
): { readonly chosen: readonly ChosenColumn[]; readonly dropped: readonly string[] } {
  const names = columns.map(({ name }) => name)
  const known = new Set(names)
  const require = (name: string, role: string): void => {
    if (!known.has(name)) throw new ColumnMissingError(name, role, names)
  }
  require(plan.target, 'target')
  if (plan.weight !== undefined) require(plan.weight, 'weight')
  for (const name of plan.exclude) require(name, 'excluded')
  for (const name of plan.features ?? []) require(name, 'feature')
  for (const name of Object.keys(plan.monotone ?? {})) require(name, 'monotone')
  const wanted = plan.features === undefined ? undefined : new Set(plan.features)
  const left = new Set([plan.target, ...(plan.weight === undefined ? [] : [plan.weight]), ...plan.exclude])
  const chosen: ChosenColumn[] = []
  const dropped: string[] = []
  for (const { name, type, sqlType } of columns) {
    if (left.has(name) || (wanted !== undefined && !wanted.has(name))) continue
    const fieldType = fieldTypes[type]
    if (fieldType !== undefined) chosen.push({ name, type: fieldType })
    else if (wanted === undefined) dropped.push(`${name}: type ${sqlType} cannot be learned from`)
    else throw new FeatureTypeError(name, sqlType)
  }
  return { chosen, dropped }
}
