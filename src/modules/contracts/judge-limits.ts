import type { QualityFacts } from './facts.ts'
import type { ModelContract } from './model-contract.ts'
import { holdLimit, notMeasured, type Verdict } from './promise.ts'

function judgeLatency(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  return (['p50Ms', 'p95Ms', 'p99Ms'] as const).flatMap((key) => {
    const max = contract.latency?.[key]
    if (max === undefined) return []
    const what = `The ${key.slice(0, -2)} latency of one prediction`
    const value = facts.latency?.[key]
    const promise = `latency.${key}`
    return value === undefined
      ? [notMeasured(promise, `≤ ${max} ms`, what)]
      : [holdLimit({ promise, what, max, unit: ' ms' }, value)]
  })
}

function judgeSize(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  const max = contract.size?.maxMb
  if (max === undefined) return []
  const what = 'The size of the model'
  return facts.sizeBytes === undefined
    ? [notMeasured('size.maxMb', `≤ ${max} MB`, what)]
    : [holdLimit({ promise: 'size.maxMb', what, max, unit: ' MB' }, facts.sizeBytes / 1e6)]
}

function judgeFormat(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  const formats = contract.environment?.formats
  if (formats === undefined) return []
  const promised = formats.join(' or ')
  const promise = 'environment.formats'
  if (facts.format === undefined) return [notMeasured(promise, promised, 'The format of the model')]
  const holds = formats.some((format) => format === facts.format)
  const explain = holds
    ? `The model is in ${facts.format} format.`
    : `The model is in ${facts.format} format, but engineering runs ${promised} only.`
  return [{ promise, promised, measured: facts.format, by: holds ? 0 : null, holds, explain }]
}

/** Latency, size and environment: what engineering promises to run within. */
export function judgeLimits(contract: ModelContract, facts: QualityFacts): readonly Verdict[] {
  return [...judgeLatency(contract, facts), ...judgeSize(contract, facts), ...judgeFormat(contract, facts)]
}
