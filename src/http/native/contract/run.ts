import { z } from 'zod'

import { wireNumber } from './wire.ts'

export const runStatus = z.enum(['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'])
export type RunStatus = z.infer<typeof runStatus>
export const runKind = z.enum(['pipeline', 'step', 'run'])

/** What a run is, in a list. */
export const runSummary = z.object({
  id: z.string(),
  shortId: z.string(),
  name: z.string(),
  kind: runKind,
  status: runStatus,
  experimentId: z.string(),
  parentId: z.string().optional(),
  pipeline: z.string().optional(),
  step: z.string().optional(),
  cached: z.boolean(),
  startedMs: z.number(),
  endedMs: z.number().optional(),
  user: z.string().optional(),
  commit: z.string().optional(),
  deleted: z.boolean(),
})
export type RunSummary = z.infer<typeof runSummary>

export const runCell = z.union([wireNumber, z.string(), z.null()])
export type RunCell = z.infer<typeof runCell>

export const runTableRow = runSummary.extend({ values: z.array(runCell).describe('in the order of the columns') })
export type RunTableRow = z.infer<typeof runTableRow>

export const runTable = z.object({
  columns: z.array(z.string()),
  rows: z.array(runTableRow),
  next: z.string().optional().describe('the token of the page after this one'),
  total: z.number().optional().describe('how many runs the filter means, when it was asked for'),
})
export type RunTable = z.infer<typeof runTable>

const many = z.array(z.string()).default([])
export const runTableQuery = z.object({
  filter: z.string().default('').describe("MLflow's search grammar: metrics.auc > 0.7 and params.depth = '3'"),
  order: many.describe('metrics.auc DESC; newest first when empty'),
  columns: many.describe('metrics.auc, params.`learning rate`, tags.stage'),
  experiments: many.describe('ids; all when empty'),
  kinds: z.array(runKind).default(['pipeline', 'run']),
  lifecycle: z.enum(['active', 'deleted', 'all']).default('active'),
  limit: z.int().min(1).max(10_000).default(200),
  page: z.string().optional(),
  total: z.boolean().default(false),
})

export const runKeysQuery = z.object({ experiments: many, runs: many })
export const runKeys = z.object({
  metrics: z.array(z.string()),
  params: z.array(z.string()),
  tags: z.array(z.string()),
  attributes: z.array(z.string()),
})
export type RunKeys = z.infer<typeof runKeys>

export const datum = z.object({
  name: z.string(),
  kind: z.string().describe('table, model, report, files, value or dataset'),
  digest: z.string(),
  dataset: z.string().optional(),
  version: z.number().optional(),
  rows: z.number().optional(),
  sizeBytes: z.number().optional(),
  files: z.number().optional(),
  value: z.unknown().optional(),
  source: z.string().optional(),
})
export type Datum = z.infer<typeof datum>

export const metric = z.object({
  key: z.string(),
  value: wireNumber,
  step: z.number(),
  timestampMs: z.number(),
})
export type Metric = z.infer<typeof metric>

export const stepState = z.enum(['ran', 'cached', 'running', 'failed', 'stopped', 'waiting'])
export type StepState = z.infer<typeof stepState>

export const runGraph = z.object({
  nodes: z.array(
    z.object({
      id: z.string().describe('the run of the step; its name while it waits'),
      step: z.string(),
      kind: z.string(),
      state: stepState,
      reason: z.string().describe('why it ran, or why not'),
      summary: z.string().optional(),
      error: z.string().optional(),
      sourceRunId: z.string().optional().describe('of a cached step: the run that made the result'),
      startedMs: z.number().optional(),
      endedMs: z.number().optional(),
      outputs: z.array(datum),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string(), label: z.string() })),
  assumed: z.string().optional().describe('the earlier run whose steps are shown as waiting'),
})
export type RunGraph = z.infer<typeof runGraph>

export const runDetail = runSummary.extend({
  experiment: z.string(),
  parent: z.object({ id: z.string(), name: z.string() }).optional(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  metrics: z.array(metric).describe('the latest value of each'),
  inputs: z.array(datum),
  outputs: z.array(datum),
  modelVersions: z.array(z.object({ model: z.string(), version: z.number() })),
  code: z
    .object({
      commit: z.string().optional(),
      branch: z.string().optional(),
      dirty: z.boolean(),
      hasDiff: z.boolean(),
    })
    .optional(),
  environment: z.record(z.string(), z.unknown()).optional(),
  command: z.array(z.string()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  note: z.string(),
})
export type RunDetail = z.infer<typeof runDetail>

export const runDiff = z.object({
  text: z.string().describe('a patch that git apply takes'),
  truncated: z.boolean(),
  omitted: z.array(z.object({ path: z.string(), reason: z.string() })),
})
export type RunDiff = z.infer<typeof runDiff>

export const runLog = z.object({
  text: z.string(),
  next: z.number().describe('the offset at which the next read begins'),
  sizeBytes: z.number(),
  available: z.boolean().describe('false when this store holds no log of the run'),
  open: z.boolean().describe('true while the run can still write'),
})
export type RunLog = z.infer<typeof runLog>

export const noteBody = z.object({ note: z.string().max(8000).describe('Markdown') })

export const experiment = z.object({
  id: z.string(),
  name: z.string(),
  runs: z.number(),
  createdMs: z.number(),
  updatedMs: z.number(),
})
export type Experiment = z.infer<typeof experiment>
