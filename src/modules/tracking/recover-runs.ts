import type { RunId } from '../../kernel/ids.ts'
import { type TrackingContext, tablesOf } from './context.ts'
import { findProcessState } from './process-identity.ts'
import { openStatuses } from './run.ts'

/**
 * Ends as KILLED every open run of this host whose process does not exist any more, and gives their ids. A run of
 * another machine or container is left alone, and so is one without a process: an MLflow client's.
 */
export async function recoverDeadRuns(ctx: TrackingContext, host: string): Promise<readonly RunId[]> {
  const open = await tablesOf(ctx)
    .selectFrom('runs')
    .select(['id', 'pid', 'process_token'])
    .where('status', 'in', openStatuses)
    .where('host', '=', host)
    .where('pid', 'is not', null)
    .where('process_token', 'is not', null)
    .execute()
  const recovered: RunId[] = []
  const states = new Map<string, ReturnType<typeof findProcessState>>()
  for (const { id, pid, process_token: token } of open) {
    if (pid === null || token === null) continue
    const key = `${pid} ${token}`
    const state = states.get(key) ?? findProcessState(pid, token)
    states.set(key, state)
    if (state !== 'gone') continue
    // Guarded: another process may recover the same run at this moment.
    const { numUpdatedRows } = await tablesOf(ctx)
      .updateTable('runs')
      .set({
        status: 'KILLED',
        ended_ms: ctx.clock.now().getTime(),
        error_code: 'tracking.process_gone',
        error_message: `Process ${pid} on ${host} ended without finishing the run (killed, crashed or restarted).`,
      })
      .where('id', '=', id)
      .where('status', 'in', openStatuses)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows === 1n) recovered.push(id as RunId)
  }
  return recovered
}
