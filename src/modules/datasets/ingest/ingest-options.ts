import type { Json } from '../../../kernel/json.ts'
import type { TableSchema } from '../../checks/declare.ts'
import type { SourceSpec } from './source-spec.ts'

/** What an ingest step was asked to do: the `options` of its node. */
export interface IngestOptions {
  readonly dataset: string
  readonly source: SourceSpec
  readonly table?: string
  readonly query?: string
  readonly schema?: TableSchema
  readonly mode: 'overwrite' | 'append'
  /** Only rows with a greater value than the last time are read, and appended. */
  readonly watermark?: string
}

/** The options of a node that `declareIngest` made. */
export function readIngestOptions(options: Json): IngestOptions {
  return options as unknown as IngestOptions
}
