import type { Json } from '../../kernel/json.ts'
import type { CommonStepOptions, EnvReference, Handle, StepScope } from '../pipelines/declare.ts'
import { InvalidNotifyOptionsError, InvalidPredictOptionsError } from './errors.ts'

export interface PredictOptions extends CommonStepOptions {
  /** `churn`, `churn@7`, `churn@champion`, or what `p.register` returned. */
  readonly model: string | Handle<'value'>
  readonly input: Handle<'table'>
  /** The dataset that the scored rows become a version of; the step's name by default. */
  readonly dataset?: string
  /** The input columns to keep beside the score; all of them by default. */
  readonly columns?: readonly string[]
  /** Adds `decision`: true where the score is at least this. */
  readonly threshold?: number
  /** The share of rows that may break the contract's input before the step fails; 0.05 by default. */
  readonly maxRejectedShare?: number
}

/** What `declarePredict` writes into the options of its node. */
export interface PredictNodeOptions {
  readonly model: string | null
  readonly dataset: string
  readonly columns: readonly string[] | null
  readonly threshold: number | null
  readonly maxRejectedShare: number
}

const datasetName = /^[a-z][a-z0-9_-]{0,62}$/

/** Declares a step that scores every row of a table with a registered model. */
export function declarePredict(scope: StepScope, name: string, options: PredictOptions): Handle<'table'> {
  const { model, columns, threshold, maxRejectedShare = 0.05 } = options
  const dataset = options.dataset ?? name
  if (!datasetName.test(dataset)) throw new InvalidPredictOptionsError(name, `"${dataset}" cannot name a dataset`)
  if (threshold !== undefined && !Number.isFinite(threshold))
    throw new InvalidPredictOptionsError(name, `threshold ${threshold} is not a number`)
  if (!(maxRejectedShare >= 0 && maxRejectedShare <= 1))
    throw new InvalidPredictOptionsError(name, `maxRejectedShare ${maxRejectedShare} is not between 0 and 1`)
  const node: PredictNodeOptions = {
    model: typeof model === 'string' ? model : null,
    dataset,
    columns: columns ?? null,
    threshold: threshold ?? null,
    maxRejectedShare,
  }
  scope.add({
    name,
    kind: 'predict',
    inputs: { input: options.input, ...(typeof model === 'string' ? {} : { model }) },
    outputs: { scored: 'table' },
    options: { ...node },
    retries: options.retries ?? 0,
    cached: options.cache ?? true,
    params: [],
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  })
  return { kind: 'table', step: name, output: 'scored' }
}

export interface NotifyOptions extends CommonStepOptions {
  readonly input: Handle<'table'>
  /** An SQL condition over the columns of the input: `churn_probability >= 0.7`. */
  readonly when: string
  /** Where the rows are posted to. */
  readonly to: string | EnvReference
  /** The column that tells one row from another; rows are sent in its order. */
  readonly key: string
  /** Rows in one request; 100 by default. */
  readonly batch?: number
  /** The columns to send; all of them by default. */
  readonly columns?: readonly string[]
  /** Request headers; take secrets from the environment. */
  readonly headers?: Readonly<Record<string, string | EnvReference>>
  /**
   * `object` (the default) sends `{ "step", "rows": [...] }`, `rows` a bare array, `row` one object (with `batch: 1`).
   */
  readonly body?: 'object' | 'rows' | 'row'
  /** How often one request is tried before the step fails; 6 by default. */
  readonly attempts?: number
  /** The time one request may take; 30 s by default. */
  readonly requestTimeoutMs?: number
  /** The first pause between two tries, doubled each time; 500 ms by default. */
  readonly firstRetryMs?: number
}

/** What `declareNotify` writes into the options of its node. */
export interface NotifyNodeOptions {
  readonly when: string
  readonly to: string | EnvReference
  readonly key: string
  readonly batch: number
  readonly columns: readonly string[] | null
  readonly headers: Readonly<Record<string, string | EnvReference>>
  readonly body: 'object' | 'rows' | 'row'
  readonly attempts: number
  readonly requestTimeoutMs: number
  readonly firstRetryMs: number
}

function positiveInteger(step: string, name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidNotifyOptionsError(step, `${name} must be a whole number above 0, not ${value}`)
}

const secretHeader = /^(authorization|proxy-authorization|cookie|x-api-key|.*(token|secret|password).*)$/i

/** Declares a step that posts rows to an HTTP API in batches: what was accepted once is never sent again. */
export function declareNotify(scope: StepScope, name: string, options: NotifyOptions): Handle<'value'> {
  const { body = 'object', headers = {} } = options
  const batch = positiveInteger(name, 'batch', options.batch ?? (body === 'row' ? 1 : 100))
  if (body === 'row' && batch !== 1)
    throw new InvalidNotifyOptionsError(name, `body "row" sends one row at a time, not ${batch}`)
  if (options.when.trim() === '') throw new InvalidNotifyOptionsError(name, 'when is empty; write "true" for every row')
  for (const [header, value] of Object.entries(headers))
    if (typeof value === 'string' && secretHeader.test(header))
      throw new InvalidNotifyOptionsError(
        name,
        `the header ${header} holds a secret in the pipeline file; write p.env('NAME') instead`,
      )
  if (typeof options.to === 'string' && !URL.canParse(options.to))
    throw new InvalidNotifyOptionsError(name, `"${options.to}" is not a URL`)
  const node: NotifyNodeOptions = {
    when: options.when,
    to: options.to,
    key: options.key,
    batch,
    columns: options.columns ?? null,
    headers,
    body,
    attempts: positiveInteger(name, 'attempts', options.attempts ?? 6),
    requestTimeoutMs: positiveInteger(name, 'requestTimeoutMs', options.requestTimeoutMs ?? 30_000),
    firstRetryMs: positiveInteger(name, 'firstRetryMs', options.firstRetryMs ?? 500),
  }
  scope.add({
    name,
    kind: 'notify',
    inputs: { input: options.input },
    outputs: { delivered: 'value' },
    options: node as unknown as Json,
    retries: options.retries ?? 0,
    cached: options.cache ?? true,
    params: [],
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  })
  return { kind: 'value', step: name, output: 'delivered' }
}
