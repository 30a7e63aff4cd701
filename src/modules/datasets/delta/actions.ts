import { randomUUID } from 'node:crypto'

import type { Snapshot, TableState } from './log.ts'
import { type BatonInfo, type Part, schemaString, type StoredColumn } from './log-entry.ts'

const usesTimestampNtz = (columns: readonly StoredColumn[]) =>
  columns.some((column) => /TIMESTAMP(?! WITH TIME ZONE)/.test(column.sqlType))

function protocolAction(timestampNtz: boolean): object {
  const features = ['timestampNtz']
  return timestampNtz
    ? { protocol: { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: features, writerFeatures: features } }
    : { protocol: { minReaderVersion: 1, minWriterVersion: 2 } }
}

function metaDataAction(id: string, columns: readonly StoredColumn[], createdTime: number): object {
  return {
    metaData: {
      id,
      format: { provider: 'parquet', options: {} },
      schemaString: schemaString(columns),
      partitionColumns: [],
      configuration: {},
      createdTime,
    },
  }
}

/** Same names and types in the same order. */
export function sameColumns(one: readonly StoredColumn[], two: readonly StoredColumn[]): boolean {
  return (
    one.length === two.length &&
    one.every((column, index) => column.name === two[index]!.name && column.sqlType === two[index]!.sqlType)
  )
}

/** The actions of version 0: an empty table. */
export function createTableActions(columns: readonly StoredColumn[], timestampMs: number): readonly object[] {
  return [
    { commitInfo: { timestamp: timestampMs, operation: 'CREATE TABLE', operationParameters: {}, engineInfo: 'baton' } },
    protocolAction(usesTimestampNtz(columns)),
    metaDataAction(randomUUID(), columns, timestampMs),
  ]
}

export interface VersionActions {
  readonly mode: 'overwrite' | 'append'
  readonly operation: string
  readonly columns: readonly StoredColumn[]
  readonly added: Part
  /** What the table is before. */
  readonly table: TableState
  readonly latest: Snapshot | undefined
  readonly baton: BatonInfo
  readonly timestampMs: number
}

/** The actions of one new version. */
export function versionActions(version: VersionActions): readonly object[] {
  const { mode, operation, columns, added, table, latest, baton, timestampMs } = version
  const removed = mode === 'overwrite' ? (latest?.parts ?? []) : []
  return [
    {
      commitInfo: {
        timestamp: timestampMs,
        operation,
        operationParameters: { mode: mode === 'append' ? 'Append' : 'Overwrite' },
        isBlindAppend: mode === 'append',
        engineInfo: 'baton',
        baton,
      },
    },
    ...(usesTimestampNtz(columns) && !table.hasTimestampNtz ? [protocolAction(true)] : []),
    ...(sameColumns(table.columns, columns) ? [] : [metaDataAction(table.tableId, columns, timestampMs)]),
    ...removed.map((old) => ({
      remove: {
        path: encodeURIComponent(old.path),
        deletionTimestamp: timestampMs,
        dataChange: true,
        extendedFileMetadata: true,
        partitionValues: {},
        size: old.sizeBytes,
      },
    })),
    {
      add: {
        path: encodeURIComponent(added.path),
        partitionValues: {},
        size: added.sizeBytes,
        modificationTime: timestampMs,
        dataChange: true,
        stats: added.stats,
        tags: { 'baton.sha256': added.sha256 },
      },
    },
  ]
}
