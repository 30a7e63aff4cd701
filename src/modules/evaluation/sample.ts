import type { ColumnBatch, ColumnValues } from '../../ports/table-engine.ts'
import { type Random, seededRandom } from './random.ts'

/** Some rows of a table with their known values; a bounded, seeded sample. */
export interface LabelledSample {
  readonly batch: ColumnBatch
  /** 0 and 1 for a binary target. */
  readonly actual: Float64Array
}

interface Reservoir {
  readonly capacity: number
  seen: number
  readonly actual: number[]
  readonly columns: readonly (number | string | null)[][]
}

/**
 * Keeps a uniform sample of bounded size from a stream of rows (Vitter's algorithm R), one reservoir for each class
 * of a binary target: a rare class keeps enough rows, and ROC AUC does not depend on the mix.
 */
export interface Sampler {
  add(batch: ColumnBatch, actual: Float64Array): void
  take(): LabelledSample
}

export function createSampler(
  columns: readonly string[],
  options: { readonly rows: number; readonly seed: number; readonly byClass: boolean },
): Sampler {
  const random: Random = seededRandom(options.seed)
  const reservoir = (capacity: number): Reservoir => ({
    capacity,
    seen: 0,
    actual: [],
    columns: columns.map(() => []),
  })
  const reservoirs = options.byClass
    ? [reservoir(Math.ceil(options.rows / 2)), reservoir(Math.ceil(options.rows / 2))]
    : [reservoir(options.rows)]

  return {
    add(batch, actual) {
      const values = columns.map((name) => batch.columns[name]!)
      for (let row = 0; row < batch.rows; row++) {
        if (Number.isNaN(actual[row]!)) continue
        const into = reservoirs[options.byClass && actual[row] === 1 ? 1 : 0]!
        const place = into.seen < into.capacity ? into.seen : random.below(into.seen + 1)
        into.seen++
        if (place >= into.capacity) continue
        into.actual[place] = actual[row]!
        for (let c = 0; c < values.length; c++) into.columns[c]![place] = values[c]![row]!
      }
    },
    take() {
      const actual = Float64Array.from(reservoirs.flatMap((each) => each.actual))
      const taken: Record<string, ColumnValues> = {}
      for (let c = 0; c < columns.length; c++) {
        const values = reservoirs.flatMap((each) => each.columns[c]!)
        taken[columns[c]!] = values.every((value) => typeof value === 'number')
          ? Float64Array.from(values)
          : (values as (string | null)[])
      }
      return { batch: { rows: actual.length, columns: taken }, actual }
    },
  }
}
