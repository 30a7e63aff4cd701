import { throwIfAborted } from '../../kernel/errors.ts'
import type { LoadedModel } from '../../ports/model-runtime.ts'
import type { ColumnValues } from '../../ports/table-engine.ts'
import type { ImportanceReport } from './contract.ts'
import { derivedSeed, seededRandom, shuffle } from './random.ts'
import { rocAuc } from './ranking.ts'
import { regressionMetrics } from './regression-metrics.ts'
import type { LabelledSample } from './sample.ts'

const repeats = 5
const predictionBudget = 600_000

/** How many sampled rows permutation importance uses for this many features: between 500 and 5,000. */
export function importanceRows(features: number): number {
  return Math.max(500, Math.min(5_000, Math.floor(predictionBudget / (repeats * Math.max(1, features)))))
}

/**
 * Permutation importance (Breiman, 2001; scikit-learn's `permutation_importance`): how much ROC AUC falls, or RMSE
 * grows, when one column of the sample is shuffled; mean and standard deviation (ddof 1) over five shuffles, largest
 * first. Shuffling one of two correlated columns understates both. `undefined` when the sample lacks a class.
 */
export async function permutationImportance(
  model: LoadedModel,
  sample: LabelledSample,
  options: {
    readonly seed: number
    readonly signal: AbortSignal
    readonly progress?: (done: number, total: number) => void
  },
): Promise<ImportanceReport | undefined> {
  const binary = model.signature.task === 'binary'
  const labels = binary ? Uint8Array.from(sample.actual) : undefined
  if (sample.batch.rows < 2 || (labels !== undefined && !(labels.includes(0) && labels.includes(1)))) return undefined
  const loss = async (columns: Readonly<Record<string, ColumnValues>>): Promise<number> => {
    const scores = await model.predict({ rows: sample.batch.rows, columns })
    return labels === undefined
      ? regressionMetrics({ predicted: scores, actual: sample.actual }).rmse
      : -rocAuc({ scores, labels })
  }
  const reference = await loss(sample.batch.columns)
  const features: { feature: string; importance: number; spread: number }[] = []
  const inputs = model.signature.inputs
  for (const [i, { name }] of inputs.entries()) {
    const random = seededRandom(derivedSeed(options.seed, name))
    const losses: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      throwIfAborted(options.signal)
      await new Promise((resolve) => setImmediate(resolve))
      const column = sample.batch.columns[name]!.slice()
      shuffle(column, random)
      losses.push((await loss({ ...sample.batch.columns, [name]: column })) - reference)
    }
    const mean = losses.reduce((sum, each) => sum + each, 0) / repeats
    const variance = losses.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (repeats - 1)
    features.push({ feature: name, importance: mean, spread: Math.sqrt(variance) })
    options.progress?.(i + 1, inputs.length)
  }
  return {
    metric: binary ? 'rocAuc' : 'rmse',
    rows: sample.batch.rows,
    repeats,
    features: features.toSorted((a, b) => b.importance - a.importance),
  }
}
