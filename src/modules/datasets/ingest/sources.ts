import type { CsvOptions, SourceLocation, SourceSpec } from './source-spec.ts'

/** A source whose kind its name says: `postgres://…`, `sqlite:…`, `.db`, `.csv`, `.csv.gz`, `.parquet`, `.jsonl`. */
export function source(location: SourceLocation): SourceSpec {
  return { format: 'auto', location }
}

/** A CSV file, also compressed by gzip. */
export function csv(location: SourceLocation, options: CsvOptions = {}): SourceSpec {
  return { format: 'csv', location, ...options }
}

export function parquet(location: SourceLocation): SourceSpec {
  return { format: 'parquet', location }
}

/** A file with one JSON object a line. */
export function jsonl(location: SourceLocation): SourceSpec {
  return { format: 'jsonl', location }
}

/** An SQLite database file. */
export function sqlite(location: SourceLocation): SourceSpec {
  return { format: 'sqlite', location }
}

/** A PostgreSQL database by its URL. */
export function postgres(location: SourceLocation): SourceSpec {
  return { format: 'postgres', location }
}
