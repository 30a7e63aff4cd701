import { castSql, sqlTypeOf, typeMismatchSql } from './column-sql.ts'
import { columnRules } from './rules.ts'
import type { TableSchema } from './schema.ts'
import { sqlName, sqlText } from './sql-text.ts'

/** A column of what is checked, as the engine describes it. */
export interface SourceColumnType {
  readonly name: string
  readonly sqlType: string
}

/** One thing that a row can break: its permanent reason code, and SQL that is true (never null) where it is broken. */
export interface CompiledCheck {
  readonly code: string
  readonly failsSql: string
}

/** Values that may occur once only: `groupSql` gives the repeated ones from the typed relation. */
export interface UniqueCheck {
  readonly code: string
  readonly columns: readonly string[]
}

/** A schema as SQL over one relation. */
export interface CompiledSchema {
  /** The declared columns in order, after the cast, with the engine's types. */
  readonly columns: readonly { readonly name: string; readonly sqlType: string }[]
  /** `SELECT …` of every typed column under its name and every source column under `rawName(name)`; a FROM follows. */
  readonly typedSelect: string
  readonly rawColumns: readonly string[]
  readonly checks: readonly CompiledCheck[]
  readonly unique: readonly UniqueCheck[]
}

/** The name that a source column has beside the typed ones. */
export function rawName(name: string): string {
  return `__raw ${name}`
}

/** The name in the source of a column of the schema. */
export function sourceName(schema: TableSchema, name: string): string {
  return schema.columns[name]?.from ?? name
}

/** Compiles a schema for a source with these columns; every column that the schema needs must be among them. */
export function compileSchema(
  dataset: string,
  schema: TableSchema,
  source: readonly SourceColumnType[],
): CompiledSchema {
  const types = new Map(source.map((column) => [column.name, column.sqlType]))
  const typed: string[] = []
  const checks: CompiledCheck[] = []
  const unique: UniqueCheck[] = []
  for (const [name, column] of Object.entries(schema.columns)) {
    const from = column.from ?? name
    const rawType = types.get(from) ?? 'VARCHAR'
    typed.push(`${castSql(column, sqlName(from), rawType)} AS ${sqlName(name)}`)
    const value = sqlName(name)
    const raw = sqlName(rawName(from))
    const add = (check: string, failsSql: string) =>
      checks.push({ code: `${dataset}.${name}:${check}`, failsSql: `coalesce(${failsSql}, false)` })
    const mismatch = typeMismatchSql(column, raw, { typed: value, rawType })
    if (mismatch !== 'false') add('type', mismatch)
    if (!column.nullable) add('not_null', `${raw} IS NULL`)
    for (const rule of columnRules(dataset, name, { column, typed: value })) add(rule.check, rule.failsSql)
    if (column.unique) unique.push({ code: `${dataset}.${name}:unique`, columns: [name] })
  }
  for (const row of schema.rows ?? []) {
    checks.push({ code: `${dataset}:${row.name}`, failsSql: `NOT coalesce((\n${row.sql}\n), false)` })
  }
  if (schema.key) unique.push({ code: `${dataset}:key`, columns: schema.key })
  const raws = source.map((column) => `${sqlName(column.name)} AS ${sqlName(rawName(column.name))}`)
  return {
    columns: Object.entries(schema.columns).map(([name, column]) => ({ name, sqlType: sqlTypeOf(column) })),
    typedSelect: `SELECT ${[...typed, ...raws].join(', ')}`,
    rawColumns: source.map((column) => column.name),
    checks,
    unique,
  }
}

/** SQL that is true where any of the checks fails. */
export function anyFailsSql(checks: readonly CompiledCheck[]): string {
  return checks.length === 0 ? 'false' : checks.map((check) => `(${check.failsSql})`).join(' OR ')
}

/** SQL of the list of reason codes of a row, in the order of the schema. */
export function reasonsSql(checks: readonly CompiledCheck[]): string {
  if (checks.length === 0) return 'CAST([] AS VARCHAR[])'
  const cases = checks.map((check) => `CASE WHEN ${check.failsSql} THEN ${sqlText(check.code)} END`)
  return `list_filter([${cases.join(', ')}], lambda x: x IS NOT NULL)`
}
