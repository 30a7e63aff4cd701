import { z } from 'zod'

export const lineageQuery = z.object({
  run: z.string().optional(),
  dataset: z.string().optional().describe('name@version; the latest without one'),
  model: z.string().optional().describe('name@version'),
  depth: z.int().min(1).max(20).default(8),
})

export const lineageNode = z.object({
  id: z.string(),
  kind: z.enum(['source', 'dataset', 'step', 'run', 'artifact', 'model']),
  label: z.string(),
  detail: z.string().optional(),
  status: z.string().optional(),
  runId: z.string().optional(),
  dataset: z.object({ name: z.string(), version: z.number() }).optional(),
  model: z.object({ name: z.string(), version: z.number() }).optional(),
  focus: z.boolean(),
})
export type LineageNode = z.infer<typeof lineageNode>

export const lineage = z.object({
  nodes: z.array(lineageNode),
  edges: z.array(z.object({ from: z.string(), to: z.string(), label: z.string().optional() })),
  truncated: z.boolean(),
})
export type Lineage = z.infer<typeof lineage>
