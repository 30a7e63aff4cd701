import { inChunks, type Tables } from '../context.ts'
import type { MetricRow } from '../tables.ts'

/** Keeps metrics that name a model under that model too, within the transaction that logs them. */
export async function insertModelMetrics(tables: Tables, rows: readonly MetricRow[]): Promise<void> {
  const ofModels = rows.filter((row) => row.model_id !== null)
  if (ofModels.length === 0) return
  const ids = [...new Set(ofModels.map((row) => row.model_id!))]
  const known = new Set<string>()
  for (const chunk of inChunks(ids))
    for (const row of await tables.selectFrom('logged_models').select('id').where('id', 'in', chunk).execute())
      known.add(row.id)
  // A model of another server is not refused: the run keeps the metric and the name of the model.
  for (const chunk of inChunks(ofModels.filter((row) => known.has(row.model_id!)))) {
    await tables
      .insertInto('logged_model_metrics')
      .values(
        chunk.map((row) => ({
          model_id: row.model_id!,
          run_id: row.run_id,
          key: row.key,
          value: row.value,
          is_nan: row.is_nan,
          timestamp_ms: row.timestamp_ms,
          step: row.step,
          dataset_name: row.dataset_name ?? '',
          dataset_digest: row.dataset_digest ?? '',
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
