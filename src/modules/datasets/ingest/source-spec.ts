import type { Secret } from '../../../kernel/secret.ts'
import type { EnvReference } from '../../pipelines/declare.ts'

/** How a CSV file is written. What is absent is found out (delimiter) or is the usual (the rest). */
export interface CsvOptions {
  readonly delimiter?: string
  readonly quote?: string
  /** False: the first line is data already; columns are then named by `names`, or `column00`, `column01`, … */
  readonly header?: boolean
  /** Names of the columns, in order, instead of the header's. */
  readonly names?: readonly string[]
  /** Lines before the header, or before the data, that are not part of the table. */
  readonly skip?: number
  /** `utf-8` (the default), `latin-1` or `utf-16`. */
  readonly encoding?: 'utf-8' | 'latin-1' | 'utf-16'
  /** Texts that mean null, beside the empty one. */
  readonly nulls?: readonly string[]
}

export type SourceLocation = string | EnvReference

/** Where rows come from, as plain data. `auto` chooses by scheme and extension when the step runs. */
export type SourceSpec =
  | { readonly format: 'auto'; readonly location: SourceLocation }
  | ({ readonly format: 'csv'; readonly location: SourceLocation } & CsvOptions)
  | { readonly format: 'parquet' | 'jsonl'; readonly location: SourceLocation }
  | { readonly format: 'sqlite' | 'postgres'; readonly location: SourceLocation }

export type ResolvedSource =
  | ({ readonly format: 'csv'; readonly path: string } & CsvOptions)
  | { readonly format: 'parquet'; readonly path: string }
  | { readonly format: 'jsonl'; readonly path: string }
  | { readonly format: 'sqlite'; readonly path: string; readonly url: Secret }
  | { readonly format: 'postgres'; readonly url: Secret }
