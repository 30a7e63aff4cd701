import type { FieldSpec } from './field.ts'
import type { MetricBound, ModelContract } from './model-contract.ts'
import { formatNumber } from './promise.ts'

function describeField(name: string, field: FieldSpec): string {
  const parts = [
    field.type,
    ...(field.nullable === true ? ['may be missing'] : []),
    ...(field.min === undefined ? [] : [`≥ ${field.min}`]),
    ...(field.max === undefined ? [] : [`≤ ${field.max}`]),
    ...(field.oneOf === undefined ? [] : [`one of ${field.oneOf.join(', ')}`]),
    ...(field.pattern === undefined ? [] : [`matches ${field.pattern}`]),
    ...(field.maxLength === undefined ? [] : [`at most ${field.maxLength} characters`]),
  ]
  return `  ${name}: ${parts.join(', ')}`
}

function describeBound(metric: string, bound: MetricBound): string {
  const parts = [
    ...(bound.min === undefined ? [] : [`≥ ${formatNumber(bound.min)}`]),
    ...(bound.max === undefined ? [] : [`≤ ${formatNumber(bound.max)}`]),
  ]
  return `  ${metric} ${parts.join(' and ')}${bound.interval === undefined ? '' : ` (${bound.interval} end of the 95 % interval)`}`
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}

const isBound = (entry: readonly [string, unknown]): entry is [string, MetricBound] =>
  entry[0] !== 'gainOverBaseline' && entry[1] !== undefined

/** A model contract as text for a person: what goes in, what comes out, what is promised and by whom. */
export function describeContract(contract: ModelContract): string {
  const quality = Object.entries(contract.quality ?? {}).filter(isBound)
  const gains = contract.quality?.gainOverBaseline ?? []
  const { latency, size } = contract
  return [
    `${contract.name}: ${contract.task} model of ${contract.target}${contract.positive === undefined ? '' : ` = ${contract.positive}`}`,
    ...(contract.description === undefined ? [] : [contract.description]),
    `data science: ${contract.owners.dataScience}; engineering: ${contract.owners.engineering}`,
    ...section(
      'input',
      Object.entries(contract.input).map(([name, field]) => describeField(name, field)),
    ),
    ...section(
      'output',
      Object.entries(contract.output).map(([name, field]) => describeField(name, field)),
    ),
    ...section('quality', [
      ...quality.map(([metric, bound]) => describeBound(metric, bound)),
      ...gains.map(
        (gain) =>
          `  ${gain.metric} better than ${gain.over} by ≥ ${formatNumber(gain.min)}${gain.interval ? ' (lower end of the 95 % interval)' : ''}`,
      ),
    ]),
    ...section(
      `every slice of ${(contract.slices ?? []).map((slice) => (typeof slice === 'string' ? slice : slice.column)).join(', ')}`,
      Object.entries(contract.sliceQuality ?? {})
        .filter(isBound)
        .map(([metric, bound]) => describeBound(metric, bound)),
    ),
    ...section(
      'behaviour',
      (contract.behaviour ?? []).map((spec) =>
        'monotone' in spec
          ? `  the score is ${spec.direction} in ${spec.monotone}`
          : `  the score does not change with ${spec.invariant}`,
      ),
    ),
    ...section('limits', [
      ...(['p50Ms', 'p95Ms', 'p99Ms'] as const).flatMap((key) =>
        latency?.[key] === undefined ? [] : [`  latency ${key.slice(0, -2)} ≤ ${latency[key]} ms`],
      ),
      ...(size === undefined ? [] : [`  size ≤ ${size.maxMb} MB`]),
      ...(contract.environment === undefined ? [] : [`  format ${contract.environment.formats.join(' or ')}`]),
    ]),
  ].join('\n')
}
