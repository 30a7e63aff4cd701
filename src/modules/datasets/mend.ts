import { linkSync, renameSync } from 'node:fs'
import { join } from 'node:path'

import { fsyncFolder } from '../../kernel/durable-file.ts'
import { newId } from '../../kernel/ids.ts'
import type { DatasetsContext } from './context.ts'
import type { LogEntry, Part } from './delta/log-entry.ts'
import { tableFolder } from './delta/log.ts'
import { DamagedTableError } from './errors.ts'
import { rememberPart, verifyPart } from './parts.ts'

async function isWhole(ctx: DatasetsContext, dataset: string, part: Part): Promise<boolean> {
  try {
    await verifyPart(ctx, dataset, { part })
    return true
  } catch (error) {
    if (error instanceof DamagedTableError) return false
    throw error
  }
}

/**
 * A step that runs again makes the bytes it made before. Wherever a version names a part with these bytes that is gone
 * or damaged, they take its place, so that every version of the table is whole again.
 */
export async function mendParts(
  ctx: DatasetsContext,
  dataset: string,
  { log, placed }: { readonly log: readonly LogEntry[]; readonly placed: Part },
): Promise<void> {
  const folder = tableFolder(ctx, dataset)
  for (const part of log.flatMap((entry) => entry.adds)) {
    if (part.sha256 !== placed.sha256 || part.path === placed.path || (await isWhole(ctx, dataset, part))) continue
    const temporary = join(folder, `part-00000-${newId()}.mended.parquet`)
    linkSync(join(folder, placed.path), temporary)
    renameSync(temporary, join(folder, part.path))
    fsyncFolder(folder)
    rememberPart(ctx, dataset, part)
  }
}
