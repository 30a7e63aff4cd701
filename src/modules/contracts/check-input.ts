import { type CompiledSchema, compileSchema, type SourceColumnType } from '../checks/index.ts'
import type { ColumnSchema, TableSchema } from '../checks/declare.ts'
import type { FieldSpec } from './field.ts'
import type { ModelContract } from './model-contract.ts'

const columnTypes = {
  number: 'double',
  integer: 'bigint',
  boolean: 'boolean',
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
} as const satisfies Record<FieldSpec['type'], ColumnSchema['type']>

/** The input of a model as a table's schema: the same rules, by the same compiler, as for ingested data. */
function inputSchema(contract: ModelContract): TableSchema {
  const columns = Object.entries(contract.input).map(([name, { oneOf, ...field }]) => {
    const values = oneOf === undefined ? {} : { oneOf: [...oneOf] }
    return [name, { ...field, ...values, type: columnTypes[field.type] } satisfies ColumnSchema] as const
  })
  return { columns: Object.fromEntries(columns), extraColumns: 'drop' }
}

/**
 * The input check of a contract as SQL over a source with these columns: typed columns, and for each rule an
 * expression with its reason code (`churn.recency_days:min`). Every input must be among the columns.
 */
export function checkInput(contract: ModelContract, source: readonly SourceColumnType[]): CompiledSchema {
  return compileSchema(contract.name, inputSchema(contract), source)
}
