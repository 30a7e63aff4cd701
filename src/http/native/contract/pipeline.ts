import { z } from 'zod'

import { runSummary } from './run.ts'

export const pipelineSummary = z.object({
  name: z.string(),
  file: z.string().optional(),
  runs: z.array(runSummary.extend({ summary: z.string().optional() })).describe('the latest, newest first'),
})
export type PipelineSummary = z.infer<typeof pipelineSummary>
export const pipelineList = z.object({ pipelines: z.array(pipelineSummary) })
