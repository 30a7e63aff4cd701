import type { RunId } from '../../../kernel/ids.ts'
import { inChunks, tablesOf, type TrackingContext } from '../context.ts'
import { InvalidEntryError } from '../errors.ts'
import { checkInteger, limits } from '../limits.ts'
import { insertData, toDataRows } from '../log-data.ts'
import { insertMetrics, toMetricRows } from '../log-metrics.ts'
import { toParamRows } from '../log-params.ts'
import type { LifecycleStage, Metric, RunDatum, RunStatus } from '../run.ts'
import { splitTags } from '../set-tags.ts'
import { toRunRow } from '../start-run.ts'
import type { KeyValueRow, MetricRow, RunDataRow, RunRow, TrackingTables } from '../tables.ts'

/** A run that another store has recorded, with its own id. */
export interface ImportedRun {
  readonly id: RunId
  readonly experimentId: string
  readonly name: string
  readonly user: string
  readonly status: RunStatus
  readonly lifecycleStage: LifecycleStage
  readonly startedMs: number
  readonly endedMs: number | undefined
  readonly deletedMs: number | undefined
  readonly artifactUri: string
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** The whole history. */
  readonly metrics: readonly Metric[]
  readonly inputs: readonly RunDatum[]
}

/**
 * Writes a run as it was recorded elsewhere, in one transaction; writing it again brings it up to date and keeps what
 * was added here. Gives what was left out, entry by entry, because it breaks a limit; throws when the run itself does.
 */
export async function importRun(ctx: TrackingContext, run: ImportedRun): Promise<readonly string[]> {
  const { id } = run
  const leftOut: string[] = []
  const fitting = <T, Row>(entries: readonly T[], toRows: (entry: T) => readonly Row[]): Row[] =>
    entries.flatMap((entry) => {
      try {
        return toRows(entry)
      } catch (error) {
        if (!(error instanceof InvalidEntryError)) throw error
        leftOut.push(error.message)
        return []
      }
    })
  const params = fitting<[string, string], KeyValueRow>(Object.entries(run.params), ([key, value]) =>
    toParamRows(id, { [key]: value }, 'refuse'),
  )
  const tags = fitting<[string, string], ReturnType<typeof splitTags>>(Object.entries(run.tags), ([key, value]) => [
    splitTags(id, { [key]: value }, 'refuse'),
  ])
  const metrics = fitting<Metric, MetricRow>(run.metrics, (metric) => toMetricRows(id, [metric], 0))
  const inputs = fitting<RunDatum, RunDataRow>(run.inputs, (input) => toDataRows(id, [input], 'input'))
  const row = toRow(run, Object.assign({}, ...tags.map(({ columns }) => columns)) as Partial<RunRow>)
  const { id: _, ...columns } = row
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await tables
      .insertInto('runs')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute()
    for (const [table, rows] of [
      ['params', params],
      ['tags', tags.flatMap((each) => each.rows)],
    ] as const) {
      for (const chunk of inChunks(rows)) {
        await tables
          .insertInto(table)
          .values(chunk)
          .onConflict((conflict) =>
            conflict.columns(['run_id', 'key']).doUpdateSet((excluded) => ({ value: excluded.ref('excluded.value') })),
          )
          .execute()
      }
    }
    await insertMetrics(tables, metrics)
    await insertData(tables, { table: 'run_inputs', rows: inputs })
  })
  return [...new Set(leftOut)]
}

function toRow(run: ImportedRun, ofTags: Partial<RunRow>): RunRow {
  checkInteger(run.startedMs, 'The start of the run', 0)
  if (run.endedMs !== undefined) checkInteger(run.endedMs, 'The end of the run', 0)
  const name = (run.name || ofTags.name || run.id).slice(0, limits.runNameCharacters)
  const facts = { experimentId: Number(run.experimentId), startedMs: run.startedMs }
  return {
    ...toRunRow(run.id, { name, kind: 'run', artifactUri: run.artifactUri }, facts),
    user_name: run.user === '' ? null : run.user,
    ...ofTags,
    name,
    status: run.status,
    lifecycle_stage: run.lifecycleStage,
    ended_ms: run.endedMs ?? null,
    deleted_ms: run.lifecycleStage === 'deleted' ? (run.deletedMs ?? run.endedMs ?? run.startedMs) : null,
  }
}

/** True when a run has this id, deleted or not. */
export async function runExists(ctx: TrackingContext, id: RunId): Promise<boolean> {
  const row = await tablesOf(ctx).selectFrom('runs').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}
