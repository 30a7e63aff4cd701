import type { Digest } from '../../kernel/hash.ts'
import type { ColumnInfo } from '../../ports/table-engine.ts'
import type { DatasetsContext } from './context.ts'
import { latestSnapshot, namesIn, readLog, type Snapshot, snapshotAt } from './delta/log.ts'
import { BeforeFirstVersionError, DatasetNotFoundError } from './errors.ts'
import { type DatasetReference, parseReference } from './reference.ts'
import { type DatasetTag, findTag, listTags, writeTag } from './tags.ts'

/** One version of a dataset, for a person and for `--json`. */
export interface DatasetVersion {
  readonly dataset: string
  readonly version: number
  readonly digest: Digest
  readonly rows: number
  readonly sizeBytes: number
  readonly parts: number
  readonly columns: readonly ColumnInfo[]
  readonly committedAt: string
  readonly operation: string
  readonly runId?: string
  readonly step?: string
  readonly source?: string
  readonly tags: readonly string[]
}

function toVersion(snapshot: Snapshot, tags: readonly DatasetTag[]): DatasetVersion {
  const { runId, step, source } = snapshot.baton
  return {
    dataset: snapshot.dataset,
    version: snapshot.version,
    digest: snapshot.digest,
    rows: snapshot.rows,
    sizeBytes: snapshot.parts.reduce((sum, part) => sum + part.sizeBytes, 0),
    parts: snapshot.parts.length,
    columns: snapshot.columns,
    committedAt: new Date(snapshot.timestampMs).toISOString(),
    operation: snapshot.operation,
    ...(runId === undefined ? {} : { runId }),
    ...(step === undefined ? {} : { step }),
    ...(source === undefined ? {} : { source }),
    tags: tags.filter((tag) => tag.version === snapshot.version).map((tag) => tag.tag),
  }
}

/** The names of all folders that have a log, also of tables without a version yet. */
export function tableNames(ctx: DatasetsContext): readonly string[] {
  return namesIn(ctx.tablesFolder).filter((name) => !name.startsWith('.') && readLog(ctx, name).length > 0)
}

/** Every dataset with at least one version: its latest. */
export function listDatasets(ctx: DatasetsContext): readonly DatasetVersion[] {
  return tableNames(ctx)
    .map((name) => latestSnapshot(ctx, name))
    .filter((snapshot) => snapshot !== undefined)
    .map((snapshot) => toVersion(snapshot, listTags(ctx, snapshot.dataset)))
}

/** Every version of a dataset, newest first. */
export function listVersions(ctx: DatasetsContext, dataset: string): readonly DatasetVersion[] {
  const log = versionsOf(ctx, dataset)
  const tags = listTags(ctx, dataset)
  return log
    .map((entry) => snapshotAt(dataset, log, entry.version))
    .filter((snapshot) => snapshot !== undefined)
    .map((snapshot) => toVersion(snapshot, tags))
    .toReversed()
}

function versionsOf(ctx: DatasetsContext, dataset: string) {
  parseReference(dataset)
  const log = readLog(ctx, dataset)
  if (log.length > 1) return log
  const names = listDatasets(ctx).map((known) => known.dataset)
  throw new DatasetNotFoundError(
    `There is no dataset ${dataset}.`,
    names.length === 0 ? 'Run a pipeline with an ingest step to make the first.' : `There are: ${names.join(', ')}.`,
  )
}

function versionNumber(ctx: DatasetsContext, reference: DatasetReference, text: string): number {
  const { dataset } = reference
  const log = versionsOf(ctx, dataset)
  const last = log.length - 1
  switch (reference.kind) {
    case 'latest':
      return last
    case 'version': {
      if (reference.version >= 1 && reference.version <= last) return reference.version
      throw new DatasetNotFoundError(`There is no version ${text}.`, `${dataset} has versions 1 to ${last}.`)
    }
    case 'as-of': {
      const found = log.findLast((entry) => entry.version > 0 && entry.timestampMs <= reference.atMs)
      if (found) return found.version
      throw new BeforeFirstVersionError(dataset, reference.text, new Date(log[1]!.timestampMs).toISOString())
    }
    case 'tag': {
      const found = findTag(ctx, dataset, reference.tag)
      if (found && found.version <= last) return found.version
      const tags = listTags(ctx, dataset).map((tag) => tag.tag)
      throw new DatasetNotFoundError(
        `${dataset} has no tag ${reference.tag}.`,
        tags.length === 0 ? `It has no tags yet; \`baton data tag\` gives one.` : `It has: ${tags.join(', ')}.`,
      )
    }
  }
}

/** The version that a reference means: `name`, `name@3`, `name@2026-01-12`, `name@tag`. */
export function resolveSnapshot(ctx: DatasetsContext, text: string): Snapshot {
  const reference = parseReference(text)
  const version = versionNumber(ctx, reference, text)
  return snapshotAt(reference.dataset, readLog(ctx, reference.dataset), version)!
}

/** The version that a reference means, with what is known of it. */
export function resolveDataset(ctx: DatasetsContext, reference: string): DatasetVersion {
  const snapshot = resolveSnapshot(ctx, reference)
  return toVersion(snapshot, listTags(ctx, snapshot.dataset))
}

/** Names a version; the name is a reference from then on. Refuses one that is taken unless `move` is set. */
export function tagVersion(
  ctx: DatasetsContext,
  reference: string,
  options: { readonly tag: string; readonly move?: boolean },
): DatasetTag {
  const { dataset, version } = resolveSnapshot(ctx, reference)
  return writeTag(ctx, dataset, { tag: options.tag, version, move: options.move ?? false })
}
