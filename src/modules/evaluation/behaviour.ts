import { throwIfAborted } from '../../kernel/errors.ts'
import type { LoadedModel } from '../../ports/model-runtime.ts'
import type { ColumnBatch, ColumnValues } from '../../ports/table-engine.ts'
import type { BehaviourSpec } from '../contracts/index.ts'
import { quantile } from './bootstrap.ts'
import type { BehaviourReport } from './contract.ts'

/** Models compute in float32: a move smaller than this is rounding, not behaviour. */
const rounding = 1e-6
const steps = [0.05, 0.25, 0.5, 1] as const
const mostAlternatives = 8

/**
 * Tests each declared behaviour on sampled rows (directional and invariance tests of CheckList, Ribeiro et al., 2020).
 * Monotone: the input is moved up by 5, 25, 50 and 100 % of its 5–95 % range, not beyond the largest value seen; a row
 * breaks it when any of these moves the score the wrong way by more than the tolerance. Invariant: the input is
 * replaced by up to eight other values of the sample; a row breaks it when any changes the score by more than the tolerance.
 */
export async function testBehaviour(
  model: LoadedModel,
  batch: ColumnBatch,
  options: { readonly specs: readonly BehaviourSpec[]; readonly signal: AbortSignal },
): Promise<readonly BehaviourReport[]> {
  const results: BehaviourReport[] = []
  if (batch.rows === 0) return results
  const base = await model.predict(batch)
  for (const spec of options.specs) {
    throwIfAborted(options.signal)
    const monotone = 'monotone' in spec
    const column = monotone ? spec.monotone : spec.invariant
    const common = {
      column,
      tolerance: spec.tolerance ?? 0,
      maxShare: spec.maxShare ?? 0,
      ...(monotone ? { kind: 'monotone' as const, direction: spec.direction } : { kind: 'invariant' as const }),
    }
    const input = model.signature.inputs.find((field) => field.name === column)
    const values = batch.columns[column]
    if (input === undefined || values === undefined) {
      const how = 'The model does not read this column, so its score cannot depend on it.'
      results.push({ ...common, rows: batch.rows, brokenShare: 0, worst: 0, moves: 0, how })
      continue
    }
    const moved = monotone ? upwards(values, input.type === 'integer') : alternatives(values)
    const sign = monotone && spec.direction === 'decreasing' ? -1 : 1
    const broken = new Uint8Array(batch.rows)
    const tested = new Uint8Array(batch.rows)
    let worst = 0
    for (const changed of moved) {
      const scores = await model.predict({ rows: batch.rows, columns: { ...batch.columns, [column]: changed } })
      for (let row = 0; row < batch.rows; row++) {
        if (Object.is(changed[row], values[row])) continue
        tested[row] = 1
        const move = scores[row]! - base[row]!
        const wrong = monotone ? -sign * move : Math.abs(move)
        if (wrong > common.tolerance + rounding) {
          broken[row] = 1
          worst = Math.max(worst, wrong)
        }
      }
    }
    const rows = tested.reduce((sum, each) => sum + each, 0)
    const brokenShare = rows === 0 ? 0 : broken.reduce((sum, each) => sum + each, 0) / rows
    const how = monotone
      ? 'Moved up by 5, 25, 50 and 100 % of its 5–95 % range, within the values seen.'
      : `Replaced by ${moved.length} other values of the sample.`
    results.push({ ...common, rows, brokenShare, worst, moves: moved.length, how })
  }
  return results
}

function upwards(values: ColumnValues, whole: boolean): readonly ColumnValues[] {
  if (!(values instanceof Float64Array)) return []
  const known = values.filter((value) => !Number.isNaN(value)).sort()
  const most = known.at(-1)
  if (most === undefined) return []
  const range = quantile(known, 0.95) - quantile(known, 0.05) || most - known[0]!
  return steps.map((step) => {
    const by = whole ? Math.max(1, Math.round(step * range)) : step * range
    // A missing value stays missing.
    return values.map((value) => (value + by > most ? Math.max(value, most) : value + by))
  })
}

function alternatives(values: ColumnValues): readonly ColumnValues[] {
  if (values instanceof Float64Array) {
    const known = [...new Set(values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b)
    return spread(known).map((value) => values.map(() => value))
  }
  const count = new Map<string, number>()
  for (const value of values) if (value !== null) count.set(value, (count.get(value) ?? 0) + 1)
  const common = [...count].toSorted((a, b) => b[1] - a[1]).slice(0, mostAlternatives)
  return common.map(([value]) => values.map(() => value))
}

function spread(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= mostAlternatives) return sorted
  return Array.from(
    { length: mostAlternatives },
    (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (mostAlternatives - 1))]!,
  )
}
