/// <reference lib="esnext.disposable" preserve="true" />
/** What a project imports from `baton-ml`. It loads nothing heavy: no engine, no database, no model runtime. */
export { z } from 'zod'
export { defineConfig } from './config/define.ts'
export { type Belt, pipeline, type PipelineDefinition, type PipelineOptions } from './define/pipeline.ts'
export { contract, dataContract } from './modules/contracts/declare.ts'
export {
  csv,
  group,
  jsonl,
  parquet,
  postgres,
  random,
  source,
  sqlite,
  stratified,
  time,
} from './modules/datasets/declare.ts'
export {
  blend,
  gradientBoosting,
  logisticRegression,
  ridgeRegression,
  training,
  zeroRule,
} from './modules/learners/declare.ts'
export { files, model, python, report, shell, step, table, value } from './modules/pipelines/declare.ts'
