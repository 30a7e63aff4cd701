import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Measured as MeasuredFact, QualityFacts } from '../contracts/index.ts'
import { type LatencyReport, type Measured, type QualityReport, qualityReport } from './contract.ts'
import { UnreadableReportError } from './errors.ts'
import type { QualityFindings } from './evaluation-request.ts'

/** The file of a report folder that holds every fact, and the page that shows them. */
export const qualityJsonName = 'quality.json'
export const qualityHtmlName = 'quality.html'

/** Reads and checks the facts of a report folder. */
export async function readQualityReport(folder: string): Promise<QualityReport> {
  const path = join(folder, qualityJsonName)
  try {
    return qualityReport.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new UnreadableReportError(path, error)
  }
}

const fact = ({ value, lower, upper }: Measured): MeasuredFact => ({
  value,
  ...(lower === undefined ? {} : { lower }),
  ...(upper === undefined ? {} : { upper }),
})

const facts = (metrics: Readonly<Record<string, Measured>>): Record<string, MeasuredFact> =>
  Object.fromEntries(Object.entries(metrics).map(([name, measured]) => [name, fact(measured)]))

/** What a contract can ask of a report. Slices with too few rows are left out: they were not measured. */
export function qualityFacts(report: QualityFindings): QualityFacts {
  return {
    signature: { task: report.task, inputs: report.model.inputs, output: signatureOutput(report) },
    metrics: facts(report.metrics),
    gains: report.baselines.flatMap((baseline) =>
      baseline.state === 'absent'
        ? []
        : Object.entries(baseline.gains).map(([metric, gain]) => ({ over: baseline.name, metric, gain: fact(gain) })),
    ),
    absentBaselines: report.baselines.flatMap((baseline) => (baseline.state === 'absent' ? [baseline.name] : [])),
    slices: report.slices.flatMap((slice) =>
      slice.values.map((value) => ({
        column: slice.column,
        value: value.value,
        // A slice that lacks rows of a class has no metric, however many rows it has.
        rows: value.state === 'measured' ? value.rows : Math.min(value.rows, report.sliceMinRows - 1),
        metrics: facts(value.metrics),
      })),
    ),
    behaviour: report.behaviour.map(({ kind, column, brokenShare, worst, rows }) => ({
      kind,
      column,
      brokenShare,
      worst,
      rows,
    })),
    ...(report.latency === undefined ? {} : { latency: latencyOf(report.latency) }),
    sizeBytes: report.model.sizeBytes,
    ...(report.model.format === undefined ? {} : { format: report.model.format }),
    scores: report.data.scores,
    dataTypes: report.data.types,
  }
}

function signatureOutput({ model }: QualityFindings): { name: string; positive?: string } {
  const { name, positive } = model.output
  return positive === undefined ? { name } : { name, positive }
}

const latencyOf = ({ p50Ms, p95Ms, p99Ms }: LatencyReport): NonNullable<QualityFacts['latency']> => ({
  p50Ms,
  p95Ms,
  p99Ms,
})
