import type { RunId } from '../../../kernel/ids.ts'
import { inChunks, type Tables, type TrackingContext, tablesOf } from '../context.ts'
import { loadRuns } from '../get-run.ts'
import { eachRun, type RunQuery } from '../list-runs.ts'
import type { Run } from '../run.ts'
import { csvLine } from './csv-line.ts'
import { defaultLink, type ExperimentRecord, type LinkOf, toExperimentRecord } from './experiment-record.ts'

const runsAtOnce = 100

/**
 * Every run of a query as CSV (RFC 4180), a piece at a time: the 13 columns of an experiment record, with one column
 * per metric and dataset, then the run's id. A pipeline run is one line, its steps folded into it.
 */
export async function* exportRunsCsv(
  ctx: TrackingContext,
  query: Omit<RunQuery, 'pageToken'>,
  options: { readonly linkOf?: LinkOf } = {},
): AsyncGenerator<string> {
  const linkOf = options.linkOf ?? defaultLink
  // The header names every metric, so the runs are read twice: ids and metric names first, then line by line.
  const ids: RunId[] = []
  const columns = new Set<string>()
  for await (const { run, steps } of eachFamily(ctx, query)) {
    ids.push(run.id)
    for (const column of toExperimentRecord(run, steps, linkOf).metrics.keys()) columns.add(column)
  }
  const metrics = [...columns].toSorted((a, b) => a.localeCompare(b, 'en'))
  yield header(metrics)
  for (const chunk of inChunks(ids, runsAtOnce)) {
    let lines = ''
    for (const { run, steps } of await loadFamilies(ctx, chunk)) {
      lines += toLine(toExperimentRecord(run, steps, linkOf), metrics)
    }
    yield lines
  }
}

function header(metrics: readonly string[]): string {
  const data = ['train', 'validation', 'test'].flatMap((role) => [`${role} size`, `${role} link`])
  return csvLine(['date', 'commit', 'model', 'params', ...data, ...metrics, 'output links', 'description', 'run'])
}

function toLine(record: ExperimentRecord, metrics: readonly string[]): string {
  const { train, validation, test } = record.data
  const data = [train, validation, test].flatMap(({ size, link }) => [size, link])
  const values = metrics.map((column) => record.metrics.get(column))
  const { date, commit, model, params, outputLinks, description, run } = record
  return csvLine([date, commit, model, params, ...data, ...values, outputLinks, description, run])
}

interface Family {
  readonly run: Run
  readonly steps: readonly Run[]
}

async function* eachFamily(ctx: TrackingContext, query: Omit<RunQuery, 'pageToken'>): AsyncGenerator<Family> {
  const limit = query.limit
  // Steps are part of their pipeline's line unless they are asked for.
  const kinds = query.kinds ?? ['pipeline', 'run']
  const { limit: _, ...unlimited } = query
  let pending: Run[] = []
  let seen = 0
  for await (const run of eachRun(ctx, { ...unlimited, kinds, limit: runsAtOnce })) {
    pending.push(run)
    seen += 1
    if (pending.length === runsAtOnce) {
      yield* await withSteps(tablesOf(ctx), pending)
      pending = []
    }
    if (limit !== undefined && seen >= limit) break
  }
  yield* await withSteps(tablesOf(ctx), pending)
}

async function loadFamilies(ctx: TrackingContext, ids: readonly RunId[]): Promise<readonly Family[]> {
  const tables = tablesOf(ctx)
  const rows = await tables.selectFrom('runs').selectAll().where('id', 'in', ids).execute()
  const byId = new Map((await loadRuns(tables, rows)).map((run) => [run.id, run]))
  return await withSteps(
    tables,
    ids.flatMap((id) => byId.get(id) ?? []),
  )
}

async function withSteps(tables: Tables, runs: readonly Run[]): Promise<readonly Family[]> {
  const pipelines = runs.filter((run) => run.kind === 'pipeline').map((run) => run.id)
  if (pipelines.length === 0) return runs.map((run) => ({ run, steps: [] }))
  const rows = await tables
    .selectFrom('runs')
    .selectAll()
    .where('parent_id', 'in', pipelines)
    .where('lifecycle_stage', '=', 'active')
    .orderBy('started_ms')
    .orderBy('id')
    .execute()
  const steps = Map.groupBy(await loadRuns(tables, rows), (step) => step.parentId)
  return runs.map((run) => ({ run, steps: steps.get(run.id) ?? [] }))
}
