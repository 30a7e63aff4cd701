import type { RunKeys, RunTableRow } from '../../../src/http/native/contract/run.ts'

/** A column as a filter writes it: `` params.`learning rate` ``. */
export function columnName(entity: 'metrics' | 'params' | 'tags', key: string): string {
  return /^[\p{L}\p{N}_.\-/:]+$/u.test(key) ? `${entity}.${key}` : `${entity}.\`${key}\``
}

/** The key of a column, without its entity. */
export function columnKey(column: string): string {
  return column.slice(column.indexOf('.') + 1).replaceAll('`', '')
}

const isEndOfInterval = (key: string): boolean => /\.(lower|upper)$/.test(key)

/** What a table shows when nobody has chosen: the metrics and params that most of these runs have. */
export function defaultColumns(keys: RunKeys): readonly string[] {
  const metrics = keys.metrics.filter((key) => !isEndOfInterval(key)).slice(0, 4)
  const params = keys.params.slice(0, 4)
  return [...metrics.map((key) => columnName('metrics', key)), ...params.map((key) => columnName('params', key))]
}

/** How long a run took, or has taken until now. */
export function durationOf(run: RunTableRow, nowMs: number): number {
  return (run.endedMs ?? nowMs) - run.startedMs
}

export const groupings = [
  ['', 'nothing'],
  ['experiment', 'experiment'],
  ['status', 'state'],
  ['user', 'user'],
  ['pipeline', 'pipeline'],
] as const

/** What a run is grouped by, as a word. */
export function groupOf(
  run: RunTableRow,
  by: string,
  columns: readonly string[],
  experiments: ReadonlyMap<string, string>,
): string {
  switch (by) {
    case 'experiment':
      return experiments.get(run.experimentId) ?? run.experimentId
    case 'status':
      return run.status.toLowerCase()
    case 'user':
      return run.user ?? 'nobody'
    case 'pipeline':
      return run.pipeline ?? 'no pipeline'
    default:
      return String(run.values[columns.indexOf(by)] ?? 'without it')
  }
}

export interface RunGroup {
  readonly name: string
  readonly runs: readonly RunTableRow[]
  /** Of each column the mean of its numbers; null where it has none. */
  readonly means: readonly (number | null)[]
}

/** Runs in groups, in the order in which their first runs stand. */
export function groupRuns(
  runs: readonly RunTableRow[],
  nameOf: (run: RunTableRow) => string,
  columnCount: number,
): readonly RunGroup[] {
  const groups = new Map<string, RunTableRow[]>()
  for (const run of runs) {
    const name = nameOf(run)
    const known = groups.get(name)
    if (known === undefined) groups.set(name, [run])
    else known.push(run)
  }
  return Array.from(groups, ([name, members]) => ({
    name,
    runs: members,
    means: Array.from({ length: columnCount }, (_, column) => meanOf(members, column)),
  }))
}

function meanOf(runs: readonly RunTableRow[], column: number): number | null {
  let sum = 0
  let count = 0
  for (const run of runs) {
    const value = run.values[column]
    if (typeof value !== 'number') continue
    sum += value
    count += 1
  }
  return count === 0 ? null : sum / count
}
