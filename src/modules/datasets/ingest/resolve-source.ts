import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isAbsolute, join } from 'node:path'

import { Secret } from '../../../kernel/secret.ts'
import { SourceError } from '../errors.ts'
import type { ResolvedSource, SourceLocation, SourceSpec } from './source-spec.ts'

export interface SourcePlace {
  readonly projectRoot: string
  readonly env: (name: string) => string | undefined
}

function locationOf(location: SourceLocation, place: SourcePlace): string {
  if (typeof location === 'string') return location
  const found = place.env(location.env) ?? location.default
  if (found !== undefined && found !== '') return found
  throw new SourceError(
    'source_not_set',
    `The environment variable ${location.env} is not set, and the source needs it.`,
    {
      hint: `Set it: export ${location.env}=…, or give p.env('${location.env}', { default: '…' }).`,
      details: { variable: location.env },
    },
  )
}

/** A location without the password that it may hold, for records and messages. */
export function publicLocation(location: string): string {
  return location
    .replace(/^([a-z+]+:\/\/[^:/@]*):[^@]*@/i, '$1:[redacted]@')
    .replace(/([?&]password=)[^&]*/gi, '$1[redacted]')
}

function toPath(location: string, root: string): string {
  if (location.startsWith('file://')) return fileURLToPath(location)
  const path = location.replace(/^sqlite:(\/\/(?=\/))?/, '')
  return isAbsolute(path) ? path : join(root, path)
}

function formatOf(location: string): ResolvedSource['format'] {
  const bare = location.toLowerCase().replace(/[?#].*$/, '')
  if (/^postgres(ql)?:\/\//.test(bare)) return 'postgres'
  if (bare.startsWith('sqlite:') || /\.(db|sqlite|sqlite3)$/.test(bare)) return 'sqlite'
  if (/\.(csv|tsv)(\.gz)?$/.test(bare)) return 'csv'
  if (bare.endsWith('.parquet')) return 'parquet'
  if (/\.(jsonl|ndjson)(\.gz)?$/.test(bare)) return 'jsonl'
  throw new SourceError('unknown_source', `${publicLocation(location)} is of no known kind of source.`, {
    hint: 'Known by their name: postgres://…, sqlite:…, .db, .sqlite, .csv, .csv.gz, .tsv, .parquet, .jsonl, .ndjson. Else say it: csv(path), parquet(path), jsonl(path), sqlite(path).',
  })
}

/** Finds out where and what a source is; a file that is not there is refused here. */
export function resolveSource(spec: SourceSpec, place: SourcePlace): ResolvedSource {
  const location = locationOf(spec.location, place)
  const format = spec.format === 'auto' ? formatOf(location) : spec.format
  if (format === 'postgres') return { format, url: new Secret(location) }
  const path = toPath(location, place.projectRoot)
  if (!existsSync(path)) {
    throw new SourceError('source_missing', `There is no file ${path}.`, {
      kind: 'not_found',
      hint: 'Correct the path of the source (it is relative to the project), or put the file there.',
      where: { file: path },
    })
  }
  if (!statSync(path).isFile()) {
    throw new SourceError('source_not_a_file', `${path} is not a file.`, {
      hint: 'Name one file of the folder.',
      where: { file: path },
    })
  }
  if (format === 'sqlite') return { format, path, url: new Secret(`sqlite:${path}`) }
  if (format === 'parquet') return { format, path }
  if (format === 'jsonl') return { format, path }
  const { format: _, location: __, ...options } = spec.format === 'csv' ? spec : { format, location }
  return { format, path, ...options }
}
