import { newRunId, type RunId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { Environment } from './capture-environment.ts'
import type { TrackingContext } from './context.ts'
import { InvalidEntryError } from './errors.ts'
import { getExperiment } from './experiments.ts'
import { type DataEntries, insertData, toDataRows } from './log-data.ts'
import { insertParams, toParamRows } from './log-params.ts'
import { checkInteger, limits } from './limits.ts'
import type { CodeState, RunKind } from './run.ts'
import { splitTags } from './set-tags.ts'
import type { RunRow, TrackingTables } from './tables.ts'

/** What is known when a run starts. */
export interface RunStart {
  /** `0`, the Default experiment, when absent. */
  readonly experimentId?: string
  readonly parentId?: RunId
  readonly name: string
  readonly kind: RunKind
  readonly pipeline?: string
  readonly pipelineFile?: string
  readonly step?: string
  readonly cacheKey?: string
  /** The pipeline's parameters: kept exactly, and as searchable params. */
  readonly parameters?: Readonly<Record<string, Json>>
  /** SCHEDULED for a run that waits for its turn. */
  readonly status?: 'RUNNING' | 'SCHEDULED'
  readonly startedMs?: number
  readonly environment?: Environment
  readonly code?: CodeState
  readonly command?: readonly string[]
  readonly logPath?: string
  readonly artifactUri?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly inputs?: DataEntries
}

/** Starts a run and records all that is known of it in one transaction. */
export async function startRun(ctx: TrackingContext, input: RunStart): Promise<RunId> {
  const startedMs = input.startedMs ?? ctx.clock.now().getTime()
  checkInteger(startedMs, 'The start of the run', 0)
  const id = newRunId(startedMs)
  // An own experiment is checked so that its absence has a name; 0 is always there.
  const experimentId = input.experimentId === undefined ? '0' : (await getExperiment(ctx, input.experimentId)).id
  const tags = splitTags(id, input.tags ?? {}, 'refuse')
  const row: RunRow = {
    ...toRunRow(id, input, { experimentId: Number(experimentId), startedMs }),
    ...tags.columns,
  }
  const params = toParamRows(id, input.parameters ?? {}, 'truncate')
  const inputs = toDataRows(id, input.inputs ?? [], 'input')
  await ctx.database.transaction<TrackingTables, void>(async (tables) => {
    await tables.insertInto('runs').values(row).execute()
    await insertParams(tables, params)
    if (tags.rows.length > 0) await tables.insertInto('tags').values(tags.rows).execute()
    await insertData(tables, { table: 'run_inputs', rows: inputs })
  })
  return id
}

/** The row of a run that starts. */
export function toRunRow(
  id: RunId,
  input: RunStart,
  facts: { readonly experimentId: number; readonly startedMs: number },
): RunRow {
  if (input.name === '' || input.name.length > limits.runNameCharacters) {
    throw new InvalidEntryError(
      `The run's name has ${input.name.length} characters.`,
      `Give a name of 1 to ${limits.runNameCharacters} characters.`,
    )
  }
  const { environment, code } = input
  return {
    id,
    experiment_id: facts.experimentId,
    parent_id: input.parentId ?? null,
    name: input.name,
    kind: input.kind,
    pipeline: input.pipeline ?? null,
    pipeline_file: input.pipelineFile ?? null,
    step: input.step ?? null,
    cached: 0,
    cache_key: input.cacheKey ?? null,
    parameters_json: input.parameters === undefined ? null : JSON.stringify(input.parameters),
    status: input.status ?? 'RUNNING',
    lifecycle_stage: 'active',
    deleted_ms: null,
    started_ms: facts.startedMs,
    ended_ms: null,
    user_name: environment?.user ?? null,
    host: environment?.host ?? null,
    pid: environment?.pid ?? null,
    process_token: environment?.processToken ?? null,
    // A step's machine is its pipeline's: recorded once.
    environment_json: environment === undefined || input.kind === 'step' ? null : JSON.stringify(environment),
    baton_version: environment?.batonVersion ?? null,
    node_version: environment?.nodeVersion ?? null,
    commit_hash: code?.commit ?? null,
    branch: code?.branch ?? null,
    dirty: code === undefined ? null : Number(code.dirty),
    diff_digest: code?.diffDigest ?? null,
    command_json: input.command === undefined ? null : JSON.stringify(input.command),
    exit_code: null,
    error_code: null,
    error_message: null,
    log_path: input.logPath ?? null,
    artifact_uri: input.artifactUri ?? null,
    note: null,
  }
}
