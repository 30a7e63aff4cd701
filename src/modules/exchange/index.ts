export { type ExchangeContext, exchangeMigrations } from './context.ts'
export { importMlflow, type ImportCount, type ImportOptions, type ImportSummary } from './import-mlflow.ts'
export type { LeftOut } from './source-store.ts'
