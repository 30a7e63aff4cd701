import type { RunId } from '../../kernel/ids.ts'
import { type Tables, type TrackingContext, tablesOf } from './context.ts'
import { InvalidEntryError, RunNotFoundError, TagNotFoundError } from './errors.ts'
import { checkInteger, limits } from './limits.ts'
import { checkWritable } from './open-run.ts'
import { openStatuses, type RunInfo, type RunStatus } from './run.ts'
import { toRunInfo } from './run-rows.ts'
import { columnOfTag } from './set-tags.ts'
import type { RunRow, TrackingTables } from './tables.ts'

/** What may change of a run that a person or an MLflow client has started. */
export interface RunUpdate {
  readonly status?: RunStatus
  readonly endedMs?: number
  readonly name?: string
}

/**
 * Changes the status, end or name of an active run; a run that has ended may be taken up again. The status of a
 * pipeline's run and of its steps' runs belongs to the pipeline: an MLflow client inside a step does not end it.
 */
export async function updateRun(ctx: TrackingContext, id: RunId, update: RunUpdate): Promise<RunInfo> {
  const { status, endedMs, name } = update
  if (endedMs !== undefined) checkInteger(endedMs, 'The end of the run', 0)
  if (name !== undefined) checkRunName(name)
  return await ctx.database.transaction<TrackingTables, RunInfo>(async (tables) => {
    await checkWritable(tables, id)
    if (name !== undefined) await tables.updateTable('runs').set({ name }).where('id', '=', id).execute()
    const columns = {
      ...(status === undefined ? {} : { status }),
      ...(endedMs !== undefined ? { ended_ms: endedMs } : isOpen(status) ? { ended_ms: null } : {}),
    }
    if (Object.keys(columns).length > 0) {
      await tables.updateTable('runs').set(columns).where('id', '=', id).where('kind', '=', 'run').execute()
    }
    return toRunInfo(await getRow(tables, id))
  })
}

function isOpen(status: RunStatus | undefined): boolean {
  return status !== undefined && (openStatuses as readonly string[]).includes(status)
}

/** Refuses a name that is empty or too long. */
export function checkRunName(name: string): void {
  if (name !== '' && name.length <= limits.runNameCharacters) return
  throw new InvalidEntryError(
    `The run's name has ${name.length} characters.`,
    `Give a name of 1 to ${limits.runNameCharacters} characters.`,
  )
}

/** Deletes a run; it can be restored. Deleting it twice does nothing. */
export async function deleteRun(ctx: TrackingContext, id: RunId): Promise<void> {
  const columns = { lifecycle_stage: 'deleted', deleted_ms: ctx.clock.now().getTime() }
  await changeStage(ctx, id, { from: 'active', columns })
}

/** Restores a deleted run. Restoring it twice does nothing. */
export async function restoreRun(ctx: TrackingContext, id: RunId): Promise<void> {
  await changeStage(ctx, id, { from: 'deleted', columns: { lifecycle_stage: 'active', deleted_ms: null } })
}

async function changeStage(
  ctx: TrackingContext,
  id: RunId,
  change: { readonly from: string; readonly columns: Pick<RunRow, 'lifecycle_stage' | 'deleted_ms'> },
): Promise<void> {
  const query = tablesOf(ctx).updateTable('runs').set(change.columns).where('id', '=', id)
  const { numUpdatedRows } = await query.where('lifecycle_stage', '=', change.from).executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) await getRow(tablesOf(ctx), id)
}

/** Removes a tag of an active run; throws when it is not there. */
export async function deleteTag(ctx: TrackingContext, id: RunId, key: string): Promise<void> {
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await checkWritable(tables, id)
    const column = Object.hasOwn(columnOfTag, key) ? columnOfTag[key as keyof typeof columnOfTag] : undefined
    if (column === undefined) {
      const query = tables.deleteFrom('tags').where('run_id', '=', id).where('key', '=', key)
      const { numDeletedRows } = await query.executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw new TagNotFoundError(key, { what: 'run', id })
      return
    }
    const row = await getRow(tables, id)
    if (row[column] === null) throw new TagNotFoundError(key, { what: 'run', id })
    // A run keeps its name when the tag that repeats it goes.
    if (column !== 'name')
      await tables
        .updateTable('runs')
        .set({ [column]: null })
        .where('id', '=', id)
        .execute()
  })
}

async function getRow(tables: Tables, id: RunId): Promise<RunRow> {
  const row = await tables.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new RunNotFoundError(id)
  return row
}
