import type { RunId } from '../../kernel/ids.ts'
import type { Tables, TrackingContext } from './context.ts'
import { RunAlreadyFinishedError, RunNotFoundError } from './errors.ts'
import { checkInteger } from './limits.ts'
import { type DataEntries, insertData, toDataRows } from './log-data.ts'
import { insertMetrics, type MetricEntry, toMetricRows } from './log-metrics.ts'
import { type FinalStatus, openStatuses, type RunError } from './run.ts'
import { writeTags } from './set-tags.ts'
import type { TrackingTables } from './tables.ts'

/** How a run ended, with what it made. */
export interface RunFinish {
  readonly status: FinalStatus
  readonly endedMs?: number
  readonly exitCode?: number
  readonly error?: RunError
  readonly outputs?: DataEntries
  readonly metrics?: readonly MetricEntry[] | Readonly<Record<string, number>>
  readonly tags?: Readonly<Record<string, string>>
}

const longestMessage = 8000

/**
 * Ends a run and records its outputs, metrics and tags in the same transaction: a finished run is whole.
 * Throws when the run has ended before.
 */
export async function finishRun(ctx: TrackingContext, id: RunId, input: RunFinish): Promise<void> {
  const nowMs = ctx.clock.now().getTime()
  const endedMs = input.endedMs ?? nowMs
  checkInteger(endedMs, 'The end of the run', 0)
  const outputs = toDataRows(id, input.outputs ?? [], 'output')
  const metrics = toMetricRows(id, input.metrics ?? [], nowMs)
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    const { numUpdatedRows } = await tables
      .updateTable('runs')
      .set({
        status: input.status,
        ended_ms: endedMs,
        exit_code: input.exitCode ?? null,
        error_code: input.error?.code ?? null,
        error_message: input.error?.message.slice(0, longestMessage) ?? null,
      })
      .where('id', '=', id)
      .where('status', 'in', openStatuses)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw await whyNot(tables, id)
    await insertData(tables, { table: 'run_outputs', rows: outputs })
    await insertMetrics(tables, metrics)
    await writeTags(tables, id, { tags: input.tags ?? {}, tooLong: 'truncate' })
  })
}

async function whyNot(tables: Tables, id: RunId): Promise<Error> {
  const row = await tables.selectFrom('runs').select('status').where('id', '=', id).executeTakeFirst()
  return row === undefined ? new RunNotFoundError(id) : new RunAlreadyFinishedError(id, row.status)
}
