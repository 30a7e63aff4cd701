import { z } from 'zod'

import type { Json } from '../kernel/json.ts'
import { declareIngest, declareSplit, declareSql } from '../modules/datasets/declare.ts'
import { declareEvaluate } from '../modules/evaluation/declare.ts'
import { declareTrain } from '../modules/learners/declare.ts'
import { declareRegister } from '../modules/models/declare.ts'
import {
  createStepScope,
  declareProcess,
  type DefaultOutput,
  type EnvReference,
  type Graph,
  type Handle,
  type HandlesOf,
  type OutputDeclarations,
  type ProcessOptions,
} from '../modules/pipelines/declare.ts'
import { declareNotify, declarePredict } from '../modules/serving/declare.ts'
import { parseParams } from './params.ts'

/** A step's own options, without the scope and the name that `p.…` gives. */
type OptionsOf<Declare> = Declare extends (scope: never, name: string, options: infer Options) => unknown
  ? Options
  : never

/** What `steps(p)` builds with: each method adds a step and gives handles to what it makes. */
export interface Belt<Params> {
  /** The params of this run, checked, with their defaults. */
  readonly params: Params
  /** A value from the environment of the run; it is never written to a record. */
  env(name: string, options?: { readonly default?: string }): EnvReference
  /** Raw data to a dataset version; rows that break the contract go to quarantine. */
  ingest(name: string, options: OptionsOf<typeof declareIngest>): ReturnType<typeof declareIngest>
  /** A new dataset from others, by SQL. `$name` in it is a param. */
  sql(name: string, options: OptionsOf<typeof declareSql>): ReturnType<typeof declareSql>
  /** Train, validation and test, by time unless said otherwise. */
  split(name: string, options: OptionsOf<typeof declareSplit>): ReturnType<typeof declareSplit>
  /** A model, fitted by a baseline learner or by the user's own code. */
  train(name: string, options: OptionsOf<typeof declareTrain>): ReturnType<typeof declareTrain>
  /** A quality report of a model on data it has not seen. */
  evaluate(name: string, options: OptionsOf<typeof declareEvaluate>): ReturnType<typeof declareEvaluate>
  /** A model version, if the contract's gate holds. */
  register(name: string, options: OptionsOf<typeof declareRegister>): ReturnType<typeof declareRegister>
  /** Scores of a registered model for every row of a dataset. */
  predict(name: string, options: OptionsOf<typeof declarePredict>): ReturnType<typeof declarePredict>
  /** Rows that pass a condition, posted to an HTTP API: nothing twice, nothing lost. */
  notify(name: string, options: OptionsOf<typeof declareNotify>): ReturnType<typeof declareNotify>
  /** Any work: a TypeScript function or module, `python(…)` or `shell(…)`. */
  step<
    // oxlint-disable-next-line typescript/no-generated-empty-object-type -- a step without inputs
    const In extends Readonly<Record<string, Handle>> = Record<never, never>,
    const Out extends OutputDeclarations = DefaultOutput,
  >(name: string, options: ProcessOptions<In, Out>): HandlesOf<Out>
}

export interface PipelineOptions<Schema extends z.ZodObject> {
  readonly params?: Schema
  /** When it runs by itself: `Mon 06:00 Europe/Berlin`. */
  readonly schedule?: string
  steps(p: Belt<z.output<Schema>>): unknown
}

/** A pipeline as its file exports it: nothing has run yet. */
export interface PipelineDefinition {
  readonly kind: 'pipeline'
  readonly name: string
  readonly schedule?: string
  readonly paramsSchema: z.ZodObject
  /** Checks the params and builds the graph. `file` is the pipeline's file, relative to the project. */
  build(options: { readonly file: string; readonly params: Readonly<Record<string, Json>> }): Graph
}

/** Declares a pipeline. Its steps are data until `baton run` plans them. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- a pipeline without params
export function pipeline<Schema extends z.ZodObject = z.ZodObject<Record<never, never>>>(
  name: string,
  options: PipelineOptions<Schema>,
): PipelineDefinition {
  const paramsSchema = options.params ?? z.object({})
  return {
    kind: 'pipeline',
    name,
    ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
    paramsSchema,
    build({ file, params }) {
      const values = parseParams(name, paramsSchema, params)
      const scope = createStepScope({ pipeline: name, file, params: values })
      options.steps({
        params: values as z.output<Schema>,
        env: (variable, { default: fallback } = {}) => ({
          env: variable,
          ...(fallback === undefined ? {} : { default: fallback }),
        }),
        ingest: (step, ingest) => declareIngest(scope, step, ingest),
        sql: (step, sql) => declareSql(scope, step, sql),
        split: (step, split) => declareSplit(scope, step, split),
        train: (step, train) => declareTrain(scope, step, train),
        evaluate: (step, evaluate) => declareEvaluate(scope, step, evaluate),
        register: (step, register) => declareRegister(scope, step, register),
        predict: (step, predict) => declarePredict(scope, step, predict),
        notify: (step, notify) => declareNotify(scope, step, notify),
        step: (step, process) => declareProcess(scope, step, process),
      })
      return scope.toGraph()
    },
  }
}
