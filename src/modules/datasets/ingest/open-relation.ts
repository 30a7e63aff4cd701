import { dirname } from 'node:path'

import type { RowQuery, RowSources } from '../../../ports/row-source.ts'
import type { TableSession } from '../../../ports/table-engine.ts'
import { sqlText } from '../../checks/index.ts'
import { inspectCsv } from './csv-dialect.ts'
import { csvRelation } from './csv-relation.ts'
import { checkGzip, compressionOf } from './csv-file.ts'
import { toReadError } from './read-errors.ts'
import { publicLocation } from './resolve-source.ts'
import type { ResolvedSource } from './source-spec.ts'
import { stageRows } from './staged-rows.ts'

/** A source as a relation of the session. */
export interface SourceRelation {
  readonly relation: string
  /** `text`: every value is text and its type is still to be found out; `typed`: the source has types of its own. */
  readonly values: 'text' | 'typed'
  /** The type that a source declares, for text columns; `VARCHAR` where it says nothing. */
  readonly columns: readonly { readonly name: string; readonly sqlType: string }[]
  /** True: types are declared by the source and only guarded, not guessed. */
  readonly declared: boolean
  /** For messages and records; without secrets. */
  readonly label: string
  /** Where a line of a file is named in errors. */
  readonly path: string
  /** The greatest value of the watermark column that was read, in text form. */
  readonly watermark?: string
}

export interface OpenOptions {
  readonly sources: RowSources
  readonly query: RowQuery
  readonly signal: AbortSignal
  readonly onRows: (rows: number) => void
  /** Names that the schema wants, so that JSON lines are read as text under them. */
  readonly wanted?: readonly string[]
}

/** Folders that a sandboxed session must be allowed to read for this source. */
export function sourceFolders(source: ResolvedSource): readonly string[] {
  return source.format === 'csv' || source.format === 'parquet' || source.format === 'jsonl'
    ? [dirname(source.path)]
    : []
}

async function openJsonLines(session: TableSession, path: string, wanted?: readonly string[]): Promise<SourceRelation> {
  const file = sqlText(path)
  const common = `format = 'newline_delimited', maximum_object_size = 16777216`
  const found = await session.describe(
    `FROM read_json(${file}, ${common}, sample_size = -1, convert_strings_to_integers = false)`,
  )
  const shared = { label: path, path, declared: false }
  if (!wanted) {
    const relation = `read_json(${file}, ${common}, sample_size = -1, convert_strings_to_integers = false)`
    return { relation, values: 'typed', columns: found, ...shared }
  }
  const columns = found.map((column) => ({ name: column.name, sqlType: 'VARCHAR' }))
  const list = columns.map((column) => `${sqlText(column.name)}: 'VARCHAR'`).join(', ')
  return { relation: `read_json(${file}, ${common}, columns = {${list}})`, values: 'typed', columns, ...shared }
}

/** Makes the source readable by SQL; everything that can be wrong with it beforehand is found here. */
export async function openRelation(
  session: TableSession,
  source: ResolvedSource,
  options: OpenOptions,
): Promise<SourceRelation> {
  const { signal } = options
  if (source.format === 'csv') {
    const dialect = await inspectCsv(source.path, source, signal)
    const columns = dialect.names.map((name) => ({ name, sqlType: 'VARCHAR' }))
    const { path } = source
    return { relation: csvRelation(dialect), values: 'text', columns, declared: false, label: path, path }
  }
  if (source.format === 'parquet' || source.format === 'jsonl') {
    const { path } = source
    try {
      if (source.format === 'jsonl') {
        if (compressionOf(path) === 'gzip') await checkGzip(path, signal)
        return await openJsonLines(session, path, options.wanted)
      }
      const relation = `read_parquet(${sqlText(path)})`
      const columns = await session.describe(`FROM ${relation}`)
      return { relation, values: 'typed', columns, declared: false, label: path, path }
    } catch (error) {
      throw await toReadError(error, path)
    }
  }
  await using opened = await options.sources.open(source.url.reveal())
  const staged = await stageRows(session, opened, options)
  const label = source.format === 'sqlite' ? source.path : publicLocation(source.url.reveal())
  return {
    relation: staged.relation,
    values: 'text',
    columns: staged.columns,
    declared: true,
    label,
    path: label,
    ...(staged.watermark === undefined ? {} : { watermark: staged.watermark }),
  }
}
