import type { ColumnBatch } from './table-engine.ts'

export type FieldType = 'number' | 'integer' | 'boolean' | 'string' | 'date' | 'timestamp'

export interface ModelField {
  readonly name: string
  readonly type: FieldType
  /** False: a null here is a bad row. */
  readonly nullable: boolean
}

export type ModelTask = 'binary' | 'regression'

/** What a model takes and gives; stored with the model, shown to its users, checked before it scores. */
export interface ModelSignature {
  readonly task: ModelTask
  readonly inputs: readonly ModelField[]
  /** `score` is the probability of `positive` (binary) or the predicted value (regression). */
  readonly output: { readonly name: string; readonly positive?: string }
}

/**
 * A loaded model. Laws:
 * 1. `predict` gives one number per row, in order; the same batch gives the same bits.
 * 2. A row's score does not depend on the other rows of its batch.
 * 3. Columns beyond the signature's inputs are ignored; a missing one is a usage error that names it.
 */
export interface LoadedModel extends AsyncDisposable {
  readonly signature: ModelSignature
  predict(batch: ColumnBatch): Promise<Float64Array>
}

/** Loads a model folder: one with a signature and `model.onnx`, or an MLflow model (`MLmodel`). */
export interface ModelRuntime {
  load(folder: string): Promise<LoadedModel>
}
