import { type ModelContract, parseModelContract } from '../contracts/declare.ts'
import type { CommonStepOptions, Handle, StepScope } from '../pipelines/declare.ts'
import { requireAlias } from './reference.ts'

export interface RegisterOptions extends CommonStepOptions {
  readonly model: Handle<'model'>
  /** What `p.evaluate` measured of this model; the gate reads it. */
  readonly report: Handle<'report'>
  readonly contract: ModelContract
  /** Names the new version too: `challenger`. */
  readonly alias?: string
}

/** What the step's value holds. */
export interface RegisteredValue {
  readonly model: string
  readonly version: number
  readonly alias: string | null
  /** Of the model's folder. */
  readonly digest: string
}

/** Declares a step that makes a model version when the contract holds. */
export function declareRegister(scope: StepScope, name: string, options: RegisterOptions): Handle<'value'> {
  const contract = parseModelContract(options.contract)
  if (options.alias !== undefined) requireAlias(options.alias)
  scope.add({
    name,
    kind: 'register',
    inputs: { model: options.model, report: options.report },
    outputs: { version: 'value' },
    options: { contract, ...(options.alias === undefined ? {} : { alias: options.alias }) },
    retries: options.retries ?? 0,
    cached: options.cache ?? true,
    params: [],
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  })
  return { kind: 'value', step: name, output: 'version' }
}
