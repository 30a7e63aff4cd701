import { statSync } from 'node:fs'

import { digestValue } from '../../../kernel/hash.ts'
import type { Secret } from '../../../kernel/secret.ts'
import type { RowSources } from '../../../ports/row-source.ts'
import type { KeyPart, PlanContext } from '../../pipelines/index.ts'
import { sqlName } from '../../checks/index.ts'
import type { IngestOptions } from './ingest-options.ts'
import { resolveSource } from './resolve-source.ts'
import type { ResolvedSource } from './source-spec.ts'

function isFilled(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
}

/** The bytes of the database file, and of its write-ahead log while that holds rows that are not in the file yet. */
async function sqliteParts(path: string, plan: PlanContext): Promise<readonly KeyPart[]> {
  const parts: KeyPart[] = [{ name: 'source', digest: await plan.digestFile(path), detail: path }]
  const log = `${path}-wal`
  if (isFilled(log)) parts.push({ name: 'source.wal', digest: await plan.digestFile(log), detail: log })
  return parts
}

/** Count and greatest watermark: enough for a source that rows are only added to, which is what a watermark promises. */
async function watermarkPart(sources: RowSources, source: { url: Secret }, options: IngestOptions): Promise<KeyPart> {
  const from = options.query === undefined ? tableName(options.table ?? '') : `(${options.query}) AS q`
  const query = `SELECT count(*) AS n, max(${sqlName(options.watermark!)}) AS top FROM ${from}`
  await using opened = await sources.open(source.url.reveal())
  for await (const [row] of opened.batches({ query })) {
    const [rows = null, top = null] = row ?? []
    return {
      name: 'source',
      digest: digestValue('source-watermark/1', { rows, top }),
      detail: `${rows} rows up to ${top}`,
    }
  }
  return { name: 'source', uncacheable: 'the database did not say how many rows there are' }
}

/** `schema.table` as SQL. */
export function tableName(table: string): string {
  return table.split('.').map(sqlName).join('.')
}

/** The parts of an ingest step's key beyond its options: what the source holds now, and who reads it. */
export async function sourceParts(
  sources: RowSources,
  options: IngestOptions,
  plan: PlanContext,
): Promise<readonly KeyPart[]> {
  const source: ResolvedSource = resolveSource(options.source, plan)
  switch (source.format) {
    case 'csv':
    case 'parquet':
    case 'jsonl':
      return [{ name: 'source', digest: await plan.digestFile(source.path), detail: source.path }]
    case 'sqlite':
      return sqliteParts(source.path, plan)
    case 'postgres':
      if (options.watermark !== undefined) return [await watermarkPart(sources, source, options)]
      return [
        {
          name: 'source',
          uncacheable: 'a PostgreSQL table without a watermark can change anywhere; it is read every time',
        },
      ]
  }
}
