import type { TableAddress } from '../../ports/dataset-reader.ts'
import type { ModelField, ModelTask } from '../../ports/model-runtime.ts'
import { rocAuc } from './ranking.ts'
import { createSampler, type LabelledSample } from './sample.ts'
import { requireColumn, type ScoringContext } from './score-table.ts'
import { isNumeric, quoteName, targetSql } from './target.ts'

/** A rule without learning, as an SQL expression: a ranking score, or the predicted value of a regression. */
export interface Heuristic {
  readonly name: string
  readonly sql: string
  readonly declared: boolean
}

/** What the training data says about simple rules. */
export interface TrainFacts {
  readonly rows: number
  /** The share of positives, or the mean of the target; NaN without rows. */
  readonly mean: number
  readonly best?: Heuristic
}

const searchRows = 50_000
const lowest = '-1e308'

/**
 * The mean of the target on the training data and, when no heuristic is declared, the best rule from a single raw
 * number: the column with the greatest distance of its ROC AUC from 0.5 (missing values rank lowest), or the
 * straight line with the greatest correlation. Searched on at most 50,000 sampled training rows.
 */
export async function readTrainFacts(
  ctx: ScoringContext,
  request: {
    readonly address: TableAddress
    readonly task: ModelTask
    readonly target: string
    readonly positive: string | undefined
    readonly inputs: readonly ModelField[]
    readonly search: boolean
    readonly seed: number
    readonly signal: AbortSignal
  },
): Promise<TrainFacts> {
  const scan = await ctx.datasets.scan(request.address)
  const target = requireColumn(scan, request.address.dataset, { column: request.target, as: 'the target' })
  const sql = targetSql(target, request.task, request.positive)
  await using session = await ctx.engine.openSession({ allowedFolders: scan.folders })
  const [summary] = await session.rows<{ n: number; mean: number | null }>(
    `SELECT count(t) AS n, avg(t) AS mean FROM (SELECT ${sql} AS t FROM ${scan.sql})`,
  )
  const facts = { rows: summary?.n ?? 0, mean: summary?.mean ?? Number.NaN }
  const candidates = scan.columns
    .filter((column) => isNumeric(column) && request.inputs.some((input) => input.name === column.name))
    .map((column) => column.name)
  if (!request.search || candidates.length === 0 || facts.rows === 0) return facts
  const sampler = createSampler(candidates, {
    rows: searchRows,
    seed: request.seed,
    byClass: request.task === 'binary',
  })
  const query = `SELECT ${candidates.map(quoteName).join(', ')}, ${sql} AS "baton target" FROM ${scan.sql}`
  for await (const batch of session.batches(query, { signal: request.signal }))
    sampler.add(batch, batch.columns['baton target'] as Float64Array)
  const sample = sampler.take()
  const best = request.task === 'binary' ? bestRanking(candidates, sample) : bestLine(candidates, sample)
  return best === undefined ? facts : { ...facts, best }
}

function bestRanking(candidates: readonly string[], sample: LabelledSample): Heuristic | undefined {
  const labels = Uint8Array.from(sample.actual)
  let best: { name: string; auc: number } | undefined
  for (const name of candidates) {
    const values = sample.batch.columns[name] as Float64Array
    const auc = rocAuc({
      scores: values.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)),
      labels,
    })
    if (!Number.isNaN(auc) && (best === undefined || Math.abs(auc - 0.5) > Math.abs(best.auc - 0.5)))
      best = { name, auc }
  }
  if (best === undefined) return undefined
  const value = `CAST(${quoteName(best.name)} AS DOUBLE)`
  return best.auc >= 0.5
    ? { name: `high ${best.name} first`, sql: `COALESCE(${value}, ${lowest})`, declared: false }
    : { name: `low ${best.name} first`, sql: `-COALESCE(${value}, ${lowest})`, declared: false }
}

function bestLine(candidates: readonly string[], sample: LabelledSample): Heuristic | undefined {
  let best: { name: string; slope: number; intercept: number; mean: number; fit: number } | undefined
  for (const name of candidates) {
    const values = sample.batch.columns[name] as Float64Array
    const known = [...values.keys()].filter((row) => Number.isFinite(values[row]!))
    if (known.length < 2) continue
    const meanX = known.reduce((sum, row) => sum + values[row]!, 0) / known.length
    const meanY = known.reduce((sum, row) => sum + sample.actual[row]!, 0) / known.length
    let xx = 0
    let xy = 0
    let yy = 0
    for (const row of known) {
      const x = values[row]! - meanX
      const y = sample.actual[row]! - meanY
      xx += x * x
      xy += x * y
      yy += y * y
    }
    const fit = xx > 0 && yy > 0 ? (xy * xy) / (xx * yy) : 0
    if (fit > (best?.fit ?? 0)) best = { name, slope: xy / xx, intercept: meanY - (xy / xx) * meanX, mean: meanX, fit }
  }
  if (best === undefined) return undefined
  const value = `COALESCE(CAST(${quoteName(best.name)} AS DOUBLE), ${best.mean})`
  return { name: `straight line on ${best.name}`, sql: `${best.intercept} + ${best.slope} * ${value}`, declared: false }
}
