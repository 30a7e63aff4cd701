import { type Digest, isDigest } from '../../kernel/hash.ts'
import type { RunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { Environment } from './capture-environment.ts'
import type { CodeState, LifecycleStage, Metric, RunDatum, RunInfo, RunKind, RunStatus } from './run.ts'
import type { MetricRow, RunDataRow, RunRow } from './tables.ts'

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], null | undefined> }

/** An object without the keys whose value is null or undefined. */
export function present<T extends object>(values: T): Present<T> {
  // A loop: this runs for every metric of every run of a list.
  const kept: Record<string, unknown> = {}
  for (const key of Object.keys(values)) {
    const value = (values as Record<string, unknown>)[key]
    if (value !== null && value !== undefined) kept[key] = value
  }
  return kept as Present<T>
}

function parse<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T)
}

export function toRunInfo(row: RunRow): RunInfo {
  return {
    id: row.id as RunId,
    experimentId: String(row.experiment_id),
    name: row.name,
    kind: row.kind as RunKind,
    cached: row.cached !== 0,
    status: row.status as RunStatus,
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    startedMs: row.started_ms,
    ...present({
      parentId: row.parent_id as RunId | null,
      pipeline: row.pipeline,
      pipelineFile: row.pipeline_file,
      step: row.step,
      cacheKey: row.cache_key,
      parameters: parse<Record<string, Json>>(row.parameters_json),
      endedMs: row.ended_ms,
      user: row.user_name,
      host: row.host,
      pid: row.pid,
      environment: parse<Environment>(row.environment_json),
      batonVersion: row.baton_version,
      nodeVersion: row.node_version,
      code: toCodeState(row),
      command: parse<string[]>(row.command_json),
      exitCode: row.exit_code,
      error: row.error_code === null ? undefined : { code: row.error_code, message: row.error_message ?? '' },
      logPath: row.log_path,
      artifactUri: row.artifact_uri,
      note: row.note,
    }),
  }
}

function toCodeState(row: RunRow): CodeState | undefined {
  if (row.commit_hash === null && row.dirty === null) return undefined
  const diffDigest: Digest | undefined =
    row.diff_digest !== null && isDigest(row.diff_digest) ? row.diff_digest : undefined
  return { dirty: row.dirty === 1, ...present({ commit: row.commit_hash, branch: row.branch, diffDigest }) }
}

export function toMetric(row: MetricRow): Metric {
  const { key, timestamp_ms: timestampMs, step, model_id: modelId } = row
  const metric = { key, value: row.is_nan === 1 ? Number.NaN : row.value, timestampMs, step }
  if (modelId === null && row.dataset_name === null) return metric
  return { ...metric, ...present({ modelId, datasetName: row.dataset_name, datasetDigest: row.dataset_digest }) }
}

export function toMetricRow(runId: RunId, metric: Metric): MetricRow {
  const isNan = Number.isNaN(metric.value)
  return {
    run_id: runId,
    key: metric.key,
    // -0 and 0 are one number to the database, so they are one here.
    value: isNan ? 0 : metric.value + 0,
    is_nan: isNan ? 1 : 0,
    timestamp_ms: metric.timestampMs,
    step: metric.step,
    model_id: metric.modelId ?? null,
    dataset_name: metric.datasetName ?? null,
    dataset_digest: metric.datasetDigest ?? null,
  }
}

export function toDatum(row: RunDataRow): RunDatum {
  return {
    name: row.name,
    kind: row.kind,
    digest: row.digest,
    ...present({
      dataset: row.dataset === '' ? undefined : row.dataset,
      version: row.version,
      rows: row.row_count,
      sizeBytes: row.size_bytes,
      files: row.file_count,
      sourceType: row.source_type,
      source: row.source,
      schema: row.schema_json,
      profile: row.profile_json,
      tags: parse<Record<string, string>>(row.tags_json),
    }),
    ...(row.value_json === null ? {} : { value: JSON.parse(row.value_json) as Json }),
  }
}

export function toDataRow(runId: RunId, datum: RunDatum): RunDataRow {
  return {
    run_id: runId,
    name: datum.name,
    dataset: datum.dataset ?? '',
    digest: datum.digest,
    kind: datum.kind,
    version: datum.version ?? null,
    row_count: datum.rows ?? null,
    size_bytes: datum.sizeBytes ?? null,
    file_count: datum.files ?? null,
    value_json: datum.value === undefined ? null : JSON.stringify(datum.value),
    source_type: datum.sourceType ?? null,
    source: datum.source ?? null,
    schema_json: datum.schema ?? null,
    profile_json: datum.profile ?? null,
    tags_json: datum.tags === undefined ? null : JSON.stringify(datum.tags),
  }
}
