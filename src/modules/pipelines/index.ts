/** The front door of pipelines: plan, run and explain graphs of steps. */
export type { CodeReference, EnvReference, Graph, Handle, OutputKind, OutputRef, StepNode, StepScope } from './graph.ts'
export { type CodeKey, createCodeKey } from './process/code-key.ts'
export { type CodeRequest, type CodeResult, type CodeRunner, createCodeRunner } from './process/code-runner.ts'
export { writeInputFiles } from './process/input-files.ts'
export type { CodeContext, ProcessContext } from './process/process-context.ts'
export { createProcessStep } from './process/process-step.ts'
export type {
  CachedStep,
  PipelineRunEnd,
  PipelineRunStart,
  RunEnd,
  RunRecorder,
  StepRunEnd,
  StepRunStart,
} from './recorder.ts'
export type { PipelinesContext } from './run/context.ts'
export type { RunEvent, RunResult, StepFailure, StepOutcome, StepState } from './run/events.ts'
export { explainStep, type Explanation } from './run/explain-step.ts'
export { describePlan, type Plan, planPipeline, type StepPlan } from './run/plan-pipeline.ts'
export type { PartChange, RunReason } from './run/reason.ts'
export { runPipeline, type RunOptions } from './run/run-pipeline.ts'
export type {
  KeyPart,
  MetricPoint,
  PlanContext,
  StepContext,
  StepKind,
  StepNotice,
  StepProgress,
  StepResult,
} from './step-kind.ts'
export { pipelinesMigrations, type PipelinesTables } from './tables.ts'
