/** The front door of serving: score files, datasets and tables with registered models, and tell others. */
export type { InputRelation, OpenInput, PredictContext } from './context.ts'
export { type DeliveriesContext, type Delivery, listDeliveries } from './deliveries.ts'
export { createNotifyStep, type NotifyStepContext } from './notify-step.ts'
export { createOpenInput } from './open-input.ts'
export { predictBatch, type PredictBatchContext, type PredictBatchOptions, type Predicted } from './predict.ts'
export { createPredictStep, type PredictStepContext } from './predict-step.ts'
export { type ServingTables, servingMigrations } from './tables.ts'
