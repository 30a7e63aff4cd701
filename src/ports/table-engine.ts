import type { BatonError } from '../kernel/errors.ts'

/** The type of a column as Baton names it; a driver maps its own types to these. */
export type ColumnType =
  | 'boolean'
  | 'integer'
  | 'bigint'
  | 'double'
  | 'decimal'
  | 'string'
  | 'date'
  | 'timestamp'
  | 'binary'
  | 'other'

export interface ColumnInfo {
  readonly name: string
  readonly type: ColumnType
  /** The engine's own name of the type, for SQL: `DECIMAL(10,2)`. */
  readonly sqlType: string
}

/**
 * One column of a batch. Numbers (integers, decimals, booleans as 0 and 1, dates as days and timestamps as
 * seconds since 1970-01-01 UTC) come as `Float64Array` with NaN for null; everything else as strings with null.
 */
export type ColumnValues = Float64Array | readonly (string | null)[]

export interface ColumnBatch {
  readonly rows: number
  readonly columns: Readonly<Record<string, ColumnValues>>
}

export interface SessionOptions {
  /** The engine's memory budget; work beyond it spills to `temporaryFolder`. */
  readonly memoryLimitMb?: number
  readonly threads?: number
  /** Only these folders can be read or written by SQL of this session; absent, everything can. */
  readonly allowedFolders?: readonly string[]
}

/**
 * A private connection to an in-memory database. Laws:
 * 1. Two sessions never see each other's tables or settings.
 * 2. With `allowedFolders`, a statement that touches another path fails, and the setting cannot be undone by SQL.
 * 3. `batches` holds one batch in memory at a time and gives rows in the query's order.
 * 4. An aborted signal stops the running statement soon and rejects with the signal's reason.
 * 5. A failed statement rejects with a `BatonError` and leaves the session usable.
 */
export interface TableSession extends AsyncDisposable {
  /** Runs one or more statements, for their effect. */
  run(sql: string, options?: { signal?: AbortSignal }): Promise<void>
  /** A small result as plain objects: numbers for numeric types that fit, strings for dates, timestamps and the rest. */
  rows<T extends object = Record<string, unknown>>(sql: string): Promise<readonly T[]>
  /** The columns that a query would give, without running it. */
  describe(sql: string): Promise<readonly ColumnInfo[]>
  /** A result of any size, a batch of columns at a time. */
  batches(sql: string, options?: { batchRows?: number; signal?: AbortSignal }): AsyncIterable<ColumnBatch>
  /** Appends rows of text to an existing table of VARCHAR columns; null stays null. */
  appendText(table: string, rows: readonly (readonly (string | null)[])[]): Promise<void>
  /** The engine's physical plan of a query, as text; for inspection, not for users. */
  explain(sql: string): Promise<string>
}

/** Opens sessions. A driver reports its version so that a cache key can name it. */
export interface TableEngine extends AsyncDisposable {
  readonly name: string
  version(): Promise<string>
  openSession(options?: SessionOptions): Promise<TableSession>
}

/** How a driver says that a statement failed; `datasets` and others turn the well-known ones into their own errors. */
export type EngineFailure = BatonError & { readonly engineMessage: string }
