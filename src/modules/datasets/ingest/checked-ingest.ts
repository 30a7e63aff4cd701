import type { TableSession } from '../../../ports/table-engine.ts'
import type { TableSchema } from '../../checks/declare.ts'
import {
  anyFailsSql,
  type CompiledCheck,
  type CompiledSchema,
  compileSchema,
  rawName,
  reasonsSql,
  sqlName,
  sqlText,
} from '../../checks/index.ts'
import { type NewPart, writePart } from '../parts.ts'
import { matchColumns } from './match-columns.ts'
import type { SourceRelation } from './open-relation.ts'
import { toReadError } from './read-errors.ts'

export interface CheckedIngest {
  readonly dataset: string
  readonly schema: TableSchema
  readonly source: SourceRelation
  /** Where the good rows and the others go. */
  readonly file: string
  readonly quarantineFile: string
  readonly signal: AbortSignal
}

export interface ReasonCount {
  readonly code: string
  readonly rows: number
}

export interface QuarantinedRow {
  readonly row: number
  readonly reasons: readonly string[]
  readonly values: Readonly<Record<string, string | null>>
}

export interface CheckedRows {
  readonly accepted: NewPart
  /** All rows of the source. */
  readonly totalRows: number
  readonly quarantine?: {
    readonly part: NewPart
    readonly reasons: readonly ReasonCount[]
    readonly examples: readonly QuarantinedRow[]
  }
}

/** The check of each key or unique column that really is repeated; its repeated values are kept in a table. */
async function repeatedChecks(session: TableSession, compiled: CompiledSchema, relation: string) {
  const checks: CompiledCheck[] = []
  for (const [index, unique] of compiled.unique.entries()) {
    const names = unique.columns.map(sqlName)
    const known = names.map((name) => `${name} IS NOT NULL`).join(' AND ')
    const table = `repeated_${index}`
    await session.run(
      `CREATE TABLE ${table} AS SELECT ${names.join(', ')} FROM (${compiled.typedSelect} FROM ${relation})
       WHERE ${known} GROUP BY ALL HAVING count(*) > 1`,
    )
    const [found] = await session.rows<{ some: boolean }>(`SELECT count(*) > 0 AS some FROM ${table}`)
    if (!found?.some) continue
    const tuple = names.length === 1 ? names[0]! : `(${names.join(', ')})`
    checks.push({
      code: unique.code,
      failsSql: `coalesce(${tuple} IN (SELECT ${names.length === 1 ? names[0]! : names.join(', ')} FROM ${table}), false)`,
    })
  }
  return checks
}

/** The rows that fail, whole and as the source said them, with every reason, the source and the row number. */
function quarantineSql(compiled: CompiledSchema, checks: readonly CompiledCheck[], source: SourceRelation): string {
  const raws = compiled.rawColumns.map((name) => `CAST(${sqlName(rawName(name))} AS VARCHAR) AS ${sqlName(name)}`)
  const list = [...raws, `${reasonsSql(checks)} AS _reasons`, `${sqlText(source.label)} AS _source`, '_row']
  return `SELECT ${list.join(', ')} FROM (
    SELECT *, row_number() OVER () AS _row FROM (${compiled.typedSelect} FROM ${source.relation})
  ) WHERE ${anyFailsSql(checks)}`
}

async function describeQuarantine(session: TableSession, part: NewPart) {
  const relation = `read_parquet(${sqlText(part.file)})`
  const reasons = await session.rows<{ code: string; rows: number }>(
    `SELECT code, count(*) AS rows FROM (SELECT unnest(_reasons) AS code FROM ${relation}) GROUP BY code ORDER BY rows DESC, code`,
  )
  const first = await session.rows(`SELECT * FROM ${relation} LIMIT 3`)
  const examples = first.map((row) => {
    const { _reasons, _row, _source, ...values } = row
    return { row: _row, reasons: _reasons, values } as QuarantinedRow
  })
  return { part, reasons, examples }
}

/** Ingests under a schema: rows that keep every rule go to the table, all others to quarantine with their reasons. */
export async function checkedIngest(session: TableSession, ingest: CheckedIngest): Promise<CheckedRows> {
  const { dataset, schema, source, signal } = ingest
  matchColumns(schema, source)
  try {
    const types =
      source.values === 'typed' ? source.columns : source.columns.map(({ name }) => ({ name, sqlType: 'VARCHAR' }))
    const compiled = compileSchema(dataset, schema, types)
    const checks = [...compiled.checks, ...(await repeatedChecks(session, compiled, source.relation))]
    const columns = compiled.columns.map((column) => sqlName(column.name)).join(', ')
    const accepted = await writePart(session, {
      sql: `SELECT ${columns} FROM (${compiled.typedSelect} FROM ${source.relation}) WHERE NOT (${anyFailsSql(checks)})`,
      file: ingest.file,
      signal,
    })
    const [counted] = await session.rows<{ rows: number }>(`SELECT count(*) AS rows FROM ${source.relation}`)
    const totalRows = counted?.rows ?? 0
    if (totalRows === accepted.rows) return { accepted, totalRows }
    const sql = quarantineSql(compiled, checks, source)
    const part = await writePart(session, { sql, file: ingest.quarantineFile, signal })
    return { accepted, totalRows, quarantine: await describeQuarantine(session, part) }
  } catch (error) {
    throw await toReadError(error, source.path)
  }
}
