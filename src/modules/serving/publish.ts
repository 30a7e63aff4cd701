import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { fsyncFile, fsyncFolder } from '../../kernel/durable-file.ts'
import { newId } from '../../kernel/ids.ts'
import type { TableSession } from '../../ports/table-engine.ts'
import { sqlText } from '../checks/index.ts'
import { copyOptions, type OutputFormat } from './output-format.ts'

export interface PublishRequest {
  readonly parts: readonly string[]
  readonly format: OutputFormat
  readonly signal?: AbortSignal | undefined
}

/** Text formats are joined byte by byte, Parquet is written anew; both as a stream. */
async function joinParts(session: TableSession, request: PublishRequest, to: string): Promise<void> {
  const options = request.signal === undefined ? {} : { signal: request.signal }
  if (request.format === 'parquet') {
    const files = request.parts.map((part) => sqlText(part)).join(', ')
    await session.run(`COPY (FROM read_parquet([${files}])) TO ${sqlText(to)} ${copyOptions('parquet', true)}`, options)
    return
  }
  for (const part of request.parts) {
    await pipeline(createReadStream(part), createWriteStream(to, { flags: 'a' }), options)
    await rm(part)
  }
}

/** A file that is complete under a name of its own, until `commit` gives it its real one. */
export interface PreparedFile extends AsyncDisposable {
  commit(): Promise<void>
}

/** Joins parts beside their destination; the destination changes only at `commit`, whole. */
export async function prepareFile(
  session: TableSession,
  request: PublishRequest,
  destination: string,
): Promise<PreparedFile> {
  const folder = dirname(destination)
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, `.${basename(destination)}.tmp-${newId()}`)
  const remove = () => rm(temporary, { force: true })
  try {
    await joinParts(session, request, temporary)
    fsyncFile(temporary)
  } catch (error) {
    await remove()
    throw error
  }
  return {
    async commit() {
      await rename(temporary, destination)
      fsyncFolder(folder)
    },
    [Symbol.asyncDispose]: remove,
  }
}
