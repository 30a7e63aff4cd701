import type { Migration } from '../../../ports/database.ts'

export interface LoggedModelRow {
  readonly id: string
  readonly experiment_id: number
  readonly name: string
  readonly model_type: string | null
  readonly source_run_id: string | null
  readonly status: string
  readonly status_message: string | null
  readonly artifact_uri: string
  readonly lifecycle_stage: string
  readonly user_name: string | null
  readonly created_ms: number
  readonly updated_ms: number
}

export interface LoggedModelMetricRow {
  readonly model_id: string
  readonly run_id: string
  readonly key: string
  readonly value: number
  readonly is_nan: number
  readonly timestamp_ms: number
  readonly step: number
  /** Empty when the metric was measured on no dataset that was named. */
  readonly dataset_name: string
  readonly dataset_digest: string
}

export interface LoggedModelTables {
  readonly logged_models: LoggedModelRow
  readonly logged_model_params: { readonly model_id: string; readonly key: string; readonly value: string }
  readonly logged_model_tags: { readonly model_id: string; readonly key: string; readonly value: string }
  readonly logged_model_metrics: LoggedModelMetricRow
}

const pairs = `
  model_id text NOT NULL REFERENCES logged_models (id) ON DELETE CASCADE,
  key text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (model_id, key)`

/**
 * The models of MLflow 3 that runs log. A metric of a run that names a model is kept a second time under the model:
 * the table of runs keeps equal values once, whatever model they are about, and clients copy values on purpose.
 */
export const loggedModelsMigration: Migration = {
  name: 'tracking-0002-logged-models',
  statements: [
    // source_run_id refers to nothing on purpose, like parent_id of runs.
    `CREATE TABLE logged_models (
  id text NOT NULL PRIMARY KEY,
  experiment_id bigint NOT NULL REFERENCES experiments (id),
  name text NOT NULL,
  model_type text,
  source_run_id text,
  status text NOT NULL,
  status_message text,
  artifact_uri text NOT NULL,
  lifecycle_stage text NOT NULL,
  user_name text,
  created_ms bigint NOT NULL,
  updated_ms bigint NOT NULL
)`,
    'CREATE INDEX logged_models_by_experiment ON logged_models (experiment_id, lifecycle_stage, created_ms)',
    'CREATE INDEX logged_models_by_run ON logged_models (source_run_id)',
    `CREATE TABLE logged_model_params (${pairs}
)`,
    `CREATE TABLE logged_model_tags (${pairs}
)`,
    `CREATE TABLE logged_model_metrics (
  model_id text NOT NULL REFERENCES logged_models (id) ON DELETE CASCADE,
  run_id text NOT NULL,
  key text NOT NULL,
  value double precision NOT NULL,
  is_nan integer NOT NULL,
  timestamp_ms bigint NOT NULL,
  step bigint NOT NULL,
  dataset_name text NOT NULL,
  dataset_digest text NOT NULL,
  PRIMARY KEY (model_id, key, run_id, step, timestamp_ms, value, is_nan, dataset_name, dataset_digest)
)`,
    'CREATE INDEX logged_model_metrics_by_key ON logged_model_metrics (key, value)',
  ],
}
