import type { Kysely } from 'kysely'

import type { Digest } from '../../../kernel/hash.ts'
import type { RunId } from '../../../kernel/ids.ts'
import type { Database } from '../../../ports/database.ts'
import type { OutputRef } from '../graph.ts'
import type { KeyPart, StepNotice } from '../step-kind.ts'
import type { PipelinesTables } from '../tables.ts'

const chunkRows = 400

/** A result that was kept under its key. */
export interface CacheEntry {
  readonly key: Digest
  /** The step run that made it. */
  readonly runId: RunId
  readonly outputs: Readonly<Record<string, OutputRef>>
  readonly metrics: Readonly<Record<string, number>>
  readonly summary: string | undefined
  readonly notices: readonly StepNotice[]
}

interface CacheContext {
  readonly database: Database
}

function toEntry(row: PipelinesTables['step_cache']): CacheEntry {
  return {
    key: row.key as Digest,
    runId: row.run_id as RunId,
    outputs: JSON.parse(row.outputs) as CacheEntry['outputs'],
    metrics: JSON.parse(row.metrics) as CacheEntry['metrics'],
    summary: row.summary ?? undefined,
    notices: JSON.parse(row.notices) as CacheEntry['notices'],
  }
}

/** The key of the last good run of each step of a pipeline. */
export async function listLatestKeys(ctx: CacheContext, pipeline: string): Promise<ReadonlyMap<string, Digest>> {
  const rows = await ctx.database
    .tables<PipelinesTables>()
    .selectFrom('step_latest')
    .select(['step', 'key'])
    .where('pipeline', '=', pipeline)
    .execute()
  return new Map(rows.map((row) => [row.step, row.key as Digest]))
}

/** The entries of some keys; a key without one is left out. */
export async function listEntries(ctx: CacheContext, keys: readonly Digest[]): Promise<readonly CacheEntry[]> {
  const entries: CacheEntry[] = []
  for (let start = 0; start < keys.length; start += chunkRows) {
    const chunk = keys.slice(start, start + chunkRows)
    const rows = await ctx.database
      .tables<PipelinesTables>()
      .selectFrom('step_cache')
      .selectAll()
      .where('key', 'in', chunk)
      .execute()
    entries.push(...rows.map(toEntry))
  }
  return entries
}

/** The parts of a key that some step had once. */
export async function findKeyParts(ctx: CacheContext, key: Digest): Promise<readonly KeyPart[] | undefined> {
  const row = await ctx.database
    .tables<PipelinesTables>()
    .selectFrom('step_keys')
    .select('parts')
    .where('key', '=', key)
    .executeTakeFirst()
  return row && (JSON.parse(row.parts) as readonly KeyPart[])
}

/** The key that a step had in a run, given the pipeline's run or the step's own. */
export async function findKeyOfRun(ctx: CacheContext, runId: string, step: string): Promise<Digest | undefined> {
  const row = await ctx.database
    .tables<PipelinesTables>()
    .selectFrom('step_history')
    .select('key')
    .where('step', '=', step)
    .where((either) => either.or([either('pipeline_run_id', '=', runId), either('run_id', '=', runId)]))
    .executeTakeFirst()
  return row?.key as Digest | undefined
}

/** One step's part in a pipeline run, whether it ran or not. */
export interface StepUse {
  readonly step: string
  readonly key: Digest
  readonly runId: RunId
  /** False when `step_latest` already says this key. */
  readonly isNewKey: boolean
}

/** Remembers which keys a pipeline run used, for `explain`. One transaction. */
export async function recordUses(
  ctx: CacheContext,
  run: { readonly pipeline: string; readonly pipelineRunId: RunId },
  uses: readonly StepUse[],
): Promise<void> {
  if (uses.length === 0) return
  await ctx.database.transaction<PipelinesTables, void>((tables) => insertUses(tables, run, uses))
}

async function insertUses(
  tables: Kysely<PipelinesTables>,
  run: { readonly pipeline: string; readonly pipelineRunId: RunId },
  uses: readonly StepUse[],
): Promise<void> {
  for (let start = 0; start < uses.length; start += chunkRows) {
    const chunk = uses.slice(start, start + chunkRows)
    await tables
      .insertInto('step_history')
      .values(chunk.map(({ step, key, runId }) => ({ pipeline_run_id: run.pipelineRunId, step, run_id: runId, key })))
      .execute()
  }
  for (const { step, key } of uses.filter((use) => use.isNewKey)) {
    const row = { pipeline: run.pipeline, step, key, pipeline_run_id: run.pipelineRunId }
    await tables
      .insertInto('step_latest')
      .values(row)
      .onConflict((conflict) => conflict.columns(['pipeline', 'step']).doUpdateSet(row))
      .execute()
  }
}

/** What a step's run leaves for later ones. */
export interface StepRecord {
  readonly pipeline: string
  readonly pipelineRunId: RunId
  readonly use: StepUse
  readonly parts: readonly KeyPart[]
  /** The result; absent when it must not be kept. */
  readonly entry?: CacheEntry
  /** True: the entry takes the place of one whose outputs are gone. */
  readonly replaces: boolean
  readonly nowMs: number
}

/**
 * Records what a step's run used and made, in one transaction. Its result is kept under its key unless one is there:
 * the first result of a key stays. Gives the one that is kept.
 */
export async function recordResult(ctx: CacheContext, record: StepRecord): Promise<CacheEntry | undefined> {
  const { use, parts, entry, replaces } = record
  return ctx.database.transaction<PipelinesTables, CacheEntry | undefined>(async (tables) => {
    await tables
      .insertInto('step_keys')
      .values({ key: use.key, parts: JSON.stringify(parts) })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    await insertUses(tables, record, [use])
    if (entry === undefined) return undefined
    const row = toRow(entry, record)
    await tables
      .insertInto('step_cache')
      .values(row)
      .onConflict((conflict) =>
        replaces ? conflict.column('key').doUpdateSet(row) : conflict.column('key').doNothing(),
      )
      .execute()
    const kept = await tables
      .selectFrom('step_cache')
      .selectAll()
      .where('key', '=', entry.key)
      .executeTakeFirstOrThrow()
    return toEntry(kept)
  })
}

function toRow(entry: CacheEntry, record: StepRecord): PipelinesTables['step_cache'] {
  return {
    key: entry.key,
    pipeline: record.pipeline,
    step: record.use.step,
    run_id: entry.runId,
    outputs: JSON.stringify(entry.outputs),
    metrics: JSON.stringify(entry.metrics),
    summary: entry.summary ?? null,
    notices: JSON.stringify(entry.notices),
    created_at_ms: record.nowMs,
  }
}
