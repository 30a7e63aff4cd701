import type { BaselineReport } from './contract.ts'

/** What the baselines are called in a report. */
export const baselineLabels = { zeroRule: 'Zero rule', heuristic: 'Heuristic', champion: 'Champion' } as const

export const absentHeuristic: BaselineReport = {
  state: 'absent',
  name: 'heuristic',
  label: baselineLabels.heuristic,
  why: 'No heuristic is declared, and without training data with a numeric column none can be found.',
}
