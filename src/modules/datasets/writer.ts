import { dirname, extname, join, resolve } from 'node:path'

import type { DatasetWriter } from '../../ports/dataset-reader.ts'
import { sqlText } from '../checks/index.ts'
import { commitPart } from './commit.ts'
import type { DatasetsContext } from './context.ts'
import { SourceError } from './errors.ts'
import { csvRelation } from './ingest/csv-relation.ts'
import { inspectCsv } from './ingest/csv-dialect.ts'
import { plainIngest } from './ingest/plain-ingest.ts'
import type { SourceRelation } from './ingest/open-relation.ts'
import { withWorkFolder } from './work-folder.ts'

async function relationOf(files: readonly string[]): Promise<SourceRelation> {
  const [first] = files
  if (first === undefined) {
    throw new SourceError('no_files', 'A step gave no file for a table.', {
      hint: 'Write one Parquet or CSV file to the path of the output.',
    })
  }
  const path = resolve(first)
  const shared = { label: path, path, declared: false }
  if (/\.csv(\.gz)?$/.test(path)) {
    if (files.length > 1) {
      throw new SourceError('several_csv', 'A step gave several CSV files for one table.', {
        hint: 'Write one CSV file, or Parquet files.',
        where: { file: path },
      })
    }
    const dialect = await inspectCsv(path)
    const columns = dialect.names.map((name) => ({ name, sqlType: 'VARCHAR' }))
    return { relation: csvRelation(dialect), values: 'text', columns, ...shared }
  }
  if (extname(path) !== '.parquet') {
    throw new SourceError('unknown_file', `${path} is neither a Parquet nor a CSV file by its name.`, {
      hint: 'Name the file .parquet, .csv or .csv.gz.',
      where: { file: path },
    })
  }
  const list = files.map((file) => sqlText(resolve(file))).join(', ')
  return { relation: `read_parquet([${list}])`, values: 'typed', columns: [], ...shared }
}

/** Commits the files that a step made as versions. */
export function createDatasetWriter(ctx: DatasetsContext): DatasetWriter {
  return {
    commitFiles: (dataset, files, provenance) =>
      withWorkFolder(ctx, async (work) => {
        const source = await relationOf(files)
        await using session = await ctx.engine.openSession({
          memoryLimitMb: ctx.memoryLimitMb,
          allowedFolders: [resolve(work.path), ...new Set(files.map((file) => dirname(resolve(file))))],
        })
        const file = join(work.path, `part-00000-${work.id}.zstd.parquet`)
        const part = await plainIngest(session, {
          source,
          file,
          signal: new AbortController().signal,
          log: () => undefined,
        })
        const { snapshot } = await commitPart(ctx, { dataset, part, mode: 'overwrite', provenance })
        const { version, digest, rows } = snapshot
        return { dataset, version, digest, rows }
      }),
  }
}
