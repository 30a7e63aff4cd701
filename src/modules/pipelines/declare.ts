/** The light front door: what a pipeline file and the modules' own `declare…` functions load. */
export {
  type DefaultOutput,
  declareProcess,
  type ProcessOptions,
  python,
  type ScriptReference,
  shell,
} from './build/declare-process.ts'
export { inlineSource } from './build/inline-source.ts'
export {
  files,
  type HandlesOf,
  model,
  type OutputDeclaration,
  type OutputDeclarations,
  report,
  table,
  value,
} from './build/outputs.ts'
export { createStepScope, type GraphScope, type ScopeOptions } from './build/scope.ts'
export {
  type FolderInput,
  type FolderOutput,
  step,
  type StepFunction,
  type StepFunctionContext,
  type StepShape,
  type TableInput,
  type ValueInput,
  type ValueOutput,
} from './build/step-function.ts'
export type {
  CodeReference,
  CommonStepOptions,
  EnvReference,
  Graph,
  Handle,
  OutputKind,
  OutputRef,
  StepNode,
  StepScope,
} from './graph.ts'
