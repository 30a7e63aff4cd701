import type { Migration } from '../../ports/database.ts'
import { loggedModelsMigration } from './logged-models/tables.ts'

const data = `
  run_id text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  name text NOT NULL,
  dataset text NOT NULL,
  digest text NOT NULL,
  kind text NOT NULL,
  version bigint,
  row_count bigint,
  size_bytes bigint,
  file_count bigint,
  value_json text,
  source_type text,
  source text,
  schema_json text,
  profile_json text,
  tags_json text,
  PRIMARY KEY (run_id, name, dataset, digest)`

const metric = `
  value double precision NOT NULL,
  is_nan integer NOT NULL,
  timestamp_ms bigint NOT NULL,
  step bigint NOT NULL,
  model_id text,
  dataset_name text,
  dataset_digest text`

/** The schema of tracking. Fields and meanings follow MLflow's store, so that its clients can be served from it. */
export const trackingMigrations: readonly Migration[] = [
  {
    name: 'tracking-0001-runs',
    statements: [
      `CREATE TABLE experiments (
  id bigint NOT NULL PRIMARY KEY,
  name text NOT NULL UNIQUE,
  artifact_location text,
  lifecycle_stage text NOT NULL,
  created_ms bigint NOT NULL,
  updated_ms bigint NOT NULL
)`,
      // MLflow's clients log here when nobody has chosen an experiment.
      `INSERT INTO experiments (id, name, artifact_location, lifecycle_stage, created_ms, updated_ms)
VALUES (0, 'Default', NULL, 'active', 0, 0)`,
      `CREATE TABLE experiment_tags (
  experiment_id bigint NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  key text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (experiment_id, key)
)`,
      // parent_id refers to nothing on purpose: an MLflow client may name a parent that another server holds.
      `CREATE TABLE runs (
  id text NOT NULL PRIMARY KEY,
  experiment_id bigint NOT NULL REFERENCES experiments (id),
  parent_id text,
  name text NOT NULL,
  kind text NOT NULL,
  pipeline text,
  pipeline_file text,
  step text,
  cached integer NOT NULL,
  cache_key text,
  parameters_json text,
  status text NOT NULL,
  lifecycle_stage text NOT NULL,
  deleted_ms bigint,
  started_ms bigint NOT NULL,
  ended_ms bigint,
  user_name text,
  host text,
  pid bigint,
  process_token text,
  environment_json text,
  baton_version text,
  node_version text,
  commit_hash text,
  branch text,
  dirty integer,
  diff_digest text,
  command_json text,
  exit_code integer,
  error_code text,
  error_message text,
  log_path text,
  artifact_uri text,
  note text
)`,
      'CREATE INDEX runs_by_experiment ON runs (experiment_id, lifecycle_stage, started_ms)',
      'CREATE INDEX runs_by_parent ON runs (parent_id)',
      'CREATE INDEX runs_by_start ON runs (started_ms)',
      'CREATE INDEX runs_by_status ON runs (status)',
      'CREATE INDEX runs_by_pipeline ON runs (pipeline, kind, started_ms)',
      `CREATE TABLE params (
  run_id text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (run_id, key)
)`,
      `CREATE TABLE tags (
  run_id text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (run_id, key)
)`,
      `CREATE TABLE metrics (
  run_id text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key text NOT NULL,${metric},
  PRIMARY KEY (run_id, key, step, timestamp_ms, value, is_nan)
)`,
      `CREATE TABLE latest_metrics (
  run_id text NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  key text NOT NULL,${metric},
  PRIMARY KEY (run_id, key)
)`,
      'CREATE INDEX latest_metrics_by_key ON latest_metrics (key, value)',
      `CREATE TABLE run_inputs (${data}
)`,
      'CREATE INDEX run_inputs_by_digest ON run_inputs (digest)',
      `CREATE TABLE run_outputs (${data}
)`,
      'CREATE INDEX run_outputs_by_digest ON run_outputs (digest)',
    ],
  },
  loggedModelsMigration,
]
