import type { DatasetReader, DatasetWriter } from '../../../ports/dataset-reader.ts'
import type { Executor } from '../../../ports/executor.ts'
import type { FolderStore } from '../../../ports/folder-store.ts'

/** What running the user's own code needs. */
export interface CodeContext {
  readonly executor: Executor
  readonly projectRoot: string
  readonly env: (name: string) => string | undefined
  /** The interpreter that the project names; absent: `.venv/bin/python`, then `python3` on the PATH. */
  readonly python?: string
  /** Variables of the machine that every step sees beside the usual ones; their values count in the key. */
  readonly passEnv?: readonly string[]
  /** Where MLflow clients in a step log to; absent: nowhere. */
  readonly trackingUri?: string
}

/** What process steps need beside: tables and folders as files. */
export interface ProcessContext extends CodeContext {
  readonly reader: DatasetReader
  readonly writer: DatasetWriter
  readonly folders: FolderStore
}
