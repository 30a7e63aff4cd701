import type { RunId } from '../../kernel/ids.ts'
import type { TrackingContext } from './context.ts'
import type { TooLong } from './limits.ts'
import { insertMetrics, type MetricEntry, toMetricRows } from './log-metrics.ts'
import { insertParams, toParamRows } from './log-params.ts'
import { checkWritable } from './open-run.ts'
import { splitTags, writeTags } from './set-tags.ts'
import type { TrackingTables } from './tables.ts'

/** Metrics, params and tags that belong together. */
export interface Batch {
  readonly metrics: readonly MetricEntry[]
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly tooLong: TooLong
}

/** Logs metrics, params and tags in one transaction, all or none. */
export async function logBatch(ctx: TrackingContext, id: RunId, batch: Batch): Promise<void> {
  const { tags, tooLong } = batch
  const metrics = toMetricRows(id, batch.metrics, ctx.clock.now().getTime())
  const params = toParamRows(id, batch.params, tooLong)
  splitTags(id, tags, tooLong)
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    if (params.length > 0) await insertParams(tables, params)
    if (metrics.length > 0) await insertMetrics(tables, metrics)
    if (Object.keys(tags).length > 0) await writeTags(tables, id, { tags, tooLong })
  })
}
