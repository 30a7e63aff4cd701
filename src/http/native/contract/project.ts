import { z } from 'zod'

/** What the page needs to know before anything else. */
export const project = z.object({ name: z.string(), version: z.string(), store: z.string() })
export type Project = z.infer<typeof project>
