/** A column as the source declares it; `sqlType` is the closest type of the table engine. */
export interface SourceColumn {
  readonly name: string
  readonly sqlType: string
}

export interface RowQuery {
  /** A table's name, or a query; exactly one of the two. */
  readonly table?: string
  readonly query?: string
  /** Only rows whose `column` is greater than `after` (text form; absent: all), in the order of that column. */
  readonly watermark?: { readonly column: string; readonly after?: string }
}

/**
 * A database that rows are read from. Laws:
 * 1. Reading happens in one read-only transaction: no row that was committed later is seen, nothing is ever written.
 * 2. Rows are streamed in batches through a cursor; memory does not grow with the table.
 * 3. Values come as text that the table engine casts to the declared type without loss; null stays null.
 */
export interface RowSource extends AsyncDisposable {
  columns(query: RowQuery): Promise<readonly SourceColumn[]>
  batches(query: RowQuery, signal?: AbortSignal): AsyncIterable<readonly (readonly (string | null)[])[]>
}

/** Opens a source by its URL (`postgres://…`, `sqlite:path`); an unknown scheme is a usage error. */
export interface RowSources {
  open(url: string): Promise<RowSource>
}
