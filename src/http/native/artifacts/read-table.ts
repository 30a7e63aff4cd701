import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import { BatonError } from '../../../kernel/errors.ts'
import type { DatasetsContext } from '../../../modules/datasets/index.ts'
import type { TableHead } from '../contract/artifact.ts'
import { ArtifactNotTableError } from '../errors.ts'
import type { ArtifactContent } from './find-artifact.ts'
import { toTableCell } from './table-cell.ts'

const largestBytes = 256e6
const readers: Readonly<Record<string, string>> = {
  csv: 'read_csv',
  tsv: 'read_csv',
  parquet: 'read_parquet',
  jsonl: 'read_ndjson',
  ndjson: 'read_ndjson',
}

/** The first rows of a CSV, JSON lines or Parquet artifact, read by the table engine from a copy of its own. */
export async function readArtifactTable(
  { engine, temporaryFolder }: Pick<DatasetsContext, 'engine' | 'temporaryFolder'>,
  artifact: ArtifactContent,
  { path, rows }: { readonly path: string; readonly rows: number },
): Promise<TableHead> {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  const reader = readers[ending]
  if (reader === undefined) throw new ArtifactNotTableError(path, `files that end in .${ending} are no tables`)
  if (artifact.sizeBytes > largestBytes) throw new ArtifactNotTableError(path, 'it is larger than 256 MB')
  const folder = await mkdtemp(join(temporaryFolder, 'artifact-'))
  try {
    const file = join(folder, `table.${ending}`)
    await pipeline(artifact.content, createWriteStream(file))
    await using session = await engine.openSession({ allowedFolders: [folder] })
    const relation = `${reader}('${file.replaceAll("'", "''")}')`
    const columns = await session.describe(`SELECT * FROM ${relation}`)
    const found = await session.rows(`SELECT * FROM ${relation} LIMIT ${Math.trunc(rows)}`)
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      head: found.map((row) => columns.map(({ name }) => toTableCell(row[name]))),
    }
  } catch (error) {
    if (!(error instanceof BatonError) || error instanceof ArtifactNotTableError) throw error
    throw new ArtifactNotTableError(path, error.message)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
