import type { Json } from '../../../kernel/json.ts'
import { type TableSchema, tableSchema } from '../../checks/declare.ts'
import type { CommonStepOptions, Handle, StepScope } from '../../pipelines/declare.ts'
import { InvalidStepError } from '../invalid-step.ts'
import { source as sourceOf } from './sources.ts'
import type { SourceLocation, SourceSpec } from './source-spec.ts'

/** A data contract: a table's schema with more about it. */
export type SchemaLike = { readonly [Field in keyof TableSchema]: Readonly<TableSchema[Field]> }

export interface IngestStepOptions extends CommonStepOptions {
  /** Where the rows come from; a text or `p.env(…)` is looked at by its scheme or extension. */
  readonly from: SourceSpec | SourceLocation
  /** The table, or a query, of a database; exactly one of the two. */
  readonly table?: string
  readonly query?: string
  /** What every row must be; rows that are not go to `<dataset>.quarantine`. */
  readonly schema?: TableSchema
  /** A data contract instead of a schema of the step's own. */
  readonly contract?: SchemaLike
  /** The name of the dataset; the step's when absent. */
  readonly dataset?: string
  /** `append` adds to the latest version; `overwrite` (the default, unless there is a watermark) replaces it. */
  readonly mode?: 'overwrite' | 'append'
  /** A column that only grows: each run reads the rows beyond the greatest value so far, and appends them. */
  readonly watermark?: string
}

function schemaOf(name: string, options: IngestStepOptions): TableSchema | undefined {
  const { columns, key, rows, maxQuarantineShare, extraColumns } = options.contract ?? {}
  const given = options.schema ?? (options.contract && { columns, key, rows, maxQuarantineShare, extraColumns })
  if (given === undefined) return undefined
  const parsed = tableSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InvalidStepError(
    name,
    `its schema is wrong at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? '?'}`,
    'Correct the schema.',
  )
}

function specOf(from: IngestStepOptions['from']): SourceSpec {
  return typeof from === 'string' || 'env' in from ? sourceOf(from) : from
}

/** Adds a step that makes a dataset version from a source. */
export function declareIngest(scope: StepScope, name: string, options: IngestStepOptions): Handle<'table'> {
  const { table, query, watermark } = options
  if (table !== undefined && query !== undefined) {
    throw new InvalidStepError(name, 'it names both a table and a query', 'Give one of the two.')
  }
  if (watermark !== undefined && options.mode === 'overwrite') {
    throw new InvalidStepError(
      name,
      'a watermark appends, and the mode is overwrite',
      "Leave out one of them, or write mode: 'append'.",
    )
  }
  const schema = schemaOf(name, options)
  const ingest = {
    dataset: options.dataset ?? name,
    source: specOf(options.from),
    ...(table === undefined ? {} : { table }),
    ...(query === undefined ? {} : { query }),
    ...(schema === undefined ? {} : { schema }),
    mode: options.mode ?? (watermark === undefined ? 'overwrite' : 'append'),
    ...(watermark === undefined ? {} : { watermark }),
  }
  scope.add({
    name,
    kind: 'ingest',
    inputs: {},
    outputs: { table: 'table' },
    options: ingest as unknown as Json,
    params: [],
    retries: options.retries ?? 0,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    cached: options.cache ?? true,
  })
  return { kind: 'table', step: name, output: 'table' }
}
