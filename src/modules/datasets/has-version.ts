import { statSync } from 'node:fs'
import { join } from 'node:path'

import type { TableAddress } from '../../ports/dataset-reader.ts'
import type { DatasetsContext } from './context.ts'
import { readLog, snapshotAt, tableFolder } from './delta/log.ts'

/** True when the version is there with this digest and all its parts have their recorded size; bytes are checked when read. */
export function hasVersion(ctx: DatasetsContext, { dataset, version, digest }: TableAddress): boolean {
  const snapshot = snapshotAt(dataset, readLog(ctx, dataset), version)
  if (snapshot?.digest !== digest) return false
  const folder = tableFolder(ctx, dataset)
  return snapshot.parts.every(
    (part) => statSync(join(folder, part.path), { throwIfNoEntry: false })?.size === part.sizeBytes,
  )
}
