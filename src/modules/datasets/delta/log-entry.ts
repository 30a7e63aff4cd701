import type { Digest } from '../../../kernel/hash.ts'
import type { ColumnInfo } from '../../../ports/table-engine.ts'
import { DamagedTableError } from '../errors.ts'
import { type DeltaField, toStoredType } from './types.ts'

/** One Parquet file of a table. `path` is relative to the table's folder. */
export interface Part {
  readonly path: string
  readonly sha256: Digest
  readonly sizeBytes: number
  readonly rows: number
  /** Delta's statistics, as JSON text. */
  readonly stats: string
}

/** Who made a version and from what; kept in `commitInfo.baton`. */
export interface Provenance {
  readonly runId?: string
  readonly step?: string
  readonly source?: string
}

export interface BatonInfo extends Provenance {
  readonly digest: Digest
  readonly rows: number
  /** The greatest value of the watermark column so far, in text form. */
  readonly watermark?: string
  readonly watermarkColumn?: string
}

/** One commit of a Delta log, read. */
export interface LogEntry {
  readonly version: number
  readonly timestampMs: number
  readonly operation: string
  readonly baton: BatonInfo | undefined
  readonly adds: readonly Part[]
  readonly removes: readonly string[]
  readonly columns: readonly ColumnInfo[] | undefined
  readonly tableId: string | undefined
  readonly needsTimestampNtz: boolean
}

export type StoredColumn = Pick<ColumnInfo, 'name' | 'type' | 'sqlType'>

interface Action {
  commitInfo?: { timestamp?: number; operation?: string; baton?: BatonInfo }
  protocol?: { readerFeatures?: readonly string[] }
  metaData?: { id: string; schemaString: string }
  add?: {
    path: string
    size: number
    stats?: string
    tags?: Record<string, string>
  }
  remove?: { path: string }
}

/** The line format of a log file. */
export function formatActions(actions: readonly object[]): string {
  return `${actions.map((action) => JSON.stringify(action)).join('\n')}\n`
}

export function schemaString(columns: readonly StoredColumn[]): string {
  const fields: DeltaField[] = columns.map((column) => ({
    name: column.name,
    type: toStoredType(column.name, column.sqlType).deltaType,
    nullable: true,
    metadata: { 'baton.type': column.type, 'baton.sqlType': column.sqlType },
  }))
  return JSON.stringify({ type: 'struct', fields })
}

function parseColumns(text: string): readonly ColumnInfo[] {
  const schema = JSON.parse(text) as { fields: readonly DeltaField[] }
  return schema.fields.map((field) => ({
    name: field.name,
    type: (field.metadata['baton.type'] ?? 'other') as ColumnInfo['type'],
    sqlType: field.metadata['baton.sqlType'] ?? 'VARCHAR',
  }))
}

function toPart(add: NonNullable<Action['add']>, damaged: (problem: string) => Error): Part {
  const sha256 = add.tags?.['baton.sha256'] as Digest | undefined
  if (sha256 === undefined) throw damaged(`the part ${add.path} was added by another tool, without a digest`)
  const stats = add.stats ?? '{}'
  const { numRecords = 0 } = JSON.parse(stats) as { numRecords?: number }
  return { path: decodeURIComponent(add.path), sha256, sizeBytes: add.size, rows: numRecords, stats }
}

/** Reads one log file; anything but whole, known actions is damage. */
export function parseLogEntry(dataset: string, file: string, content: { version: number; text: string }): LogEntry {
  const damaged = (problem: string) => new DamagedTableError(dataset, file, problem)
  let actions: Action[]
  try {
    actions = content.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Action)
  } catch {
    throw damaged('a file of its log is not whole')
  }
  const info = actions.find((action) => action.commitInfo)?.commitInfo
  if (!info) throw damaged('a file of its log has no commitInfo')
  const metaData = actions.find((action) => action.metaData)?.metaData
  return {
    version: content.version,
    timestampMs: info.timestamp ?? 0,
    operation: info.operation ?? 'UNKNOWN',
    baton: info.baton,
    adds: actions.flatMap((action) => (action.add ? [toPart(action.add, damaged)] : [])),
    removes: actions.flatMap((action) => (action.remove ? [decodeURIComponent(action.remove.path)] : [])),
    columns: metaData ? parseColumns(metaData.schemaString) : undefined,
    tableId: metaData?.id,
    needsTimestampNtz: actions.some((action) => action.protocol?.readerFeatures?.includes('timestampNtz') === true),
  }
}
