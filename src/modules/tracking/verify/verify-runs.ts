import { throwIfAborted } from '../../../kernel/errors.ts'
import { isDigest } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { BlobStore } from '../../../ports/blob-store.ts'
import type { FolderStore } from '../../../ports/folder-store.ts'
import { type TrackingContext, tablesOf } from '../context.ts'
import { finalStatuses, openStatuses, type RunDatum } from '../run.ts'
import { toDatum } from '../run-rows.ts'

export interface RunVerificationContext extends TrackingContext {
  readonly blobs: BlobStore
  readonly folders: FolderStore
  /** Whether a dataset version is there; datasets' own verification reads its bytes. */
  readonly hasTable: (datum: RunDatum) => Promise<boolean>
}

export interface RunProblem {
  readonly runId: RunId
  readonly what: string
  readonly hint: string
}

export interface RunVerification {
  readonly checked: number
  readonly problems: readonly RunProblem[]
}

/** Checks that no run is there by half: what finished runs have made exists, and ends and parents fit together. */
export async function verifyRuns(ctx: RunVerificationContext, signal?: AbortSignal): Promise<RunVerification> {
  const { count } = await tablesOf(ctx)
    .selectFrom('runs')
    .select((row) => row.fn.countAll<number | bigint | string>().as('count'))
    .executeTakeFirstOrThrow()
  const problems = [
    ...(await findMissingOutputs(ctx, signal)),
    ...(await findMissingDifferences(ctx, signal)),
    ...(await findUnfinishedEnds(ctx)),
    ...(await findOrphans(ctx)),
  ]
  return { checked: Number(count), problems }
}

async function findMissingOutputs(ctx: RunVerificationContext, signal: AbortSignal | undefined): Promise<RunProblem[]> {
  const rows = await tablesOf(ctx)
    .selectFrom('run_outputs')
    .innerJoin('runs', 'runs.id', 'run_outputs.run_id')
    .selectAll('run_outputs')
    .where('runs.status', '=', 'FINISHED')
    .where('runs.lifecycle_stage', '=', 'active')
    .orderBy('runs.started_ms')
    .execute()
  // Cached steps name the same outputs again and again: each is looked at once.
  const seen = new Set<string>()
  const problems: RunProblem[] = []
  for (const row of rows) {
    throwIfAborted(signal)
    const identity = `${row.kind} ${row.dataset} ${row.version} ${row.digest}`
    if (seen.has(identity)) continue
    seen.add(identity)
    const datum = toDatum(row)
    if (await isThere(ctx, datum)) continue
    const address = datum.dataset === undefined ? datum.digest : `${datum.dataset}@${datum.version}`
    problems.push({
      runId: row.run_id as RunId,
      what: `its output ${datum.name} (${datum.kind} ${address}) is not in the store`,
      hint: 'Run the pipeline again: the step that made it runs because its output is missing.',
    })
  }
  return problems
}

async function isThere(ctx: RunVerificationContext, datum: RunDatum): Promise<boolean> {
  switch (datum.kind) {
    case 'model':
    case 'report':
    case 'files':
      return isDigest(datum.digest) && (await ctx.folders.has(datum.digest))
    case 'table':
      return await ctx.hasTable(datum)
    default:
      // A value is in the record itself; a client's dataset is somewhere else.
      return true
  }
}

async function findMissingDifferences(
  ctx: RunVerificationContext,
  signal: AbortSignal | undefined,
): Promise<RunProblem[]> {
  const rows = await tablesOf(ctx)
    .selectFrom('runs')
    .select(['diff_digest', (row) => row.fn.min('id').as('id')])
    .where('diff_digest', 'is not', null)
    .where('lifecycle_stage', '=', 'active')
    .groupBy('diff_digest')
    .execute()
  const problems: RunProblem[] = []
  for (const { id, diff_digest: digest } of rows) {
    throwIfAborted(signal)
    if (digest !== null && isDigest(digest) && (await ctx.blobs.has(digest))) continue
    problems.push({
      runId: id as RunId,
      what: `its uncommitted difference ${digest} is not in the store`,
      hint: 'Copy the blob from another store of the project; without it the run cannot be reproduced.',
    })
  }
  return problems
}

async function findUnfinishedEnds(ctx: TrackingContext): Promise<RunProblem[]> {
  const rows = await tablesOf(ctx)
    .selectFrom('runs')
    .select('id')
    .where('status', 'in', finalStatuses)
    .where('ended_ms', 'is', null)
    .execute()
  return rows.map(({ id }) => ({
    runId: id as RunId,
    what: 'it has ended, but not when',
    hint: 'Something other than Baton wrote this record; restore the database from a backup.',
  }))
}

async function findOrphans(ctx: TrackingContext): Promise<RunProblem[]> {
  const rows = await tablesOf(ctx)
    .selectFrom('runs as step')
    .leftJoin('runs as parent', 'parent.id', 'step.parent_id')
    .select(['step.id', 'parent.id as parent_id', 'parent.status as parent_status'])
    .where('step.kind', '=', 'step')
    .where((row) =>
      row.or([
        row('parent.id', 'is', null),
        row.and([row('step.status', 'in', openStatuses), row('parent.status', 'in', finalStatuses)]),
      ]),
    )
    .execute()
  return rows.map((row) => ({
    runId: row.id as RunId,
    what:
      row.parent_id === null
        ? 'it is the run of a step without its pipeline'
        : `it is open, but its pipeline has ended as ${row.parent_status}`,
    hint: 'Run any command of Baton on the machine that ran it: runs whose process is gone are ended first.',
  }))
}
