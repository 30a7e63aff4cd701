import type { LoggedModelTables } from './logged-models/tables.ts'

/** Rows as the database holds them; every number is a JavaScript number, a flag is 0 or 1. */
export interface ExperimentRow {
  readonly id: number
  readonly name: string
  readonly artifact_location: string | null
  readonly lifecycle_stage: string
  readonly created_ms: number
  readonly updated_ms: number
}

export interface RunRow {
  readonly id: string
  readonly experiment_id: number
  readonly parent_id: string | null
  readonly name: string
  readonly kind: string
  readonly pipeline: string | null
  readonly pipeline_file: string | null
  readonly step: string | null
  readonly cached: number
  readonly cache_key: string | null
  readonly parameters_json: string | null
  readonly status: string
  readonly lifecycle_stage: string
  readonly deleted_ms: number | null
  readonly started_ms: number
  readonly ended_ms: number | null
  readonly user_name: string | null
  readonly host: string | null
  readonly pid: number | null
  readonly process_token: string | null
  readonly environment_json: string | null
  readonly baton_version: string | null
  readonly node_version: string | null
  readonly commit_hash: string | null
  readonly branch: string | null
  readonly dirty: number | null
  readonly diff_digest: string | null
  readonly command_json: string | null
  readonly exit_code: number | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly log_path: string | null
  readonly artifact_uri: string | null
  readonly note: string | null
}

export interface KeyValueRow {
  readonly run_id: string
  readonly key: string
  readonly value: string
}

export interface MetricRow {
  readonly run_id: string
  readonly key: string
  /** 0 when `is_nan` is 1; infinities are stored as they are. */
  readonly value: number
  readonly is_nan: number
  readonly timestamp_ms: number
  readonly step: number
  readonly model_id: string | null
  readonly dataset_name: string | null
  readonly dataset_digest: string | null
}

export interface RunDataRow {
  readonly run_id: string
  /** The name of the edge (`train`); MLflow calls it the context. */
  readonly name: string
  /** Empty when the data has no dataset: a model, a report. */
  readonly dataset: string
  readonly digest: string
  readonly kind: string
  readonly version: number | null
  readonly row_count: number | null
  readonly size_bytes: number | null
  readonly file_count: number | null
  readonly value_json: string | null
  readonly source_type: string | null
  readonly source: string | null
  readonly schema_json: string | null
  readonly profile_json: string | null
  readonly tags_json: string | null
}

export interface TrackingTables extends LoggedModelTables {
  readonly experiments: ExperimentRow
  readonly experiment_tags: { readonly experiment_id: number; readonly key: string; readonly value: string }
  readonly runs: RunRow
  readonly params: KeyValueRow
  readonly tags: KeyValueRow
  readonly metrics: MetricRow
  readonly latest_metrics: MetricRow
  readonly run_inputs: RunDataRow
  readonly run_outputs: RunDataRow
}
