import { cpus, type } from 'node:os'

import type { LoadedModel } from '../../ports/model-runtime.ts'
import type { ColumnBatch } from '../../ports/table-engine.ts'
import { quantile } from './bootstrap.ts'
import type { LatencyReport } from './contract.ts'

const warmUps = 20
const predictions = 300

/** The time of one prediction of one row in this process, in milliseconds, measured after a warm-up. */
export async function measureLatency(model: LoadedModel, batch: ColumnBatch): Promise<LatencyReport | undefined> {
  if (batch.rows === 0) return undefined
  const times: number[] = []
  for (let i = 0; i < warmUps + predictions; i++) {
    const row = i % batch.rows
    const columns = Object.fromEntries(
      Object.entries(batch.columns).map(([name, values]) => [name, values.slice(row, row + 1)]),
    )
    const from = performance.now()
    await model.predict({ rows: 1, columns })
    if (i >= warmUps) times.push(performance.now() - from)
  }
  times.sort((a, b) => a - b)
  return {
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    p99Ms: quantile(times, 0.99),
    predictions,
    machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${type()}, Node ${process.version}`,
  }
}
