import { z } from 'zod'

export const seriesQuery = z.object({
  runs: z.array(z.string()).min(1).max(200),
  keys: z.array(z.string()).min(1).max(50),
  points: z.int().min(10).max(20_000).default(1000).describe('at most this many of each series'),
})

/** One metric of one run over its steps; a value that is not finite is null. */
export const metricSeries = z.object({
  run: z.string(),
  key: z.string(),
  steps: z.array(z.number()),
  values: z.array(z.number().nullable()),
  timesMs: z.array(z.number()),
  total: z.number().describe('how many points the run has logged'),
})
export type MetricSeries = z.infer<typeof metricSeries>
export const seriesList = z.object({ series: z.array(metricSeries) })
