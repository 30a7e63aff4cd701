import type { ColumnBatch } from '../../ports/table-engine.ts'
import type { ModelTask } from '../../ports/model-runtime.ts'
import { readTrainFacts } from './baselines.ts'
import { testBehaviour } from './behaviour.ts'
import { compareWithBaselines } from './compare.ts'
import type { Measured, QualityReport } from './contract.ts'
import { binaryContenders, binaryDetailsOf } from './evaluate-binary.ts'
import { regressionContenders, regressionDetailsOf } from './evaluate-regression.ts'
import type { EvaluationFacts, EvaluationRequest, QualityFindings, TableInput } from './evaluation-request.ts'
import { importanceRows, permutationImportance } from './importance.ts'
import { measureLatency } from './latency.ts'
import { metricDefinitions, metricNames } from './metric-definitions.ts'
import { derivedSeed } from './random.ts'
import { type ScoredTable, type ScoringContext, scoreTable, inRankOrder } from './score-table.ts'
import { sliceReports } from './slices.ts'
import { fieldTypes } from './target.ts'

const behaviourRows = 1_000

/** Measures everything that a quality report holds: reads the data once, then computes in memory on one number a row. */
export async function evaluateModel(ctx: ScoringContext, request: EvaluationRequest): Promise<QualityFindings> {
  const { model, signal, seed, log } = request
  const { task } = model.signature
  const facts = await readFacts(ctx, request)
  const { scored } = facts
  const sample = scored.sample!.batch
  const binary = task === 'binary' ? binaryDetailsOf(facts) : undefined
  const regression = task === 'regression' ? regressionDetailsOf(facts) : undefined
  const compared = binary === undefined ? regressionContenders(facts, regression!) : binaryContenders(facts, binary)
  log?.(`bootstrap of ${compared.contenders.map(({ name }) => name).join(', ')} on ${scored.rows} rows`)
  const { metrics, baselines, method } = await compareWithBaselines(task, compared, {
    rows: scored.rows,
    strata: binary === undefined ? undefined : Uint8Array.from(scored.actual),
    seed: derivedSeed(seed, 'bootstrap'),
    signal,
  })
  log?.(`permutation importance on ${sample.rows} sampled rows`)
  const importance = await permutationImportance(model, scored.sample!, {
    seed: derivedSeed(seed, 'importance'),
    signal,
  })
  const specs = request.behaviour ?? []
  const behaviour = specs.length === 0 ? [] : await testBehaviour(model, spreadRows(sample), { specs, signal })
  const latency = await measureLatency(model, sample)
  const sliceMinRows = request.sliceMinRows ?? 50
  const slices = sliceReports(scored.slices, {
    task,
    scores: scored.scores[0]!,
    actual: scored.actual,
    minRows: sliceMinRows,
  })
  return {
    format: 'baton-quality/1',
    task,
    model: request.about,
    data: describeData(request, scored),
    ...(request.train === undefined ? {} : { train: addressOf(request.train) }),
    ...(request.validation === undefined ? {} : { validation: addressOf(request.validation) }),
    metrics,
    notDefined: notDefined(task, metrics, request.costs !== undefined),
    intervals: {
      method: binary === undefined ? 'percentile bootstrap' : 'percentile bootstrap, stratified by class',
      level: 0.95,
      stratified: binary !== undefined,
      ...method,
    },
    baselines: [...baselines],
    slices: [...slices],
    sliceMinRows,
    ...(importance === undefined ? {} : { importance }),
    behaviour: [...behaviour],
    ...(latency === undefined ? {} : { latency }),
    ...(binary === undefined ? {} : { binary }),
    ...(regression === undefined ? {} : { regression }),
  }
}

async function readFacts(ctx: ScoringContext, request: EvaluationRequest): Promise<EvaluationFacts> {
  const { model, target, positive, signal, seed } = request
  const { task, inputs } = model.signature
  const declared = request.heuristic
  const train =
    request.train === undefined
      ? undefined
      : await readTrainFacts(ctx, {
          address: request.train,
          task,
          target,
          positive,
          inputs,
          search: declared === undefined,
          seed: derivedSeed(seed, 'heuristic'),
          signal,
        })
  const heuristic = declared === undefined ? train?.best : { ...declared, declared: true }
  const common = { task, target, positive, weight: request.weight, signal }
  const champion = request.champion.state === 'present' ? request.champion : undefined
  const scored = await scoreTable(ctx, {
    ...common,
    address: request.data,
    models: [
      { name: 'model', model },
      ...(champion === undefined ? [] : [{ name: 'champion', model: champion.model }]),
    ],
    heuristicSql: heuristic?.sql,
    slices: (request.slices ?? []).map((slice) => (typeof slice === 'string' ? { column: slice } : slice)),
    sample: {
      rows: importanceRows(inputs.length),
      seed: derivedSeed(seed, 'sample'),
      columns: inputs.map((input) => input.name),
    },
    ...(request.progress === undefined ? {} : { progress: request.progress }),
  })
  const ranked = task === 'binary' ? inRankOrder(scored) : scored
  const needsValidation = task === 'binary' && request.validation !== undefined && request.threshold === undefined
  const validation = needsValidation
    ? await scoreTable(ctx, { ...common, address: request.validation, models: [{ name: 'model', model }] })
    : undefined
  return {
    request,
    scored: ranked,
    validation,
    train,
    heuristic,
    champion:
      champion === undefined
        ? { why: request.champion.state === 'absent' ? request.champion.why : '' }
        : { version: champion.version, scores: ranked.scores[1]! },
  }
}

/** At most 1,000 rows, evenly over the sample, which holds one class after the other. */
function spreadRows(batch: ColumnBatch): ColumnBatch {
  if (batch.rows <= behaviourRows) return batch
  const rows = Array.from({ length: behaviourRows }, (_, i) => Math.floor((i * batch.rows) / behaviourRows))
  const columns = Object.entries(batch.columns).map(([name, values]) => [
    name,
    values instanceof Float64Array ? Float64Array.from(rows, (row) => values[row]!) : rows.map((row) => values[row]!),
  ])
  return { rows: behaviourRows, columns: Object.fromEntries(columns) as ColumnBatch['columns'] }
}

const addressOf = ({ dataset, version, digest, rows }: TableInput): NonNullable<QualityReport['train']> => ({
  dataset,
  version,
  digest,
  rows,
})

function describeData(request: EvaluationRequest, scored: ScoredTable): QualityReport['data'] {
  const scores = scored.scores[0]!
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const score of scores) {
    if (score < min) min = score
    if (score > max) max = score
  }
  return {
    ...addressOf(request.data),
    scored: scored.rows,
    withoutTarget: scored.withoutTarget,
    target: request.target,
    ...(request.positive === undefined ? {} : { positive: request.positive }),
    ...(request.weight === undefined ? {} : { weight: request.weight }),
    types: fieldTypes(scored.columns),
    scores: { min, max },
  }
}

function notDefined(
  task: ModelTask,
  metrics: Readonly<Record<string, Measured>>,
  hasCosts: boolean,
): Record<string, string> {
  const missing = metricNames[task].filter((name) => metrics[name] === undefined)
  return Object.fromEntries(
    missing
      .filter((name) => hasCosts || name !== 'expectedCost')
      .map((name) => [name, metricDefinitions[task][name]!.undefinedWhen]),
  )
}
