import { type Digest, digestValue, shortDigest } from '../../../kernel/hash.ts'
import type { Json } from '../../../kernel/json.ts'
import type { OutputRef, StepNode } from '../graph.ts'
import type { KeyPart, PlanContext, StepKind } from '../step-kind.ts'

/** The identity of a step's work: equal keys promise equal outputs. */
export interface StepKey {
  readonly key: Digest
  readonly parts: readonly KeyPart[]
  /** Why the step can never be a hit; empty when it can. */
  readonly uncacheable: readonly string[]
}

/** The key of a step whose inputs are known: its interface, params, inputs, and what its kind adds. */
export async function computeStepKey(
  kind: StepKind,
  node: StepNode,
  inputs: Readonly<Record<string, OutputRef>>,
  ctx: PlanContext,
): Promise<StepKey> {
  const parts = [
    ...interfaceParts(kind, node),
    ...paramParts(node, ctx.graph.params),
    ...inputParts(node, inputs),
    ...(await kind.keyParts(node, ctx)),
  ].toSorted(byName)
  const uncacheable = parts.flatMap((part) => ('uncacheable' in part ? [part.uncacheable] : []))
  if (!node.cached) uncacheable.unshift('it is declared with `cache: false`')
  const content = parts.map((part): Json => [part.name, 'digest' in part ? part.digest : null])
  const tag = uncacheable.length === 0 ? 'step-key/1' : 'step-key-uncacheable/1'
  return { key: digestValue(tag, content), parts, uncacheable }
}

function byName(a: KeyPart, b: KeyPart): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

function valuePart(name: string, value: Json | undefined): KeyPart {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  const detail = text.length > 80 ? `${text.slice(0, 77)}…` : text
  return { name, digest: digestValue('key-part/1', value === undefined ? [] : [value]), detail }
}

function interfaceParts(kind: StepKind, node: StepNode): KeyPart[] {
  const { options } = node
  const isRecord = typeof options === 'object' && options !== null && !Array.isArray(options)
  const optionParts = isRecord
    ? Object.entries(options as Readonly<Record<string, Json | undefined>>)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => valuePart(`option ${name}`, value))
    : [valuePart('options', options)]
  return [
    valuePart('kind', `${kind.kind}/${kind.version}`),
    valuePart('step', node.name),
    valuePart('outputs', node.outputs),
    ...optionParts,
  ]
}

/** The params that a step may read, by name. */
export function paramsOf(node: StepNode, params: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  if (node.params === undefined) return params
  return Object.fromEntries(node.params.map((name) => [name, params[name] ?? null]))
}

function paramParts(node: StepNode, params: Readonly<Record<string, Json>>): KeyPart[] {
  return Object.entries(paramsOf(node, params)).map(([name, value]) => valuePart(`param ${name}`, value))
}

function inputParts(node: StepNode, inputs: Readonly<Record<string, OutputRef>>): KeyPart[] {
  return Object.keys(node.inputs).map((name) => {
    const input = inputs[name]
    if (input === undefined) throw new TypeError(`input ${name} of step ${node.name} is not known yet`)
    return {
      name: `input ${name}`,
      digest: digestValue('input/1', [input.kind, input.digest]),
      detail: describeOutput(input),
    }
  })
}

/** An output for a person: `customers@3`, `model 3fa1…`. */
export function describeOutput(output: OutputRef): string {
  if (output.kind === 'table') return `${output.dataset}@${output.version} (${shortDigest(output.digest)})`
  return `${output.kind} ${shortDigest(output.digest)}`
}
