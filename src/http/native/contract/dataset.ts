import { z } from 'zod'

export const datasetVersion = z.object({
  dataset: z.string(),
  version: z.number(),
  digest: z.string(),
  rows: z.number(),
  sizeBytes: z.number(),
  columns: z.array(z.object({ name: z.string(), type: z.string(), sqlType: z.string() })),
  createdAt: z.string(),
  operation: z.string(),
  runId: z.string().optional(),
  step: z.string().optional(),
  source: z.string().optional(),
  tags: z.array(z.string()),
})
export type DatasetVersion = z.infer<typeof datasetVersion>

export const datasetSummary = datasetVersion
  .omit({ columns: true })
  .extend({ columns: z.number(), versions: z.number() })
export type DatasetSummary = z.infer<typeof datasetSummary>
export const datasetList = z.object({ datasets: z.array(datasetSummary) })

export const datasetDetail = z.object({
  name: z.string(),
  versions: z.array(datasetVersion).describe('newest first'),
  usedBy: z.array(z.object({ runId: z.string(), name: z.string(), startedMs: z.number(), version: z.number() })),
})
export type DatasetDetail = z.infer<typeof datasetDetail>

export const rowsQuery = z.object({ rows: z.int().min(1).max(1000).default(100) })
export const differenceQuery = z.object({ from: z.int().min(1), to: z.int().min(1) })

/** How one column differs between two versions. */
export const columnDifference = z.object({
  column: z.string(),
  change: z.enum(['added', 'removed', 'retyped', 'same']),
  before: z.string().optional(),
  after: z.string().optional(),
})
export type ColumnDifference = z.infer<typeof columnDifference>
export const datasetDifference = z.object({
  from: datasetVersion,
  to: datasetVersion,
  columns: z.array(columnDifference),
})
export type DatasetDifference = z.infer<typeof datasetDifference>
