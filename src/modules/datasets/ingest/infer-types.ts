import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlName, sqlText } from '../../checks/index.ts'

/** A column whose values are text, and the type they are taken for. */
export interface TextColumn {
  readonly name: string
  readonly sqlType: string
}

/** From narrow to wide; a column gets the first that all of its values are. */
const candidates = ['BOOLEAN', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP'] as const

/** `written`: the type is guessed from texts. `declared`: the source says it, and a value only must fit. */
export type Strictness = 'written' | 'declared'

/**
 * True where a text is not a value of the type as a person would write it. Stricter than a cast: `1.5` is no
 * integer, `007` is a code and no number, `NaN` is no number, `1` is no truth value.
 */
export function misfitSql(column: string, sqlType: string, strictness: Strictness = 'written'): string {
  const cast = `TRY_CAST(${column} AS ${sqlType})`
  switch (sqlType) {
    case 'VARCHAR':
      return 'false'
    case '"NULL"':
      return `${column} IS NOT NULL`
    default:
  }
  if (strictness === 'declared') return `(${cast} IS NULL)`
  switch (sqlType) {
    case 'BOOLEAN':
      return `lower(${column}) NOT IN ('true', 'false')`
    case 'BIGINT':
      return `(${cast} IS NULL OR regexp_matches(${column}, '^[+-]?0[0-9]|[^0-9+-]'))`
    case 'DOUBLE':
      return `(${cast} IS NULL OR NOT isfinite(${cast}) OR regexp_matches(${column}, '^[+-]?0[0-9]'))`
    case 'DATE':
      return `(${cast} IS NULL OR length(${column}) > 10)`
    default:
      return `(${cast} IS NULL)`
  }
}

interface Candidates {
  readonly name: string
  /** False: every value so far is null. */
  readonly some: boolean
  readonly types: readonly string[]
}

/** Which of the given types all values of each column have. */
async function keepFitting(
  session: TableSession,
  relation: string,
  columns: readonly Candidates[],
): Promise<readonly Candidates[]> {
  const asked = columns.flatMap(({ name, types }, index) => {
    const column = sqlName(name)
    const fits = types.map(
      (type, at) =>
        `coalesce(bool_and(NOT (${misfitSql(column, type)})) FILTER (${column} IS NOT NULL), false) AS c${index}_${at}`,
    )
    return [`count(${column}) > 0 AS c${index}_some`, ...fits]
  })
  const [found] = await session.rows<Record<string, boolean>>(`SELECT ${asked.join(', ')} FROM ${relation}`)
  return columns.map(({ name, types }, index) => {
    const some = found?.[`c${index}_some`] ?? false
    return { name, some, types: some ? types.filter((_, at) => found?.[`c${index}_${at}`]) : types }
  })
}

const sampleRows = 2048

/**
 * The narrowest type of each text column over all rows of the relation; an empty column is `"NULL"`. The first rows
 * only rule types out, so that the pass over all rows tests few of them.
 */
export async function inferTypes(
  session: TableSession,
  relation: string,
  names: readonly string[],
): Promise<readonly TextColumn[]> {
  if (names.length === 0) return []
  const all = names.map((name) => ({ name, some: false, types: candidates }))
  const left = await keepFitting(session, `(SELECT * FROM ${relation} LIMIT ${sampleRows})`, all)
  const found = await keepFitting(session, relation, left)
  return found.map(({ name, some, types }) => ({ name, sqlType: some ? (types[0] ?? 'VARCHAR') : '"NULL"' }))
}

const guardMark = 'baton_type_guard'

/** Casts every column to its type and stops the statement at the first value that is not of it. */
export function guardedSelect(relation: string, columns: readonly TextColumn[], strictness: Strictness): string {
  const list = columns.map(({ name, sqlType }) => {
    const column = sqlName(name)
    if (sqlType === 'VARCHAR') return column
    const misfit = misfitSql(column, sqlType, strictness)
    const guard = `CASE WHEN ${column} IS NOT NULL AND ${misfit} THEN error(${sqlText(guardMark)})`
    return sqlType === '"NULL"'
      ? `${guard} ELSE ${column} END AS ${column}`
      : `CAST(${guard} ELSE ${column} END AS ${sqlType}) AS ${column}`
  })
  return `SELECT ${list.join(', ')} FROM ${relation}`
}

/** The same casts without the guards, for types that were found over all rows. */
export function castSelect(relation: string, columns: readonly TextColumn[]): string {
  const list = columns.map(({ name, sqlType }) => {
    const column = sqlName(name)
    return sqlType === 'VARCHAR' || sqlType === '"NULL"' ? column : `CAST(${column} AS ${sqlType}) AS ${column}`
  })
  return `SELECT ${list.join(', ')} FROM ${relation}`
}

export function isGuardFailure(error: unknown): boolean {
  return error instanceof Error && error.message.includes(guardMark)
}
