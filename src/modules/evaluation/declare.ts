import type { BinaryCosts, ModelContract, RegressionCosts, SliceSpec } from '../contracts/declare.ts'
import type { CommonStepOptions, Handle, StepScope } from '../pipelines/declare.ts'

export interface EvaluateOptions extends CommonStepOptions {
  readonly model: Handle<'model'>
  /** Rows that the model has not seen. */
  readonly data: Handle<'table'>
  /** What it was trained on: gives the zero rule its rate and finds a heuristic when none is declared. */
  readonly train?: Handle<'table'>
  /** Where the decision threshold is chosen; never on the test rows. */
  readonly validation?: Handle<'table'>
  /** What is promised; also says target, slices, behaviour, costs and heuristic unless given here. */
  readonly contract?: ModelContract
  /** The target's column, when neither contract nor model says it. */
  readonly target?: string
  /** The label that counts as positive, as text. */
  readonly positive?: string
  /** A column of row weights, for the metrics. */
  readonly weight?: string
  /** A fixed decision threshold. */
  readonly threshold?: number
  readonly slices?: readonly SliceSpec[]
  /** A simple rule to beat: an SQL expression over the columns that gives a score, larger for more likely. */
  readonly heuristic?: { readonly name: string; readonly sql: string }
  /** What a decision costs, in your own money; a gain is a negative cost. */
  readonly costs?: BinaryCosts | RegressionCosts
  /** The registered model whose champion is met; the contract's name by default, else the pipeline's. */
  readonly name?: string
  /** 42 by default. */
  readonly seed?: number
}

/** What `declareEvaluate` writes into the options of a node. */
export type EvaluateNodeOptions = Omit<
  EvaluateOptions,
  keyof CommonStepOptions | 'model' | 'data' | 'train' | 'validation' | 'seed'
> & { readonly seed: number }

/** Declares a step that measures a model on data it has not seen and writes a quality report. */
export function declareEvaluate(scope: StepScope, name: string, options: EvaluateOptions): Handle<'report'> {
  const { model, data, train, validation, retries, timeoutMs, cache, seed, ...rest } = options
  const nodeOptions: EvaluateNodeOptions = { ...rest, seed: seed ?? 42 }
  scope.add({
    name,
    kind: 'evaluate',
    inputs: {
      model,
      data,
      ...(train === undefined ? {} : { train }),
      ...(validation === undefined ? {} : { validation }),
    },
    outputs: { report: 'report' },
    options: nodeOptions,
    params: [],
    retries: retries ?? 0,
    cached: cache ?? true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  return { kind: 'report', step: name, output: 'report' }
}
