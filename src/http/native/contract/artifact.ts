import { z } from 'zod'

export const artifactQuery = z.object({ path: z.string().default('') })
export const contentQuery = z.object({ path: z.string().min(1), download: z.boolean().default(false) })
export const tableQuery = z.object({ path: z.string().min(1), rows: z.int().min(1).max(1000).default(100) })

export const artifactEntry = z.object({
  path: z.string().describe('relative to the run'),
  name: z.string(),
  isFolder: z.boolean(),
  sizeBytes: z.number().optional(),
})
export type ArtifactEntry = z.infer<typeof artifactEntry>
export const artifactList = z.object({ entries: z.array(artifactEntry) })

export const tableCell = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const tableHead = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  head: z.array(z.array(tableCell)),
  rows: z.number().optional().describe('how many there are in all, when it is known'),
})
export type TableHead = z.infer<typeof tableHead>
