import { z } from 'zod'

/** What the stream of server-sent events carries, one JSON object an event. */
export const serverEvent = z.object({
  type: z.enum(['started', 'finished', 'metrics']),
  run: z.string(),
  parent: z.string().optional(),
})
export type ServerEvent = z.infer<typeof serverEvent>
