import type { RunActivity } from '../../modules/tracking/index.ts'
import type { ServerEvent } from './contract/event.ts'

const isOpen = ({ status }: RunActivity): boolean => status === 'RUNNING' || status === 'SCHEDULED'

/** What has happened between two looks: a run that is new, has logged since, or is no longer open. */
export function compareActivity(
  before: ReadonlyMap<string, RunActivity>,
  after: ReadonlyMap<string, RunActivity>,
): readonly ServerEvent[] {
  const events: ServerEvent[] = []
  for (const run of after.values()) {
    const was = before.get(run.id)
    const about = { run: run.id as string, ...(run.parentId === undefined ? {} : { parent: run.parentId as string }) }
    if (was === undefined) events.push({ type: 'started', ...about })
    else if (isOpen(run) && was.mark !== run.mark) events.push({ type: 'metrics', ...about })
    if (!isOpen(run) && (was === undefined || isOpen(was))) events.push({ type: 'finished', ...about })
  }
  return events
}
