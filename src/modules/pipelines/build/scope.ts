import type { Json } from '../../../kernel/json.ts'
import { nearest } from '../../../kernel/nearest.ts'
import { InvalidGraphError } from '../errors.ts'
import type { Graph, Handle, StepNode, StepScope } from '../graph.ts'

const stepName = /^[a-z][a-z0-9_-]*$/

/** A scope that steps are declared in, and the graph that comes of it. */
export interface GraphScope extends StepScope {
  readonly pipeline: string
  /** The checked graph, in the order of declaration, in which every step comes after what it reads. */
  toGraph(): Graph
}

export interface ScopeOptions {
  readonly pipeline: string
  /** The pipeline's file, relative to the project. */
  readonly file: string
  readonly params: Readonly<Record<string, Json>>
}

/** Opens a scope for one pipeline. A step may only read handles that were made before it, so the graph has no circle. */
export function createStepScope(options: ScopeOptions): GraphScope {
  const { pipeline, file, params } = options
  const where = { file }
  checkName('Pipeline', pipeline, file)
  const steps = new Map<string, StepNode>()
  return {
    pipeline,
    file,
    params,
    add(node) {
      checkName('Step', node.name, file)
      if (steps.has(node.name)) {
        throw new InvalidGraphError(
          `Two steps of pipeline ${pipeline} are called "${node.name}".`,
          'Give each step a name of its own.',
          where,
        )
      }
      checkInputs(node, steps, options)
      checkParams(node, options)
      checkNumbers(node, file)
      steps.set(node.name, node)
    },
    toGraph() {
      if (steps.size === 0) {
        throw new InvalidGraphError(
          `Pipeline ${pipeline} has no steps.`,
          'Declare at least one step in `steps(p)`.',
          where,
        )
      }
      return { pipeline, file, params, steps: [...steps.values()] }
    },
  }
}

function checkName(what: string, name: string, file: string): void {
  if (stepName.test(name)) return
  throw new InvalidGraphError(
    `${what} name "${name}" is not allowed.`,
    'Use lower-case letters, digits, - and _, beginning with a letter.',
    { file },
  )
}

function checkInputs(node: StepNode, steps: ReadonlyMap<string, StepNode>, { pipeline, file }: ScopeOptions): void {
  for (const [input, handle] of Object.entries(node.inputs)) {
    const source = steps.get(handle?.step)
    if (source?.outputs[handle.output] === handle?.kind && source !== undefined) continue
    const made = source
      ? `step ${source.name} has no ${handle.kind} output "${handle.output}"`
      : 'no earlier step makes it'
    throw new InvalidGraphError(
      `Input "${input}" of step ${node.name} is not an output of pipeline ${pipeline}: ${made}.`,
      hintOf(handle, steps),
      { file },
    )
  }
}

/** A step with several outputs gives an object of handles, which is easily passed whole. */
function hintOf(passed: object | undefined, steps: ReadonlyMap<string, StepNode>): string {
  const outputs = Object.entries(passed ?? {}) as readonly (readonly [string, Partial<Handle> | undefined])[]
  const [name, handle] = outputs.find(([, value]) => value?.step !== undefined && steps.has(value.step)) ?? []
  return name === undefined
    ? 'Pass what an earlier `p.…` call of the same pipeline returned.'
    : `Step ${handle?.step} gives its outputs by name: pass one of them, as .${name}.`
}

function checkParams(node: StepNode, { pipeline, file, params }: ScopeOptions): void {
  for (const name of node.params ?? []) {
    if (name in params) continue
    const close = nearest(name, Object.keys(params))
    throw new InvalidGraphError(
      `Step ${node.name} reads param "${name}", which pipeline ${pipeline} does not declare.`,
      close ? `Did you mean "${close}"?` : 'Add it to the `params` schema of the pipeline.',
      { file },
    )
  }
}

function checkNumbers(node: StepNode, file: string): void {
  if (!Number.isSafeInteger(node.retries) || node.retries < 0) {
    throw new InvalidGraphError(
      `Step ${node.name} has retries ${node.retries}.`,
      'Retries is a whole number from 0 on.',
      { file },
    )
  }
  if (node.timeoutMs !== undefined && !(node.timeoutMs > 0 && node.timeoutMs < 2 ** 31)) {
    throw new InvalidGraphError(
      `Step ${node.name} has a timeout of ${node.timeoutMs} ms.`,
      'A timeout is a number of milliseconds above 0 and below 24 days.',
      { file },
    )
  }
}
