import { existsSync } from 'node:fs'

import { InternalError } from '../../kernel/errors.ts'
import type { RowSources } from '../../ports/row-source.ts'
import type { TableSession } from '../../ports/table-engine.ts'
import {
  createDatasetReader,
  type DatasetsContext,
  openRelation,
  resolveDataset,
  resolveSource,
  toReadError,
} from '../datasets/index.ts'
import type { InputRelation, OpenInput } from './context.ts'
import { InputNotFoundError, UnknownFormatError } from './errors.ts'

const fileName = /\.(csv|tsv|jsonl|ndjson)(\.gz)?$|\.parquet$/i
const readable = ['.csv', '.csv.gz', '.tsv', '.parquet', '.jsonl', '.ndjson']

/** Files are read here, never databases. */
const noSources: RowSources = {
  open: () => Promise.reject(new InternalError('A file was opened as a database.')),
}

async function openFile(session: TableSession, path: string, signal: AbortSignal): Promise<InputRelation> {
  if (!existsSync(path)) throw new InputNotFoundError(path)
  if (!fileName.test(path)) throw new UnknownFormatError('input', path, readable)
  const source = resolveSource({ format: 'auto', location: path }, { projectRoot: process.cwd(), env: () => undefined })
  const opened = await openRelation(session, source, { sources: noSources, query: {}, signal, onRows: () => {} })
  return {
    sql: opened.relation,
    columns: opened.columns,
    label: path,
    toError: (error) => toReadError(error, opened.path),
  }
}

async function openDataset(ctx: DatasetsContext, reference: string): Promise<InputRelation> {
  const { dataset, version, digest } = resolveDataset(ctx, reference)
  const { sql, columns } = await createDatasetReader(ctx).scan({ dataset, version, digest })
  return { sql, columns, label: `${dataset}@${version}` }
}

/** Opens what a person names: a file when it looks like one or is there, a dataset otherwise. */
export function createOpenInput(datasets: DatasetsContext): OpenInput {
  return async (session, reference, { signal }) => {
    const isFile = fileName.test(reference) || reference.includes('/') || existsSync(reference)
    return isFile
      ? await openFile(session, reference, signal ?? new AbortController().signal)
      : await openDataset(datasets, reference)
  }
}
