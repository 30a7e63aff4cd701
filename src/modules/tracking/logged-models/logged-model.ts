import { inChunks, type Tables } from '../context.ts'
import type { Metric } from '../run.ts'
import { present } from '../run-rows.ts'
import type { LoggedModelMetricRow, LoggedModelRow } from './tables.ts'

/** MLflow's names. */
export const loggedModelStatuses = ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED'] as const
export type LoggedModelStatus = (typeof loggedModelStatuses)[number]

/** A measurement of a model by a run. */
export interface LoggedModelMetric extends Metric {
  readonly runId: string
}

/** A model that a run has logged, or a person without a run: files with what was said and measured of them. */
export interface LoggedModel {
  /** `m-` and 32 hex characters. */
  readonly id: string
  readonly experimentId: string
  readonly name: string
  readonly modelType?: string
  readonly sourceRunId?: string
  readonly status: LoggedModelStatus
  readonly statusMessage?: string
  readonly artifactUri: string
  readonly lifecycleStage: 'active' | 'deleted'
  readonly user?: string
  readonly createdMs: number
  readonly updatedMs: number
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly metrics: readonly LoggedModelMetric[]
}

interface Parts {
  readonly params: Record<string, string>
  readonly tags: Record<string, string>
  readonly metrics: LoggedModelMetric[]
}

/** The models of these rows, in their order, with what was logged of them. */
export async function loadLoggedModels(
  tables: Tables,
  rows: readonly LoggedModelRow[],
): Promise<readonly LoggedModel[]> {
  const parts = new Map<string, Parts>(rows.map((row) => [row.id, { params: {}, tags: {}, metrics: [] }]))
  for (const chunk of inChunks([...parts.keys()])) {
    const params = tables.selectFrom('logged_model_params').selectAll().where('model_id', 'in', chunk).orderBy('key')
    for (const row of await params.execute()) parts.get(row.model_id)!.params[row.key] = row.value
    const tags = tables.selectFrom('logged_model_tags').selectAll().where('model_id', 'in', chunk).orderBy('key')
    for (const row of await tags.execute()) parts.get(row.model_id)!.tags[row.key] = row.value
    const metrics = tables.selectFrom('logged_model_metrics').selectAll().where('model_id', 'in', chunk)
    for (const row of await metrics.orderBy('key').orderBy('step').orderBy('timestamp_ms').execute())
      parts.get(row.model_id)!.metrics.push(toMetric(row))
  }
  return rows.map((row) => ({ ...toInfo(row), ...parts.get(row.id)! }))
}

function toInfo(row: LoggedModelRow): Omit<LoggedModel, 'params' | 'tags' | 'metrics'> {
  return {
    id: row.id,
    experimentId: String(row.experiment_id),
    name: row.name,
    status: row.status as LoggedModelStatus,
    artifactUri: row.artifact_uri,
    lifecycleStage: row.lifecycle_stage as LoggedModel['lifecycleStage'],
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    ...present({
      modelType: row.model_type,
      sourceRunId: row.source_run_id,
      statusMessage: row.status_message,
      user: row.user_name,
    }),
  }
}

function toMetric(row: LoggedModelMetricRow): LoggedModelMetric {
  return {
    key: row.key,
    value: row.is_nan === 1 ? Number.NaN : row.value,
    timestampMs: row.timestamp_ms,
    step: row.step,
    modelId: row.model_id,
    runId: row.run_id,
    ...(row.dataset_name === '' ? {} : { datasetName: row.dataset_name }),
    ...(row.dataset_digest === '' ? {} : { datasetDigest: row.dataset_digest }),
  }
}
