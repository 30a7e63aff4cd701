import type { z } from 'zod'

import type { ModelTask } from '../../ports/model-runtime.ts'
import { type DataContract, dataContractShape } from './data-contract.ts'
import { InvalidContractError } from './errors.ts'
import type { FieldSpec } from './field.ts'
import type { MetricName } from './metrics.ts'
import { type GainPromise, type MetricBound, type ModelContract, modelContract } from './model-contract.ts'
import { problemsOf } from './problems.ts'

export type { DataContract } from './data-contract.ts'
export { InvalidContractError } from './errors.ts'
export type { FieldSpec, OutputSpec } from './field.ts'
export type { MetricName } from './metrics.ts'
export type {
  BehaviourSpec,
  BinaryCosts,
  GainPromise,
  MetricBound,
  ModelContract,
  RegressionCosts,
  SliceSpec,
} from './model-contract.ts'

type Tolerance = { readonly tolerance?: number; readonly maxShare?: number }

/** What a user writes; the names of the inputs are inferred, so that a misspelt one does not type-check. */
export interface ModelContractOptions<
  Input extends Readonly<Record<string, FieldSpec>> = Readonly<Record<string, FieldSpec>>,
  Task extends ModelTask = ModelTask,
> extends Omit<ModelContract, 'kind' | 'task' | 'input' | 'behaviour' | 'quality' | 'sliceQuality'> {
  readonly task: Task
  readonly input: Input
  readonly quality?: { readonly [Metric in MetricName<NoInfer<Task>>]?: MetricBound } & {
    readonly gainOverBaseline?: readonly (Omit<GainPromise, 'metric'> & {
      readonly metric: MetricName<NoInfer<Task>>
    })[]
  }
  readonly sliceQuality?: { readonly [Metric in MetricName<NoInfer<Task>>]?: MetricBound }
  readonly behaviour?: readonly (
    | ({
        readonly monotone: keyof NoInfer<Input> & string
        readonly direction: 'increasing' | 'decreasing'
      } & Tolerance)
    | ({ readonly invariant: string } & Tolerance)
  )[]
}

function freezeDeep<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) freezeDeep(part)
  }
  return value
}

function parseAs<T>(schema: z.ZodType<T>, kind: 'model contract' | 'data contract', value: unknown): T {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return freezeDeep(parsed.data)
  const name = (value as { name?: unknown } | null)?.name
  throw new InvalidContractError(kind, typeof name === 'string' ? name : undefined, problemsOf(parsed.error, schema))
}

/** Declares what a model promises and who answers for it; throws `InvalidContractError` with every problem's path. */
export function contract<const Input extends Readonly<Record<string, FieldSpec>>, const Task extends ModelTask>(
  options: ModelContractOptions<Input, Task>,
): ModelContract {
  return parseModelContract({ kind: 'model-contract', ...options })
}

/** Reads a model contract from plain data, as records and step options hold it. */
export function parseModelContract(value: unknown): ModelContract {
  return parseAs(modelContract, 'model contract', value)
}

/** What a user writes for a dataset that others rely on. */
export interface DataContractOptions extends Omit<DataContract, 'kind' | 'key'> {
  readonly key?: string | readonly string[]
}

/** Declares what a dataset promises and who answers for it; throws `InvalidContractError` with every problem's path. */
export function dataContract(options: DataContractOptions): DataContract {
  const { key, ...rest } = options
  return parseDataContract({
    kind: 'data-contract',
    ...rest,
    ...(key === undefined ? {} : { key: typeof key === 'string' ? [key] : [...key] }),
  })
}

/** Reads a data contract from plain data. */
export function parseDataContract(value: unknown): DataContract {
  return parseAs(dataContractShape, 'data contract', value)
}
