import type { Migration } from '../../ports/database.ts'

/** The tables that pipelines own. JSON is kept as text; nanoseconds as text, since they outgrow a double. */
export interface PipelinesTables {
  /** The parts of every key that a step was run or found with, so that two can be compared. */
  step_keys: { key: string; parts: string }
  /** The first result of every cacheable key; never replaced while it is there. */
  step_cache: {
    key: string
    pipeline: string
    step: string
    run_id: string
    outputs: string
    metrics: string
    summary: string | null
    notices: string
    created_at_ms: number
  }
  /** The key of the last successful or cached run of each step. */
  step_latest: { pipeline: string; step: string; key: string; pipeline_run_id: string }
  /** Which key each step had in each pipeline run. */
  step_history: { pipeline_run_id: string; step: string; run_id: string; key: string }
  /** Digests of files by what the file system says of them. */
  file_digests: {
    path: string
    size_bytes: number
    mtime_ns: string
    ctime_ns: string
    inode: string
    digest: string
  }
}

export const pipelinesMigrations: readonly Migration[] = [
  {
    name: 'pipelines-0001-step-cache',
    statements: [
      'CREATE TABLE step_keys (key TEXT PRIMARY KEY, parts TEXT NOT NULL)',
      `CREATE TABLE step_cache (
        key TEXT PRIMARY KEY, pipeline TEXT NOT NULL, step TEXT NOT NULL, run_id TEXT NOT NULL, outputs TEXT NOT NULL,
        metrics TEXT NOT NULL, summary TEXT, notices TEXT NOT NULL, created_at_ms BIGINT NOT NULL)`,
      `CREATE TABLE step_latest (
        pipeline TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, pipeline_run_id TEXT NOT NULL,
        PRIMARY KEY (pipeline, step))`,
      `CREATE TABLE step_history (
        pipeline_run_id TEXT NOT NULL, step TEXT NOT NULL, run_id TEXT NOT NULL, key TEXT NOT NULL,
        PRIMARY KEY (pipeline_run_id, step))`,
      'CREATE INDEX step_history_run ON step_history (run_id)',
      `CREATE TABLE file_digests (
        path TEXT PRIMARY KEY, size_bytes BIGINT NOT NULL, mtime_ns TEXT NOT NULL, ctime_ns TEXT NOT NULL,
        inode TEXT NOT NULL, digest TEXT NOT NULL)`,
    ],
  },
]
