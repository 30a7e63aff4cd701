import type { BinaryCosts } from '../contracts/index.ts'
import type { ComparedBaseline } from './compare.ts'
import { binaryEvaluator, binaryMetricNames, type DecisionCosts, valuePerThousand } from './binary-metrics.ts'
import { calibrationBins, calibrationNoise, reliabilityCurve } from './calibration.ts'
import type { BinaryDetails } from './contract.ts'
import type { Contender } from './contenders.ts'
import { gainTable, thresholdCurve, thresholdRow } from './curves.ts'
import { chooseThreshold } from './decision.ts'
import type { EvaluationFacts } from './evaluation-request.ts'
import { absentHeuristic, baselineLabels } from './baseline-labels.ts'
import { derivedSeed } from './random.ts'
import { type BinaryRows, rankByScore } from './ranking.ts'
import type { ScoredTable } from './score-table.ts'

const tableThresholds = [
  0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
]
const histogramBins = 40

function rowsOf(table: ScoredTable, scores: Float64Array = table.scores[0]!): BinaryRows {
  const labels = Uint8Array.from(table.actual)
  return { scores, labels, ...(table.weights === undefined ? {} : { weights: table.weights }) }
}

function decisionCosts(costs: EvaluationFacts['request']['costs']): DecisionCosts | undefined {
  if (costs === undefined || !('falsePositive' in costs)) return undefined
  const declared: BinaryCosts = costs
  return { ...declared, truePositive: declared.truePositive ?? 0, trueNegative: declared.trueNegative ?? 0 }
}

/** Everything about a binary model that is not a metric with an interval. */
export function binaryDetailsOf(facts: EvaluationFacts): BinaryDetails {
  const { request, scored, validation } = facts
  const rows = rowsOf(scored)
  const ranking = rankByScore(rows.scores)
  const costs = decisionCosts(request.costs)
  const decision = chooseThreshold({
    ...(request.threshold === undefined ? {} : { option: request.threshold }),
    ...(costs === undefined ? {} : { costs }),
    ...(validation === undefined ? {} : { validation: rowsOf(validation) }),
  })
  const positives = rows.labels.reduce((sum, label) => sum + label, 0)
  const everybody = thresholdRow(rows, Number.NEGATIVE_INFINITY)
  const nobody = thresholdRow(rows, Number.POSITIVE_INFINITY)
  return {
    positives,
    baseRate: positives / scored.rows,
    decision: { ...decision, at: thresholdRow(rows, decision.threshold, costs) },
    ...(costs === undefined
      ? {}
      : { costs, valueOfAll: valuePerThousand(everybody, costs), valueOfNone: valuePerThousand(nobody, costs) }),
    thresholds: tableThresholds.map((threshold) => thresholdRow(rows, threshold, costs)),
    curve: [...thresholdCurve(rows, { ranking, ...(costs === undefined ? {} : { costs }) })],
    gain: [...gainTable(rows, ranking)],
    reliability: [...reliabilityCurve(rows, calibrationBins)],
    calibrationNoise: calibrationNoise(rows.scores, { seed: derivedSeed(request.seed, 'calibration') }),
    scoreHistogram: scoreHistogram(rows),
  }
}

function scoreHistogram({ scores, labels }: BinaryRows): BinaryDetails['scoreHistogram'] {
  const counts = {
    positives: Array.from({ length: histogramBins }, () => 0),
    negatives: Array.from({ length: histogramBins }, () => 0),
  }
  for (let row = 0; row < scores.length; row++) {
    const bin = Math.min(histogramBins - 1, Math.floor(scores[row]! * histogramBins))
    counts[labels[row] === 1 ? 'positives' : 'negatives'][bin]!++
  }
  return { edges: Array.from({ length: histogramBins + 1 }, (_, i) => i / histogramBins), ...counts }
}

/** The model and the baselines that exist, with what each is measured by. */
export function binaryContenders(
  facts: EvaluationFacts,
  details: BinaryDetails,
): { readonly contenders: readonly Contender[]; readonly baselines: readonly ComparedBaseline[] } {
  const { scored, train, heuristic, champion } = facts
  const options = {
    threshold: details.decision.threshold,
    ...(details.costs === undefined ? {} : { costs: details.costs }),
  }
  const contender = (
    name: string,
    scores: Float64Array,
    metrics: readonly string[] = binaryMetricNames,
  ): Contender => ({
    name,
    evaluate: binaryEvaluator(rowsOf(scored, scores), options),
    metrics,
  })
  const fromTrain = train !== undefined && Number.isFinite(train.mean)
  const share = fromTrain ? train.mean : details.baseRate
  const contenders = [
    contender('model', scored.scores[0]!),
    contender('zeroRule', new Float64Array(scored.rows).fill(share)),
  ]
  const baselines: ComparedBaseline[] = [
    {
      state: 'measured',
      name: 'zeroRule',
      label: baselineLabels.zeroRule,
      how: `Every row gets ${share.toPrecision(3)}, the share of positives in the ${fromTrain ? 'training' : 'test'} data${fromTrain ? '' : ' (no training data was given)'}.`,
    },
  ]
  if (heuristic === undefined || scored.heuristic === undefined) baselines.push(absentHeuristic)
  else {
    const ranks = scored.heuristic.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value))
    contenders.push(contender('heuristic', ranks, ['rocAuc', 'prAuc']))
    const how = heuristic.declared
      ? `Ranks rows by ${heuristic.sql}, as declared.`
      : 'The best single raw number by ROC AUC on the training data; none was declared.'
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
    const how = `Version ${champion.version}, the current champion, on the same rows and at the same threshold.`
    baselines.push({
      state: 'measured',
      name: 'champion',
      label: `${baselineLabels.champion}: version ${champion.version}`,
      how,
    })
  }
  return { contenders, baselines }
}
