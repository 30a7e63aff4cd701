import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Digest } from '../../../kernel/hash.ts'
import type { ColumnInfo } from '../../../ports/table-engine.ts'
import type { DatasetsContext } from '../context.ts'
import { DamagedTableError } from '../errors.ts'
import { type BatonInfo, type LogEntry, type Part, parseLogEntry } from './log-entry.ts'

type LogContext = Pick<DatasetsContext, 'tablesFolder' | 'logEntries'>

/** One immutable version of a dataset. */
export interface Snapshot {
  readonly dataset: string
  readonly version: number
  readonly digest: Digest
  readonly rows: number
  readonly timestampMs: number
  readonly operation: string
  readonly columns: readonly ColumnInfo[]
  readonly parts: readonly Part[]
  readonly baton: BatonInfo
}

export function tableFolder(ctx: Pick<DatasetsContext, 'tablesFolder'>, dataset: string): string {
  return join(ctx.tablesFolder, dataset)
}

export function logFolder(ctx: Pick<DatasetsContext, 'tablesFolder'>, dataset: string): string {
  return join(tableFolder(ctx, dataset), '_delta_log')
}

export function logFileName(version: number): string {
  return `${String(version).padStart(20, '0')}.json`
}

/** The names in a folder; none when the folder is not there. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** All commits of a table, oldest first. Version 0 creates the table and has no rows. */
export function readLog(ctx: LogContext, dataset: string): readonly LogEntry[] {
  const folder = logFolder(ctx, dataset)
  const names = namesIn(folder).filter((name) => /^\d{20}\.json$/.test(name))
  return names.map((name, version) => {
    const file = join(folder, name)
    if (Number(name.slice(0, 20)) !== version) {
      throw new DamagedTableError(dataset, join(folder, logFileName(version)), `its log lacks commit ${version}`)
    }
    const known = ctx.logEntries.get(file)
    if (known) return known
    const entry = parseLogEntry(dataset, file, { version, text: readFileSync(file, 'utf8') })
    ctx.logEntries.set(file, entry)
    return entry
  })
}

/** What the commits so far say of the table itself. */
export interface TableState {
  readonly columns: readonly ColumnInfo[]
  readonly tableId: string
  readonly hasTimestampNtz: boolean
}

export function tableState(log: readonly LogEntry[]): TableState {
  return {
    columns: log.findLast((commit) => commit.columns)?.columns ?? [],
    tableId: log.findLast((commit) => commit.tableId !== undefined)?.tableId ?? '',
    hasTimestampNtz: log.some((commit) => commit.needsTimestampNtz),
  }
}

/** The table as a commit left it; undefined for version 0, which only creates it. */
export function snapshotAt(dataset: string, log: readonly LogEntry[], version: number): Snapshot | undefined {
  const entry = log[version]
  if (!entry || version < 1) return undefined
  if (!entry.baton) {
    throw new DamagedTableError(dataset, logFileName(version), `version ${version} was committed by another tool`)
  }
  const commits = log.slice(0, version + 1)
  const parts = new Map<string, Part>()
  for (const commit of commits) {
    for (const path of commit.removes) parts.delete(path)
    for (const part of commit.adds) parts.set(part.path, part)
  }
  const { digest, rows } = entry.baton
  return {
    dataset,
    version,
    digest,
    rows,
    timestampMs: entry.timestampMs,
    operation: entry.operation,
    columns: tableState(commits).columns,
    parts: [...parts.values()],
    baton: entry.baton,
  }
}

/** The newest version, or undefined when the dataset has none. */
export function latestSnapshot(ctx: LogContext, dataset: string): Snapshot | undefined {
  const log = readLog(ctx, dataset)
  return snapshotAt(dataset, log, log.length - 1)
}
