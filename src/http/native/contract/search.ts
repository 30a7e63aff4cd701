import { z } from 'zod'

export const searchQuery = z.object({ q: z.string().max(200), limit: z.int().min(1).max(50).default(8) })
export const searchHit = z.object({
  kind: z.enum(['run', 'pipeline', 'experiment', 'dataset', 'model']),
  title: z.string(),
  detail: z.string(),
  path: z.string().describe('of the page'),
})
export type SearchHit = z.infer<typeof searchHit>
export const searchHits = z.object({ hits: z.array(searchHit) })
