/** The light front door: what a pipeline file loads. */
import { csv, jsonl, parquet, postgres, source, sqlite } from './ingest/sources.ts'

export { declareIngest, type IngestStepOptions } from './ingest/declare-ingest.ts'
export type { CsvOptions, SourceLocation, SourceSpec } from './ingest/source-spec.ts'
export {
  declareSplit,
  group,
  random,
  type SplitHandles,
  type SplitStepOptions,
  stratified,
  time,
} from './split/declare-split.ts'
export { declareSql, type SqlStepOptions } from './sql/declare-sql.ts'
export { csv, jsonl, parquet, postgres, source, sqlite }
