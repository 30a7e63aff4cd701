import type { Digest } from '../kernel/hash.ts'
import type { ColumnInfo } from './table-engine.ts'

/** An exact dataset version, as steps pass it on. */
export interface TableAddress {
  readonly dataset: string
  readonly version: number
  readonly digest: Digest
}

/** A version made readable: `sql` is a relation for a FROM clause; `folders` is what a sandboxed session must allow. */
export interface TableScan {
  readonly sql: string
  readonly folders: readonly string[]
  /** The Parquet parts as absolute paths, in the order of the rows; a process step gets them as files. */
  readonly files: readonly string[]
  readonly rows: number
  readonly columns: readonly ColumnInfo[]
}

/** Reads dataset versions. A reader is never disturbed by a writer: the parts of a version do not change. */
export interface DatasetReader {
  /** Rejects with not_found when the version is gone, with an error that names the part when its bytes are not the recorded ones. */
  scan(address: TableAddress): Promise<TableScan>
}

/** Writes a new version of a dataset from files that a step made. */
export interface DatasetWriter {
  /** Commits Parquet or CSV files as one version; equal content to the latest version gives that one back. */
  commitFiles(
    dataset: string,
    files: readonly string[],
    provenance: { readonly runId: string; readonly step: string },
  ): Promise<TableAddress & { readonly rows: number }>
}
