import { resolve } from 'node:path'

import type { DatasetReader, TableAddress, TableScan } from '../../ports/dataset-reader.ts'
import { sqlText } from '../checks/index.ts'
import type { DatasetsContext } from './context.ts'
import { readLog, type Snapshot, snapshotAt, tableFolder } from './delta/log.ts'
import { DamagedTableError, DatasetNotFoundError } from './errors.ts'
import { verifyPart } from './parts.ts'

/** A snapshot as a relation, after every part's bytes were checked. */
export async function scanSnapshot(ctx: DatasetsContext, snapshot: Snapshot): Promise<TableScan> {
  const files: string[] = []
  for (const part of snapshot.parts) files.push(resolve(await verifyPart(ctx, snapshot.dataset, { part })))
  return {
    sql: `read_parquet([${files.map(sqlText).join(', ')}])`,
    folders: [resolve(tableFolder(ctx, snapshot.dataset))],
    files,
    rows: snapshot.rows,
    columns: snapshot.columns,
  }
}

/** The snapshot of an exact version; its digest must be the one that the address names. */
export function snapshotOf(ctx: DatasetsContext, address: TableAddress): Snapshot {
  const { dataset, version, digest } = address
  const snapshot = snapshotAt(dataset, readLog(ctx, dataset), version)
  if (!snapshot) {
    throw new DatasetNotFoundError(
      `Version ${version} of ${dataset} is gone.`,
      'Run the pipeline again: it makes the version anew, or pull it from a remote.',
    )
  }
  if (snapshot.digest === digest) return snapshot
  throw new DamagedTableError(
    dataset,
    tableFolder(ctx, dataset),
    `version ${version} is ${snapshot.digest}, not ${digest}`,
  )
}

/** Reads exact, verified versions. */
export function createDatasetReader(ctx: DatasetsContext): DatasetReader {
  return { scan: async (address) => scanSnapshot(ctx, snapshotOf(ctx, address)) }
}
