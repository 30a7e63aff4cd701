import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName } from '../../checks/index.ts'
import { type NewPart, writePart } from '../parts.ts'
import { castSelect, guardedSelect, inferTypes, isGuardFailure, misfitSql, type TextColumn } from './infer-types.ts'
import type { SourceRelation } from './open-relation.ts'
import { toReadError } from './read-errors.ts'

export interface PlainIngest {
  readonly source: SourceRelation
  readonly file: string
  readonly signal: AbortSignal
  /** The types of the table that is appended to; they are kept. */
  readonly kept?: readonly TextColumn[]
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

/** Ingests without a schema: every column gets the narrowest type that all of its values, not only the first, have. */
export async function plainIngest(session: TableSession, ingest: PlainIngest): Promise<NewPart> {
  const { source, file, signal } = ingest
  const { relation, columns } = source
  const write = (sql: string) => writePart(session, { sql, file, signal })
  try {
    if (source.values === 'typed') return await write(`SELECT * FROM ${relation}`)
    const names = columns.map((column) => column.name)
    const strictness = source.declared || ingest.kept ? 'declared' : 'written'
    const first =
      ingest.kept ??
      (source.declared ? columns : await inferTypes(session, `(SELECT * FROM ${relation} LIMIT ${sampleRows})`, names))
    try {
      return await write(guardedSelect(relation, first, strictness))
    } catch (error) {
      if (!isGuardFailure(error) || ingest.kept) throw error
      ingest.log('a value beyond the first rows has another type: looking at all of them')
    }
    return await write(
      castSelect(
        relation,
        source.declared ? await heldTypes(session, ingest) : await inferTypes(session, relation, names),
      ),
    )
  } catch (error) {
    throw toReadError(error, source.path)
  }
}
