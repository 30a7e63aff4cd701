import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { throwIfAborted } from '../../kernel/errors.ts'
import type { DatasetsContext } from './context.ts'
import { logFolder, namesIn, readLog, tableFolder } from './delta/log.ts'
import { verifyPart } from './parts.ts'
import { ownerOf } from './work-folder.ts'

/** Something of a version that is not as it was recorded. */
export interface TornPart {
  readonly dataset: string
  readonly path: string
  readonly problem: string
}

/** A file or folder that belongs to no version: the rest of a writer that was stopped. */
export interface Leftover {
  readonly path: string
  readonly sizeBytes: number
  /** `alive`: its writer runs. `unknown`: it cannot be told, only its age speaks. */
  readonly writer: 'alive' | 'dead' | 'unknown'
}

export interface TablesReport {
  /** How many parts were read and compared with their digests. */
  readonly checked: number
  readonly torn: readonly TornPart[]
  readonly leftovers: readonly Leftover[]
}

function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.size ?? 0
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}

function toTorn(dataset: string, error: unknown): TornPart {
  const { message, where } = error as Error & { where?: { file?: string } }
  return { dataset, path: where?.file ?? '', problem: message }
}

type Owners = ReadonlyMap<string, 'alive' | 'dead' | 'unknown'>

/** The writers whose temporary folders are there, by their id. */
function writersAtWork(ctx: DatasetsContext): Owners {
  const owners = namesIn(ctx.temporaryFolder).map((name) => ownerOf(name))
  return new Map(owners.flatMap((owner) => (owner ? [[owner.id, owner.state]] : [])))
}

function temporaryLeftovers(ctx: DatasetsContext): readonly Leftover[] {
  return namesIn(ctx.temporaryFolder).flatMap((name) => {
    const owner = ownerOf(name)
    const path = join(ctx.temporaryFolder, name)
    return owner ? [{ path, sizeBytes: sizeOf(path), writer: owner.state }] : []
  })
}

/** A part names its writer; without its folder the writer has ended, here or on another machine. */
function writerOfPart(name: string, owners: Owners): Leftover['writer'] {
  const id = /^part-\d{5}-([0-9a-f]{32})\./.exec(name)?.[1]
  return id === undefined ? 'unknown' : (owners.get(id) ?? 'dead')
}

function tableLeftovers(
  ctx: DatasetsContext,
  dataset: string,
  options: { named: ReadonlySet<string>; owners: Owners },
): readonly Leftover[] {
  const { named, owners } = options
  const folder = tableFolder(ctx, dataset)
  const parts = namesIn(folder)
    .filter((name) => name.endsWith('.parquet') && !named.has(name))
    .map((name) => ({
      path: join(folder, name),
      sizeBytes: sizeOf(join(folder, name)),
      writer: writerOfPart(name, owners),
    }))
  const temporary = [logFolder(ctx, dataset), join(folder, '_baton_tags')].flatMap((inner) =>
    namesIn(inner)
      .filter((name) => name.startsWith('.tmp-'))
      .map((name) => ({ path: join(inner, name), sizeBytes: sizeOf(join(inner, name)), writer: 'unknown' as const })),
  )
  return [...parts, ...temporary]
}

/** Reads every part of every version and compares it with its digest; says what belongs to no version. */
export async function verifyTables(ctx: DatasetsContext, signal?: AbortSignal): Promise<TablesReport> {
  const torn: TornPart[] = []
  const owners = writersAtWork(ctx)
  const leftovers: Leftover[] = [...temporaryLeftovers(ctx)]
  let checked = 0
  for (const dataset of namesIn(ctx.tablesFolder).filter((name) => !name.startsWith('.'))) {
    // Listed before the log is read: a part that is committed in between is named by the log.
    const before = new Set(namesIn(tableFolder(ctx, dataset)))
    try {
      const parts = new Map(readLog(ctx, dataset).flatMap((entry) => entry.adds.map((part) => [part.path, part])))
      for (const part of parts.values()) {
        throwIfAborted(signal)
        checked++
        await verifyPart(ctx, dataset, { part, again: true }).catch((error: unknown) =>
          torn.push(toTorn(dataset, error)),
        )
      }
      const named = new Set(parts.keys())
      const found = tableLeftovers(ctx, dataset, { named, owners })
      leftovers.push(
        ...found.filter(
          (leftover) =>
            !leftover.path.endsWith('.parquet') ||
            before.has(leftover.path.slice(tableFolder(ctx, dataset).length + 1)),
        ),
      )
    } catch (error) {
      throwIfAborted(signal)
      torn.push(toTorn(dataset, error))
    }
  }
  return { checked, torn, leftovers }
}

export interface CleanOptions {
  /** How old what a dead writer left must be; a minute when absent. */
  readonly deadAfterMs?: number
  /** How old what nobody can be asked about must be; a day when absent. */
  readonly unknownAfterMs?: number
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Removes what stopped writers left behind. What a running writer has made is never touched. */
export function cleanLeftovers(
  ctx: DatasetsContext,
  leftovers: readonly Leftover[],
  options: CleanOptions = {},
): { readonly removed: readonly Leftover[]; readonly kept: readonly Leftover[] } {
  const { deadAfterMs = minuteMs, unknownAfterMs = dayMs } = options
  const now = ctx.clock.now().getTime()
  const removed: Leftover[] = []
  const kept: Leftover[] = []
  for (const leftover of leftovers) {
    const stat = statSync(leftover.path, { throwIfNoEntry: false })
    if (!stat) continue
    const ageMs = now - stat.ctimeMs
    const old =
      leftover.writer === 'dead' ? ageMs >= deadAfterMs : leftover.writer === 'unknown' && ageMs >= unknownAfterMs
    if (old) rmSync(leftover.path, { recursive: true, force: true })
    ;(old ? removed : kept).push(leftover)
  }
  return { removed, kept }
}
