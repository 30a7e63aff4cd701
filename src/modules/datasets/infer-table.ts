import { dirname, resolve } from 'node:path'

import type { TableSession } from '../../ports/table-engine.ts'
import { sqlName } from '../checks/index.ts'
import type { DatasetsContext } from './context.ts'
import { castSelect, inferTypes } from './ingest/infer-types.ts'
import { openRelation, sourceFolders } from './ingest/open-relation.ts'
import { type CsvWishes, guessCsv } from './ingest/guess-csv.ts'
import { toReadError } from './ingest/read-errors.ts'
import { resolveSource } from './ingest/resolve-source.ts'
import type { CsvOptions, ResolvedSource, SourceSpec } from './ingest/source-spec.ts'
import { withWorkFolder } from './work-folder.ts'

/** What a column of a file holds. */
export interface InferredColumn {
  readonly name: string
  /** A type of a schema: `integer`, `double`, `string`, … */
  readonly type: 'boolean' | 'integer' | 'bigint' | 'double' | 'decimal' | 'string' | 'date' | 'timestamp'
  readonly nullable: boolean
  readonly nulls: number
  /** Distinct values without null: exact for up to 100,000 rows or about 1,000 values, beyond that an estimate (HyperLogLog). */
  readonly distinct: number
  readonly min: string | number | null
  readonly max: string | number | null
  /** Every value as text with its count, most frequent first, when there are at most 50; absent beyond. */
  readonly values?: readonly { readonly value: string; readonly rows: number }[]
}

export interface InferredTable {
  readonly columns: readonly InferredColumn[]
  readonly rows: number
  /** How a CSV file must be read, as far as that differs from the usual. */
  readonly csv?: CsvOptions
  /** What was assumed of the file, in words; empty when nothing was. */
  readonly assumptions: readonly string[]
}

function schemaType(sqlType: string): InferredColumn['type'] {
  if (sqlType === 'BOOLEAN') return 'boolean'
  if (/^U?(TINY|SMALL)INT$|^INTEGER$/.test(sqlType)) return 'integer'
  if (/^(U?BIGINT|UINTEGER|U?HUGEINT)$/.test(sqlType)) return 'bigint'
  if (sqlType === 'FLOAT' || sqlType === 'DOUBLE') return 'double'
  if (sqlType.startsWith('DECIMAL(')) return 'decimal'
  if (sqlType === 'DATE') return 'date'
  return sqlType.startsWith('TIMESTAMP') ? 'timestamp' : 'string'
}

interface Facts {
  readonly known: number
  readonly distinct: number
  readonly min: string | number | null
  readonly max: string | number | null
  readonly small: boolean
}

const exactBelow = 1000
const exactRows = 100_000
/** Values are listed one by one up to this many. */
const listedValues = 50

/** Exact counts of the columns that seem to have few values: for them an estimate may be one off, which matters. */
async function exactDistinct(
  session: TableSession,
  relation: string,
  options: { readonly rows: number; readonly columns: readonly { readonly name: string; readonly estimate: number }[] },
): Promise<ReadonlyMap<string, number>> {
  const { rows, columns } = options
  const few = columns.filter((column) => rows <= exactRows || column.estimate <= exactBelow)
  if (few.length === 0) return new Map()
  const counts = few.map((column, index) => `count(DISTINCT ${sqlName(column.name)}) AS c${index}`)
  const [row] = await session.rows<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${relation}`)
  return new Map(few.map((column, index) => [column.name, row![`c${index}`]!]))
}

type ValueCounts = NonNullable<InferredColumn['values']>

/** The values of columns that have few, all columns in one pass. */
async function countValues(
  session: TableSession,
  relation: string,
  columns: readonly string[],
): Promise<ReadonlyMap<string, ValueCounts>> {
  if (columns.length === 0) return new Map()
  const counted = columns.map(
    (name, index) =>
      `map_entries(histogram(CAST(${sqlName(name)} AS VARCHAR)) FILTER (${sqlName(name)} IS NOT NULL)) AS c${index}`,
  )
  const [row] = await session.rows<Record<string, readonly { key: string; value: number | bigint }[] | null>>(
    `SELECT ${counted.join(', ')} FROM ${relation}`,
  )
  const list = (index: number): ValueCounts =>
    (row?.[`c${index}`] ?? [])
      .map(({ key, value }) => ({ value: key, rows: Number(value) }))
      .toSorted((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1))
  return new Map(columns.map((name, index) => [name, list(index)]))
}

/** Reads the whole file once for types and once for facts, out of core; for `baton init` and for a first look. */
export async function inferTable(
  ctx: DatasetsContext,
  path: string,
  options: CsvWishes & { readonly table?: string; readonly signal?: AbortSignal } = {},
): Promise<InferredTable> {
  const spec: SourceSpec = { format: 'auto', location: resolve(path) }
  const found = resolveSource(spec, { projectRoot: dirname(resolve(path)), env: () => undefined })
  const { header, skip } = options
  const wishes = { ...(header === undefined ? {} : { header }), ...(skip === undefined ? {} : { skip }) }
  const guess = found.format === 'csv' ? await guessCsv(found.path, wishes) : undefined
  const csv = guess?.options
  const source: ResolvedSource = csv ? { ...found, ...csv } : found
  const signal = options.signal ?? new AbortController().signal
  return withWorkFolder(ctx, async (work) => {
    await using session = await ctx.engine.openSession({
      memoryLimitMb: ctx.memoryLimitMb,
      allowedFolders: [resolve(work.path), ...sourceFolders(source).map((folder) => resolve(folder))],
    })
    try {
      const opened = await openRelation(session, source, {
        sources: ctx.sources,
        query: options.table === undefined ? {} : { table: options.table },
        signal,
        onRows: () => undefined,
      })
      const names = opened.columns.map((column) => column.name)
      const typed =
        opened.values === 'typed'
          ? opened.relation
          : `(${castSelect(opened.relation, await inferTypes(session, opened.relation, names))})`
      const columns = await session.describe(`SELECT * FROM ${typed}`)
      const facts = columns.map((column, index) => {
        const name = sqlName(column.name)
        const numeric = /INT|DOUBLE|FLOAT|DECIMAL/.test(column.sqlType)
        const shown = numeric ? (sql: string) => sql : (sql: string) => `CAST(${sql} AS VARCHAR)`
        return `{known: count(${name}), "distinct": approx_count_distinct(${name}),
          min: ${shown(`min(${name})`)}, max: ${shown(`max(${name})`)},
          small: ${numeric ? `max(abs(${name})) < 2147483648` : 'true'}} AS c${index}`
      })
      const [row] = await session.rows(`SELECT count(*) AS total, ${facts.join(', ')} FROM ${typed}`)
      const rows = Number(row?.['total'] ?? 0)
      const estimates = columns.map((column, index) => ({
        name: column.name,
        estimate: (row![`c${index}`] as Facts).distinct,
      }))
      const exact = await exactDistinct(session, typed, { rows, columns: estimates })
      const few = columns
        .map(({ name }) => name)
        .filter((name) => (exact.get(name) ?? Number.POSITIVE_INFINITY) <= listedValues)
      const values = await countValues(session, typed, few)
      const inferred = columns.map((column, index): InferredColumn => {
        const fact = row![`c${index}`] as Facts
        const type = schemaType(column.sqlType)
        return {
          name: column.name,
          type: type === 'bigint' && fact.small ? 'integer' : type,
          nullable: fact.known < rows,
          nulls: rows - fact.known,
          distinct: exact.get(column.name) ?? Math.min(fact.distinct, fact.known),
          min: fact.min,
          max: fact.max,
          ...(values.has(column.name) ? { values: values.get(column.name)! } : {}),
        }
      })
      return {
        columns: inferred,
        rows,
        assumptions: guess?.assumptions ?? [],
        ...(csv && Object.keys(csv).length > 0 ? { csv } : {}),
      }
    } catch (error) {
      throw await toReadError(error, path)
    }
  })
}
