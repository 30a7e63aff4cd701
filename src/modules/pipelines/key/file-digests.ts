import { type BigIntStats, readFileSync, statSync } from 'node:fs'

import type { Clock } from '../../../kernel/clock.ts'
import { type Digest, digestBytes, digestFile } from '../../../kernel/hash.ts'
import type { Database } from '../../../ports/database.ts'
import type { PipelinesTables } from '../tables.ts'

/** Younger than this when it was hashed, a file may have changed again within the clock's grain. */
const raceMs = 2_000
const smallBytes = 1 << 20
const chunkRows = 500

interface Known {
  readonly stamp: string
  readonly digest: Digest
}

/** Digests of files, each read at most once while it does not change. */
export interface FileDigests {
  /** The digest of a file's bytes as they are now. */
  digest(path: string): Promise<Digest>
  /** From now on the file system is asked again: something may have changed. */
  forget(): void
  /** Keeps what was learned for the next process. */
  save(): Promise<void>
}

interface FileDigestsContext {
  readonly database: Database
  readonly clock: Clock
}

/**
 * Opens the stat cache. A digest is trusted while size, mtime, ctime and inode are those of the last look, and only
 * when the file was older than two seconds at that look, because a later write could carry the same stamp.
 */
export async function openFileDigests(ctx: FileDigestsContext): Promise<FileDigests> {
  const known = await loadKnown(ctx.database)
  const learned = new Map<string, Known>()
  let asked = new Map<string, Promise<Digest>>()

  async function look(path: string): Promise<Digest> {
    const before = statSync(path, { bigint: true })
    const stamp = stampOf(before)
    const found = known.get(path)
    if (found?.stamp === stamp) return found.digest
    const digest = before.size <= smallBytes ? digestBytes(readFileSync(path)) : await digestFile(path)
    const after = statSync(path, { bigint: true })
    const ageMs = ctx.clock.now().getTime() - Number(after.mtimeMs > after.ctimeMs ? after.mtimeMs : after.ctimeMs)
    if (stampOf(after) === stamp && ageMs > raceMs) {
      known.set(path, { stamp, digest })
      learned.set(path, { stamp, digest })
    }
    return digest
  }

  return {
    digest(path) {
      const pending = asked.get(path) ?? look(path)
      asked.set(path, pending)
      return pending
    },
    forget() {
      asked = new Map()
    },
    async save() {
      const rows = [...learned]
      learned.clear()
      await saveKnown(ctx.database, rows)
    },
  }
}

function stampOf(stats: BigIntStats): string {
  return `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino}`
}

async function loadKnown(database: Database): Promise<Map<string, Known>> {
  const rows = await database.tables<PipelinesTables>().selectFrom('file_digests').selectAll().execute()
  return new Map(
    rows.map((row) => [
      row.path,
      { stamp: `${row.size_bytes} ${row.mtime_ns} ${row.ctime_ns} ${row.inode}`, digest: row.digest as Digest },
    ]),
  )
}

async function saveKnown(database: Database, entries: readonly (readonly [string, Known])[]): Promise<void> {
  if (entries.length === 0) return
  await database.transaction<PipelinesTables, void>(async (tables) => {
    for (let start = 0; start < entries.length; start += chunkRows) {
      const values = entries.slice(start, start + chunkRows).map(([path, { stamp, digest }]) => {
        const [size, mtime, ctime, inode] = stamp.split(' ') as [string, string, string, string]
        return { path, size_bytes: Number(size), mtime_ns: mtime, ctime_ns: ctime, inode, digest }
      })
      await tables
        .insertInto('file_digests')
        .values(values)
        .onConflict((conflict) =>
          conflict.column('path').doUpdateSet((row) => ({
            size_bytes: row.ref('excluded.size_bytes'),
            mtime_ns: row.ref('excluded.mtime_ns'),
            ctime_ns: row.ref('excluded.ctime_ns'),
            inode: row.ref('excluded.inode'),
            digest: row.ref('excluded.digest'),
          })),
        )
        .execute()
    }
  })
}
