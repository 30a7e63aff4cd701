/** The front door of datasets: versions of tables, how they are made, read, named and checked. */
export { createDatasetsContext, type DatasetsContext, type DatasetsOptions } from './context.ts'
export { openRelation, type SourceRelation } from './ingest/open-relation.ts'
export { toReadError } from './ingest/read-errors.ts'
export { resolveSource, type SourcePlace } from './ingest/resolve-source.ts'
export { hasVersion } from './has-version.ts'
export type { CsvWishes } from './ingest/guess-csv.ts'
export { createIngestStep } from './ingest/ingest-step.ts'
export { inferTable, type InferredColumn, type InferredTable } from './infer-table.ts'
export { createDatasetReader } from './reader.ts'
export { createSplitStep } from './split/split-step.ts'
export { createSqlStep } from './sql/sql-step.ts'
export type { DatasetTag } from './tags.ts'
export { type DatasetVersion, listDatasets, listVersions, resolveDataset, tagVersion } from './versions.ts'
export {
  cleanLeftovers,
  type CleanOptions,
  type Leftover,
  type TablesReport,
  type TornPart,
  verifyTables,
} from './verify.ts'
export { createDatasetWriter } from './writer.ts'
