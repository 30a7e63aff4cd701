import { UnknownFormatError } from './errors.ts'

export type OutputFormat = 'csv' | 'parquet' | 'jsonl'

/** The format that a file's name asks for. */
export function outputFormatOf(path: string): OutputFormat {
  const lower = path.toLowerCase()
  if (lower.endsWith('.csv')) return 'csv'
  if (lower.endsWith('.parquet')) return 'parquet'
  if (lower.endsWith('.jsonl') || lower.endsWith('.ndjson')) return 'jsonl'
  throw new UnknownFormatError('output', path, ['.csv', '.parquet', '.jsonl'])
}

/** `scores.csv` → `scores.rejected.csv`. */
export function rejectedPath(output: string): string {
  const dot = output.lastIndexOf('.')
  return `${output.slice(0, dot)}.rejected${output.slice(dot)}`
}

/** The options of a COPY statement for one part; only the first CSV part has the header line. */
export function copyOptions(format: OutputFormat, first: boolean): string {
  if (format === 'csv') return `(FORMAT csv, HEADER ${first})`
  return format === 'parquet' ? '(FORMAT parquet, COMPRESSION zstd)' : '(FORMAT json, ARRAY false)'
}
