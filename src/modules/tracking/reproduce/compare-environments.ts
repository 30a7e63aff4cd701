import type { Environment } from '../capture-environment.ts'

/** A fact of the machine or the software that is not as it was. */
export interface EnvironmentChange {
  /** `Node`, `platform`, `package-lock.json`, … */
  readonly what: string
  readonly recorded: string
  readonly current: string
}

/** What may explain a different result: the differences of two environments that can change numbers. */
export function compareEnvironments(recorded: Environment, current: Environment): readonly EnvironmentChange[] {
  const names = [...new Set([...Object.keys(recorded.lockfiles), ...Object.keys(current.lockfiles)])].toSorted()
  const facts: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['Node', recorded.nodeVersion, current.nodeVersion],
    ['Baton', recorded.batonVersion, current.batonVersion],
    ['platform', recorded.platform, current.platform],
    ['processor', recorded.cpuModel, current.cpuModel],
    ['processors', String(recorded.cpuCount), String(current.cpuCount)],
    ...names.map((name) => [name, recorded.lockfiles[name], current.lockfiles[name]] as const),
  ]
  return facts
    .filter(([, before, now]) => before !== now)
    .map(([what, before, now]) => ({ what, recorded: before ?? 'absent', current: now ?? 'absent' }))
}
