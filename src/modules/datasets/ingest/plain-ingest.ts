import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName } from '../../checks/index.ts'
import { SchemaChangedError } from '../errors.ts'
import { type NewPart, writePart } from '../parts.ts'
import { castSelect, guardedSelect, inferTypes, isGuardFailure, misfitSql, type TextColumn } from './infer-types.ts'
import type { SourceRelation } from './open-relation.ts'
import { toReadError } from './read-errors.ts'

export interface PlainIngest {
  readonly source: SourceRelation
  readonly file: string
  readonly signal: AbortSignal
  /** The types of the table that is appended to; they are kept. */
  readonly kept?: { readonly dataset: string; readonly columns: readonly TextColumn[] }
  log(line: string): void
}

const sampleRows = 20_480

/** Declared types that hold for every value; a column with other values in it (SQLite allows that) is kept as text. */
async function heldTypes(session: TableSession, ingest: PlainIngest): Promise<readonly TextColumn[]> {
  const { relation, columns } = ingest.source
  const asked = columns.map(
    (column, index) =>
      `coalesce(bool_or(${misfitSql(sqlName(column.name), column.sqlType, 'declared')}) FILTER (${sqlName(column.name)} IS NOT NULL), false) AS c${index}`,
  )
  const [found] = await session.rows<Record<string, boolean>>(`SELECT ${asked.join(', ')} FROM ${relation}`)
  return columns.map((column, index) => {
    if (!found?.[`c${index}`]) return column
    ingest.log(`${column.name} is declared ${column.sqlType} and holds other values too: kept as text`)
    return { name: column.name, sqlType: 'VARCHAR' }
  })
}

/** Names the columns whose values are not all of the types that the table has. */
async function otherTypes(session: TableSession, ingest: PlainIngest, kept: readonly TextColumn[]): Promise<string> {
  const held = await heldTypes(session, { ...ingest, source: { ...ingest.source, columns: kept } })
  const other = kept.filter((column, index) => column.sqlType !== held[index]!.sqlType)
  return `values of ${other.map((column) => `${column.name} are not all ${column.sqlType}`).join(', of ')}`
}

/** Refuses to append rows whose columns have other names than the table's. */
function refuseOtherNames(ingest: PlainIngest): void {
  if (!ingest.kept) return
  const { dataset, columns } = ingest.kept
  const names = ingest.source.columns.map((column) => column.name)
  const fresh = names.filter((name) => !columns.some((column) => column.name === name))
  const gone = columns.map((column) => column.name).filter((name) => !names.includes(name))
  if (fresh.length + gone.length === 0) return
  const problem = [
    fresh.length > 0 ? `new: ${fresh.join(', ')}` : '',
    gone.length > 0 ? `missing: ${gone.join(', ')}` : '',
  ]
  throw new SchemaChangedError(dataset, problem.filter(Boolean).join('; '))
}

/** Ingests without a schema: every column gets the narrowest type that all of its values, not only the first, have. */
export async function plainIngest(session: TableSession, ingest: PlainIngest): Promise<NewPart> {
  const { source, file, signal } = ingest
  const { relation, columns } = source
  const write = (sql: string) => writePart(session, { sql, file, signal })
  try {
    if (source.values === 'typed') return await write(`SELECT * FROM ${relation}`)
    refuseOtherNames(ingest)
    const names = columns.map((column) => column.name)
    const strictness = source.declared || ingest.kept ? 'declared' : 'written'
    const first =
      ingest.kept?.columns ??
      (source.declared ? columns : await inferTypes(session, `(SELECT * FROM ${relation} LIMIT ${sampleRows})`, names))
    try {
      return await write(guardedSelect(relation, first, strictness))
    } catch (error) {
      if (!isGuardFailure(error)) throw error
      if (ingest.kept)
        throw new SchemaChangedError(ingest.kept.dataset, await otherTypes(session, ingest, ingest.kept.columns))
      ingest.log('a value beyond the first rows has another type: looking at all of them')
    }
    return await write(
      castSelect(
        relation,
        source.declared ? await heldTypes(session, ingest) : await inferTypes(session, relation, names),
      ),
    )
  } catch (error) {
    throw await toReadError(error, source.path)
  }
}
