import { z } from 'zod'

/** What the page needs to know before anything else. */
export const project = z.object({
  name: z.string(),
  version: z.string(),
  store: z.string(),
  user: z.string().optional(),
  role: z
    .enum(['viewer', 'data_scientist', 'engineer', 'admin'])
    .optional()
    .describe('absent: everybody may do everything'),
})
export type Project = z.infer<typeof project>
