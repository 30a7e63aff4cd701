export type { AliasAction, AliasEvent, Reason } from './alias.ts'
export type { RegistryContext } from './context.ts'
export {
  AliasNotFoundError,
  GateFailedError,
  InterfaceChangedError,
  InvalidAliasError,
  InvalidModelReferenceError,
  ModelNotFoundError,
  ModelVersionNotFoundError,
  NothingToRollBackError,
  ReasonRequiredError,
  ReportMismatchError,
} from './errors.ts'
export type { ModelDetails, RegisteredModel } from './list.ts'
export { listModels, showModel } from './list.ts'
export type { ModelVersion } from './model-version.ts'
export type { AliasMoved, PromoteOptions } from './promote.ts'
export { promote, rollback } from './promote.ts'
export type { ModelReference } from './reference.ts'
export { parseModelReference } from './reference.ts'
export type { Registered, Registration } from './register.ts'
export { registerModel } from './register.ts'
export type { RegisterContext } from './register-step.ts'
export { createRegisterStep } from './register-step.ts'
export { findModel, resolveModel } from './resolve.ts'
export { modelsMigrations } from './tables.ts'
export type { ModelProblem, VerifyContext } from './verify.ts'
export { verifyModels } from './verify.ts'
