import type { Json } from '../../../kernel/json.ts'
import type { Run, RunDatum } from '../run.ts'
import type { RecordedPipeline } from './prepare-reproduction.ts'

/** `not_compared`: a time or a size of the machine, which never repeats. */
export type Verdict = 'identical' | 'within_tolerance' | 'different' | 'missing' | 'not_compared'

export interface OutputComparison {
  readonly output: string
  readonly verdict: Exclude<Verdict, 'not_compared'>
  readonly detail?: string
}

export interface MetricComparison {
  readonly key: string
  readonly verdict: Verdict
  readonly original?: number
  readonly repeated?: number
}

export interface StepComparison {
  readonly step: string
  readonly outputs: readonly OutputComparison[]
  readonly metrics: readonly MetricComparison[]
}

export interface ComparisonOptions {
  /** The largest |Δ| of a metric, or of a number in a value, that still counts as the same. */
  readonly tolerance: number
  /** True for a metric that measures the machine; by default one that its name's unit or prefix says so of. */
  readonly isMeasured?: (key: string) => boolean
  /** Fields of a step's values that count up with every run, as the number of a model version; they are left out. */
  readonly countersOf?: (run: Run) => readonly string[]
}

/** Names carry their units (`wallMs`, `peakMiB`), and MLflow's clients log the machine's metrics under `system/`. */
function isMeasuredByName(key: string): boolean {
  return key.startsWith('system/') || /(Ms|Seconds|PerSecond|Bytes|MiB)$/.test(key)
}

/**
 * Compares a repeated pipeline run with the original, step by step. An output is identical when its bytes are; a model,
 * report or folder with other bytes is within tolerance when every metric of its step is (both runs have the same
 * metrics, at least one, and each differs by no more than the tolerance).
 */
export function compareRuns(
  original: RecordedPipeline,
  repeated: RecordedPipeline,
  options: ComparisonOptions,
): readonly StepComparison[] {
  const repeatedSteps = new Map(repeated.steps.map((run) => [nameOf(run), run]))
  return original.steps.map((run) => {
    const again = repeatedSteps.get(nameOf(run))
    const metrics = compareMetrics(run, again, options)
    return {
      step: nameOf(run),
      metrics,
      outputs: compareOutputs(run, again, {
        metrics,
        tolerance: options.tolerance,
        counters: options.countersOf?.(run) ?? [],
      }),
    }
  })
}

function nameOf(run: Run): string {
  return run.step ?? run.name
}

function compareMetrics(run: Run, again: Run | undefined, options: ComparisonOptions): readonly MetricComparison[] {
  const isMeasured = options.isMeasured ?? isMeasuredByName
  const before = new Map(run.metrics.map(({ key, value }) => [key, value]))
  const after = new Map((again?.metrics ?? []).map(({ key, value }) => [key, value]))
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted((a, b) => (a < b ? -1 : 1))
  return keys.map((key) => {
    const [original, repeatedValue] = [before.get(key), after.get(key)]
    return {
      key,
      verdict: isMeasured(key) ? 'not_compared' : compareNumbers(original, repeatedValue, options.tolerance),
      ...(original === undefined ? {} : { original }),
      ...(repeatedValue === undefined ? {} : { repeated: repeatedValue }),
    }
  })
}

function compareNumbers(a: number | undefined, b: number | undefined, tolerance: number) {
  if (b === undefined) return 'missing'
  if (a === undefined) return 'different'
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 'identical'
  return Math.abs(a - b) <= tolerance ? 'within_tolerance' : 'different'
}

interface OutputFacts {
  readonly metrics: readonly MetricComparison[]
  readonly tolerance: number
  readonly counters: readonly string[]
}

function compareOutputs(run: Run, again: Run | undefined, facts: OutputFacts): readonly OutputComparison[] {
  const after = new Map((again?.outputs ?? []).map((output) => [output.name, output]))
  const compared = run.outputs.map((output) => compareOutput(output, after.get(output.name), facts))
  const known = new Set(run.outputs.map((output) => output.name))
  const added = [...after.keys()].filter((name) => !known.has(name))
  return [
    ...compared,
    ...added.map(
      (output): OutputComparison => ({ output, verdict: 'different', detail: 'only the repetition has it' }),
    ),
  ]
}

function compareOutput(before: RunDatum, after: RunDatum | undefined, facts: OutputFacts): OutputComparison {
  const output = before.name
  if (after === undefined) return { output, verdict: 'missing', detail: 'the repetition did not make it' }
  if (before.kind !== after.kind) return { output, verdict: 'different', detail: `${before.kind} became ${after.kind}` }
  if (before.digest === after.digest) return { output, verdict: 'identical' }
  if (before.kind === 'value') return compareValues(output, [before.value, after.value], facts)
  if (before.kind === 'table') return { output, verdict: 'different', detail: describeRows(before, after) }
  return compareByMetrics(output, facts)
}

function compareValues(
  output: string,
  [before, after]: readonly [Json | undefined, Json | undefined],
  { tolerance, counters }: OutputFacts,
): OutputComparison {
  const [kept, keptAgain] = [without(before, counters), without(after, counters)]
  if (kept !== undefined && keptAgain !== undefined && isClose(kept, keptAgain, 0))
    return { output, verdict: 'identical' }
  const close = before !== undefined && after !== undefined && isClose(before, after, tolerance)
  const detail = `${JSON.stringify(before)} became ${JSON.stringify(after)}`
  return { output, verdict: close ? 'within_tolerance' : 'different', detail }
}

function without(value: Json | undefined, fields: readonly string[]): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !fields.includes(name)))
}

function isClose(a: Json, b: Json, tolerance: number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b || Math.abs(a - b) <= tolerance
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [left, right] = [a, b] as [Readonly<Record<string, Json>>, Readonly<Record<string, Json>>]
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && isClose(left[key]!, right[key]!, tolerance))
}

function describeRows(before: RunDatum, after: RunDatum): string {
  return before.rows === after.rows ? `${before.rows} rows, other content` : `${before.rows} rows became ${after.rows}`
}

function compareByMetrics(output: string, { metrics, tolerance }: OutputFacts): OutputComparison {
  const compared = metrics.filter((metric) => metric.verdict !== 'not_compared')
  if (compared.length === 0) return { output, verdict: 'different', detail: 'other bytes, and no metric to judge by' }
  const off = compared.filter(({ verdict }) => verdict === 'different' || verdict === 'missing')
  if (off.length === 0) {
    const count = compared.length === 1 ? 'the metric differs' : `all ${compared.length} metrics differ`
    return { output, verdict: 'within_tolerance', detail: `other bytes; ${count} by at most ${tolerance}` }
  }
  const [worst] = off
  return { output, verdict: 'different', detail: `${worst!.key}: ${worst!.original} became ${worst!.repeated}` }
}
