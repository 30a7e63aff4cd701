import { join, resolve } from 'node:path'

import type { TableSession } from '../../../ports/table-engine.ts'
import type { StepContext, StepKind, StepResult } from '../../pipelines/index.ts'
import { type Committed, commitPart } from '../commit.ts'
import type { DatasetsContext } from '../context.ts'
import { latestSnapshot, type Snapshot } from '../delta/log.ts'
import type { Provenance } from '../delta/log-entry.ts'
import type { NewPart } from '../parts.ts'
import { valuePart } from '../key-part.ts'
import { toOutput } from '../output.ts'
import { type WorkFolder, withWorkFolder } from '../work-folder.ts'
import { type CheckedRows, checkedIngest } from './checked-ingest.ts'
import { sourceParts } from './fingerprint.ts'
import { type IngestOptions, readIngestOptions } from './ingest-options.ts'
import { openRelation, type SourceRelation, sourceFolders } from './open-relation.ts'
import { plainIngest } from './plain-ingest.ts'
import { assertShare, commitQuarantine, describeReasons, quarantineName } from './quarantine.ts'
import { resolveSource } from './resolve-source.ts'

interface Ingest {
  readonly ctx: DatasetsContext
  readonly step: StepContext
  readonly options: IngestOptions
  readonly session: TableSession
  readonly work: WorkFolder
  /** The version that rows are appended to. */
  readonly before: Snapshot | undefined
}

/** Where the last incremental ingest stopped. */
function lastWatermark(options: IngestOptions, before: Snapshot | undefined): string | undefined {
  return before?.baton.watermarkColumn === options.watermark ? before?.baton.watermark : undefined
}

async function openSource(ingest: Ingest): Promise<SourceRelation> {
  const { ctx, step, options, session, before } = ingest
  const { table, query, watermark, schema } = options
  const after = lastWatermark(options, before)
  return openRelation(session, resolveSource(options.source, step), {
    sources: ctx.sources,
    query: {
      ...(table === undefined ? {} : { table }),
      ...(query === undefined ? {} : { query }),
      ...(watermark === undefined
        ? {}
        : { watermark: { column: watermark, ...(after === undefined ? {} : { after }) } }),
    },
    signal: step.signal,
    onRows: (done) => step.progress({ done, unit: 'rows' }),
    ...(schema ? { wanted: Object.keys(schema.columns) } : {}),
  })
}

/** Reads, checks and writes the rows as parts that no table knows yet; past the allowed share nothing more happens. */
async function readRows(
  ingest: Ingest,
  source: SourceRelation,
  provenance: Provenance,
): Promise<{ part: NewPart; checked?: CheckedRows; quarantineVersion?: number }> {
  const { ctx, step, options, session, work, before } = ingest
  const { dataset, schema } = options
  const { signal } = step
  const file = join(work.path, `part-00000-${work.id}.zstd.parquet`)
  if (!schema) {
    const kept = options.mode === 'append' && before ? { kept: { dataset, columns: before.columns } } : {}
    return { part: await plainIngest(session, { source, file, signal, log: (line) => step.log(line), ...kept }) }
  }
  const quarantineFile = join(work.path, `part-00001-${work.id}.zstd.parquet`)
  const checked = await checkedIngest(session, { dataset, schema, source, file, quarantineFile, signal })
  const quarantineVersion = await commitQuarantine(ctx, session, { dataset, rows: checked, provenance, work })
  assertShare(dataset, checked, schema.maxQuarantineShare)
  return { part: checked.accepted, checked, ...(quarantineVersion === undefined ? {} : { quarantineVersion }) }
}

function toResult(
  committed: Committed,
  read: { readonly part: NewPart; readonly checked?: CheckedRows; readonly quarantineVersion?: number },
  label: string,
): StepResult {
  const { snapshot, created } = committed
  const bad = read.checked ? read.checked.totalRows - read.checked.accepted.rows : 0
  const appended = snapshot.rows === read.part.rows ? '' : ` (${read.part.rows.toLocaleString('en-US')} new)`
  const set = bad === 0 ? '' : `, ${bad.toLocaleString('en-US')} in quarantine`
  const quarantine = read.checked?.quarantine
  return {
    outputs: { table: toOutput(snapshot) },
    metrics: { rows: snapshot.rows, ...(read.checked ? { quarantinedRows: bad } : {}) },
    tags: { source: label, unchanged: String(!created) },
    summary: `${snapshot.rows.toLocaleString('en-US')} rows${appended}${set}`,
    ...(quarantine && read.quarantineVersion !== undefined
      ? {
          notices: [
            {
              label: 'quarantine',
              text: `${quarantineName(snapshot.dataset)}@${read.quarantineVersion}: ${describeReasons(quarantine)}`,
            },
          ],
        }
      : {}),
  }
}

async function run(ctx: DatasetsContext, step: StepContext): Promise<StepResult> {
  const options = readIngestOptions(step.node.options)
  const resolved = resolveSource(options.source, step)
  return withWorkFolder(ctx, async (work) => {
    await using session = await ctx.engine.openSession({
      memoryLimitMb: ctx.memoryLimitMb,
      allowedFolders: [resolve(work.path), ...sourceFolders(resolved).map((folder) => resolve(folder))],
    })
    const before = options.mode === 'append' ? latestSnapshot(ctx, options.dataset) : undefined
    const ingest: Ingest = { ctx, step, options, session, work, before }
    const source = await openSource(ingest)
    step.log(`reading ${source.label}`)
    const provenance: Provenance = { runId: step.runId, step: step.node.name, source: source.label }
    const read = await readRows(ingest, source, provenance)
    const reached = source.watermark ?? lastWatermark(options, before)
    const committed = await commitPart(ctx, {
      dataset: options.dataset,
      part: read.part,
      mode: options.mode,
      provenance,
      ...(options.watermark === undefined ? {} : { expectedVersion: before?.version ?? 0 }),
      ...(options.watermark === undefined || reached === undefined
        ? {}
        : { watermark: { column: options.watermark, value: reached } }),
    })
    return toResult(committed, read, source.label)
  })
}

/** Makes a dataset version from a file or a database. */
export function createIngestStep(ctx: DatasetsContext): StepKind {
  return {
    kind: 'ingest',
    version: 1,
    async keyParts(node, plan) {
      const parts = await sourceParts(ctx.sources, readIngestOptions(node.options), plan)
      const engine = `${ctx.engine.name} ${await ctx.engine.version()}`
      return [...parts, valuePart('engine', engine, engine)]
    },
    run: (step) => run(ctx, step),
  }
}
