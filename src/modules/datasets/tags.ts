import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { createFileDurably, writeFileDurably } from '../../kernel/durable-file.ts'
import type { DatasetsContext } from './context.ts'
import { namesIn, tableFolder } from './delta/log.ts'
import { TagTakenError } from './errors.ts'
import { assertTagName } from './reference.ts'

/** A name that somebody gave to a version. */
export interface DatasetTag {
  readonly tag: string
  readonly version: number
  readonly taggedAt: string
}

/** One small file per tag beside the log; Delta readers skip folders that begin with `_`. */
function tagFile(ctx: Pick<DatasetsContext, 'tablesFolder'>, dataset: string, tag: string): string {
  return join(tableFolder(ctx, dataset), '_baton_tags', `${tag}.json`)
}

export function findTag(
  ctx: Pick<DatasetsContext, 'tablesFolder'>,
  dataset: string,
  tag: string,
): DatasetTag | undefined {
  try {
    return JSON.parse(readFileSync(tagFile(ctx, dataset, tag), 'utf8')) as DatasetTag
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The tags of a dataset, by name. */
export function listTags(ctx: Pick<DatasetsContext, 'tablesFolder'>, dataset: string): readonly DatasetTag[] {
  return namesIn(join(tableFolder(ctx, dataset), '_baton_tags'))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => findTag(ctx, dataset, name.slice(0, -'.json'.length)))
    .filter((tag) => tag !== undefined)
}

/** Writes a tag; one that points elsewhere is kept unless it may be moved. */
export function writeTag(
  ctx: Pick<DatasetsContext, 'tablesFolder' | 'clock'>,
  dataset: string,
  wanted: { readonly tag: string; readonly version: number; readonly move: boolean },
): DatasetTag {
  const { tag, version, move } = wanted
  assertTagName(dataset, tag)
  const file = tagFile(ctx, dataset, tag)
  const made: DatasetTag = { tag, version, taggedAt: ctx.clock.now().toISOString() }
  if (createFileDurably(file, JSON.stringify(made))) return made
  const taken = findTag(ctx, dataset, tag)
  if (taken?.version === version) return taken
  if (!move) throw new TagTakenError(dataset, tag, taken?.version ?? 0)
  writeFileDurably(file, JSON.stringify(made))
  return made
}
