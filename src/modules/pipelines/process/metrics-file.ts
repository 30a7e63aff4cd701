import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { InvalidMetricsError } from '../errors.ts'
import type { MetricPoint } from '../step-kind.ts'

/** More points than this are not kept; the last value of each metric always is. */
const mostPoints = 100_000

export interface StepMetrics {
  /** The last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>
  readonly points: readonly MetricPoint[]
}

/** Reads what a step wrote to BATON_METRICS: `{"name": "loss", "value": 0.3, "step": 7}`, one a line. */
export async function readMetrics(step: string, path: string, nowMs: number): Promise<StepMetrics> {
  const metrics: Record<string, number> = {}
  const points: MetricPoint[] = []
  if (!existsSync(path)) return { metrics, points }
  let number = 0
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    number++
    if (line.trim() === '') continue
    const point = parsePoint(line, nowMs)
    if (point === undefined) throw new InvalidMetricsError(step, number, line.slice(0, 200))
    metrics[point.name] = point.value
    if (points.length < mostPoints) points.push(point)
  }
  return { metrics, points }
}

function parsePoint(line: string, nowMs: number): MetricPoint | undefined {
  try {
    const found = JSON.parse(line) as Partial<Record<keyof MetricPoint, unknown>>
    const { name, value, step = 0, timestampMs = nowMs } = found
    if (typeof name !== 'string' || name === '' || !isFinite(value) || !isFinite(step) || !isFinite(timestampMs))
      return undefined
    return { name, value, step, timestampMs }
  } catch {
    return undefined
  }
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
