import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

import { createFileDurably, fsyncFolder } from '../../kernel/durable-file.ts'
import { digestValue } from '../../kernel/hash.ts'
import type { DatasetsContext } from './context.ts'
import { createTableActions, sameColumns, versionActions } from './delta/actions.ts'
import { type BatonInfo, formatActions, type Part, type Provenance, type StoredColumn } from './delta/log-entry.ts'
import {
  latestSnapshot,
  logFileName,
  logFolder,
  readLog,
  type Snapshot,
  snapshotAt,
  tableFolder,
  tableState,
} from './delta/log.ts'
import { ConcurrentIngestError, SchemaChangedError, toDatasetError } from './errors.ts'
import { mendParts } from './mend.ts'
import { assertDatasetName } from './reference.ts'
import { type NewPart, rememberPart } from './parts.ts'

export interface CommitRequest {
  readonly dataset: string
  readonly part: NewPart
  readonly mode: 'overwrite' | 'append'
  /** Delta's word for what was done: `WRITE`, `STREAMING UPDATE`, … */
  readonly operation?: string
  readonly provenance: Provenance
  readonly watermark?: { readonly column: string; readonly value: string }
  /** Appends only when the table still is what the rows were chosen against. */
  readonly expectedVersion?: number
}

export interface Committed {
  readonly snapshot: Snapshot
  /** False: the latest version already had this content. */
  readonly created: boolean
}

/** The digest of a version: its columns and types, its parts' bytes in order, its rows. */
function versionDigest(columns: readonly StoredColumn[], parts: readonly Part[]) {
  return digestValue('table-version/1', {
    schema: columns.map((column) => ({ name: column.name, type: column.sqlType })),
    parts: parts.map((part) => part.sha256),
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
  })
}

/** Creates the empty table as version 0; of several writers one does, and the others go on with its table. */
function createTable(ctx: DatasetsContext, request: CommitRequest): void {
  const { dataset, part } = request
  const actions = createTableActions(part.columns, ctx.clock.now().getTime())
  createFileDurably(join(logFolder(ctx, dataset), logFileName(0)), formatActions(actions))
}

function refuseOtherColumns(dataset: string, before: readonly StoredColumn[], now: readonly StoredColumn[]): void {
  if (sameColumns(before, now)) return
  const show = (columns: readonly StoredColumn[]) => columns.map((column) => `${column.name} ${column.sqlType}`)
  const known = new Set(show(before))
  const fresh = show(now).filter((column) => !known.has(column))
  const gone = show(before).filter((column) => !show(now).includes(column))
  const problem =
    fresh.length + gone.length === 0
      ? 'its columns come in another order'
      : [fresh.length > 0 ? `new: ${fresh.join(', ')}` : '', gone.length > 0 ? `missing: ${gone.join(', ')}` : '']
          .filter(Boolean)
          .join('; ')
  throw new SchemaChangedError(dataset, problem)
}

/** Moves the part among the table's files; nobody sees it until a log entry names it. */
function placePart(ctx: DatasetsContext, dataset: string, part: NewPart): Part {
  const folder = tableFolder(ctx, dataset)
  mkdirSync(logFolder(ctx, dataset), { recursive: true })
  const path = basename(part.file)
  renameSync(part.file, join(folder, path))
  fsyncFolder(folder)
  fsyncFolder(ctx.tablesFolder)
  const { sha256, sizeBytes, rows, stats } = part
  return { path, sha256, sizeBytes, rows, stats }
}

/** Takes back a part of a commit that failed; one that a log entry names belongs to a version and stays. */
function removeUnlessNamed(ctx: DatasetsContext, dataset: string, path: string): void {
  try {
    if (readLog(ctx, dataset).some((entry) => entry.adds.some((part) => part.path === path))) return
    rmSync(join(tableFolder(ctx, dataset), path), { force: true })
  } catch {
    // Nobody knows: the part stays as a leftover, which does no harm.
  }
}

/** The table as it is now; a table that does not exist yet is created empty. */
function currentTable(ctx: DatasetsContext, request: CommitRequest) {
  let log = readLog(ctx, request.dataset)
  if (log.length === 0) {
    createTable(ctx, request)
    log = readLog(ctx, request.dataset)
  }
  return { log, latest: snapshotAt(request.dataset, log, log.length - 1) }
}

/**
 * Makes a new version from one part. Writers never wait: of two that want the same number one gets it, and the
 * other takes the next on top of it. Content equal to the latest version gives that one back.
 */
export async function commitPart(ctx: DatasetsContext, request: CommitRequest): Promise<Committed> {
  const { dataset, mode } = request
  assertDatasetName(dataset)
  const before = latestSnapshot(ctx, dataset)
  if (mode === 'append' && before && request.part.rows === 0) {
    refuseOtherColumns(dataset, before.columns, request.part.columns)
    return { snapshot: before, created: false }
  }
  let placed: Part | undefined
  try {
    placed = placePart(ctx, dataset, request.part)
    for (;;) {
      const { log, latest } = currentTable(ctx, request)
      if (mode === 'append' && latest) refuseOtherColumns(dataset, latest.columns, request.part.columns)
      if (request.expectedVersion !== undefined && (latest?.version ?? 0) !== request.expectedVersion) {
        throw new ConcurrentIngestError(dataset, request.expectedVersion, latest?.version ?? 0)
      }
      const parts = mode === 'append' ? [...(latest?.parts ?? []), placed] : [placed]
      const digest = versionDigest(request.part.columns, parts)
      await mendParts(ctx, dataset, { log, placed })
      if (latest?.digest === digest) {
        rmSync(join(tableFolder(ctx, dataset), placed.path), { force: true })
        return { snapshot: latest, created: false }
      }
      const previousMs = log.at(-1)?.timestampMs ?? 0
      const timestampMs = Math.max(ctx.clock.now().getTime(), previousMs + 1)
      const baton: BatonInfo = {
        ...request.provenance,
        digest,
        rows: parts.reduce((sum, part) => sum + part.rows, 0),
        ...(request.watermark ? { watermark: request.watermark.value, watermarkColumn: request.watermark.column } : {}),
      }
      const text = formatActions(
        versionActions({
          mode,
          operation: request.operation ?? 'WRITE',
          columns: request.part.columns,
          added: placed,
          table: tableState(log),
          latest,
          baton,
          timestampMs,
        }),
      )
      if (!createFileDurably(join(logFolder(ctx, dataset), logFileName(log.length)), text)) continue
      rememberPart(ctx, dataset, placed)
      return { snapshot: snapshotAt(dataset, readLog(ctx, dataset), log.length)!, created: true }
    }
  } catch (error) {
    if (placed) removeUnlessNamed(ctx, dataset, placed.path)
    throw toDatasetError(error, `a new version of ${dataset}`)
  }
}
