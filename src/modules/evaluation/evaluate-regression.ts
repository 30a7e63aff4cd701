import { absentHeuristic, baselineLabels } from './baseline-labels.ts'
import { quantile } from './bootstrap.ts'
import type { ComparedBaseline } from './compare.ts'
import type { Contender } from './contenders.ts'
import type { RegressionDetails } from './contract.ts'
import type { EvaluationFacts } from './evaluation-request.ts'
import { derivedSeed, seededRandom } from './random.ts'
import { regressionEvaluator, regressionMetricNames } from './regression-metrics.ts'

const histogramBins = 40
const scatterRows = 1_500
const predictionBins = 10

/** Everything about a regression model that is not a metric with an interval. */
export function regressionDetailsOf(facts: EvaluationFacts): RegressionDetails {
  const { request, scored } = facts
  const predicted = scored.scores[0]!
  const actual = scored.actual
  const residuals = predicted.map((value, row) => value - actual[row]!).sort()
  const sortedActual = actual.slice().sort()
  const costs = request.costs !== undefined && 'over' in request.costs ? request.costs : undefined
  return {
    ...(costs === undefined ? {} : { unitCosts: costs }),
    actual: { min: sortedActual[0]!, median: quantile(sortedActual, 0.5), max: sortedActual.at(-1)! },
    residualHistogram: histogramOf(residuals),
    residualQuantiles: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99].map((share) => ({
      share,
      residual: quantile(residuals, share),
    })),
    sample: sampleRows(predicted, actual, derivedSeed(request.seed, 'scatter')),
    byPrediction: binsByPrediction(predicted, actual),
  }
}

/** The outer one per cent at each side falls into the first and last bin, so that one outlier does not flatten the rest. */
function histogramOf(sorted: Float64Array): RegressionDetails['residualHistogram'] {
  const low = quantile(sorted, 0.01)
  const high = quantile(sorted, 0.99)
  const width = (high - low) / histogramBins || 1
  const counts = Array.from({ length: histogramBins }, () => 0)
  for (const value of sorted) counts[Math.min(histogramBins - 1, Math.max(0, Math.floor((value - low) / width)))]!++
  return { edges: Array.from({ length: histogramBins + 1 }, (_, i) => low + i * width), counts }
}

function sampleRows(predicted: Float64Array, actual: Float64Array, seed: number): RegressionDetails['sample'] {
  const random = seededRandom(seed)
  const chosen: number[] = []
  for (let row = 0; row < actual.length; row++) {
    const place = chosen.length < scatterRows ? chosen.length : random.below(row + 1)
    if (place < scatterRows) chosen[place] = row
  }
  return chosen.map((row) => ({ predicted: predicted[row]!, actual: actual[row]! }))
}

function binsByPrediction(predicted: Float64Array, actual: Float64Array): RegressionDetails['byPrediction'] {
  const order = Uint32Array.from(predicted.keys()).sort((a, b) => predicted[a]! - predicted[b]!)
  const bins = Math.min(predictionBins, order.length)
  return Array.from({ length: bins }, (_, bin) => {
    const members = order.subarray(
      Math.floor((bin * order.length) / bins),
      Math.floor(((bin + 1) * order.length) / bins),
    )
    const sum = (values: Float64Array): number => members.reduce((total, row) => total + values[row]!, 0)
    return {
      from: predicted[members[0]!]!,
      to: predicted[members.at(-1)!]!,
      rows: members.length,
      meanPredicted: sum(predicted) / members.length,
      meanActual: sum(actual) / members.length,
    }
  })
}

/** The model and the baselines that exist, with what each is measured by. */
export function regressionContenders(
  facts: EvaluationFacts,
  details: RegressionDetails,
): { readonly contenders: readonly Contender[]; readonly baselines: readonly ComparedBaseline[] } {
  const { scored, train, heuristic, champion } = facts
  const contender = (name: string, predicted: Float64Array): Contender => ({
    name,
    evaluate: regressionEvaluator(
      {
        predicted,
        actual: scored.actual,
        ...(scored.weights === undefined ? {} : { weights: scored.weights }),
      },
      details.unitCosts,
    ),
    metrics: regressionMetricNames,
  })
  const fromTrain = train !== undefined && Number.isFinite(train.mean)
  const mean = fromTrain ? train.mean : scored.actual.reduce((sum, value) => sum + value, 0) / scored.rows
  const contenders = [
    contender('model', scored.scores[0]!),
    contender('zeroRule', new Float64Array(scored.rows).fill(mean)),
  ]
  const baselines: ComparedBaseline[] = [
    {
      state: 'measured',
      name: 'zeroRule',
      label: baselineLabels.zeroRule,
      how: `Every row gets ${Number(mean.toPrecision(4))}, the mean of the target in the ${fromTrain ? 'training' : 'test'} data${fromTrain ? '' : ' (no training data was given)'}.`,
    },
  ]
  if (heuristic === undefined || scored.heuristic === undefined) baselines.push(absentHeuristic)
  else {
    contenders.push(
      contender(
        'heuristic',
        scored.heuristic.map((value) => (Number.isFinite(value) ? value : mean)),
      ),
    )
    const how = heuristic.declared
      ? `Predicts ${heuristic.sql}, as declared.`
      : 'The best straight line on a single raw number of the training data; none was declared.'
    baselines.push({
      state: 'measured',
      name: 'heuristic',
      label: `${baselineLabels.heuristic}: ${heuristic.name}`,
      how,
    })
  }
  if ('why' in champion)
    baselines.push({ state: 'absent', name: 'champion', label: baselineLabels.champion, why: champion.why })
  else {
    contenders.push(contender('champion', champion.scores))
    const how = `Version ${champion.version}, the current champion, on the same rows.`
    baselines.push({
      state: 'measured',
      name: 'champion',
      label: `${baselineLabels.champion}: version ${champion.version}`,
      how,
    })
  }
  return { contenders, baselines }
}
