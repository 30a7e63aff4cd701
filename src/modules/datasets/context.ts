import type { Clock } from '../../kernel/clock.ts'
import type { RowSources } from '../../ports/row-source.ts'
import type { TableEngine } from '../../ports/table-engine.ts'
import type { LogEntry } from './delta/log-entry.ts'

/** What the app gives this module. */
export interface DatasetsOptions {
  /** The folder of all Delta tables: `.baton/tables`. */
  readonly tablesFolder: string
  /** On the same file system as the tables: `.baton/tmp`. */
  readonly temporaryFolder: string
  readonly engine: TableEngine
  readonly sources: RowSources
  readonly clock: Clock
  /** The engine's memory budget for one step. */
  readonly memoryLimitMb: number
}

export interface DatasetsContext extends DatasetsOptions {
  /** Log entries that were read before; a log file never changes. */
  readonly logEntries: Map<string, LogEntry>
  /** Parts whose bytes were checked, by path, with the state of the file at that time. */
  readonly verifiedParts: Map<string, string>
}

/** The context of every function here; it remembers what was read and verified, so make one per process. */
export function createDatasetsContext(options: DatasetsOptions): DatasetsContext {
  return { ...options, logEntries: new Map(), verifiedParts: new Map() }
}
