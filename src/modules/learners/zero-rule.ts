import type { ModelTask } from '../../ports/model-runtime.ts'
import type { TrainingTable } from './data/training-table.ts'
import type { FitResult } from './fitted-model.ts'

/** The baseline that looks at no feature: the weighted prevalence of the positive class, or the weighted mean. */
export function fitZeroRule(table: TrainingTable, task: ModelTask): FitResult {
  let sum = 0
  let total = 0
  for (let row = 0; row < table.rows; row++) {
    const weight = table.weight === undefined ? 1 : table.weight[row]!
    sum += weight * table.target[row]!
    total += weight
  }
  return { model: { kind: 'constant', value: Math.fround(sum / total) }, task, history: [], importance: [] }
}
