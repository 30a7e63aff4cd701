import type { CommonStepOptions, Handle, StepScope } from '../../pipelines/declare.ts'
import { InvalidStepError } from '../invalid-step.ts'

export interface SqlStepOptions extends CommonStepOptions {
  /** A file with one SELECT, relative to the project. */
  readonly file?: string
  /** The SELECT itself. */
  readonly sql?: string
  /** The datasets that it reads, under these names. */
  readonly inputs: Readonly<Record<string, Handle<'table'>>>
  /** The name of the dataset; the step's when absent. */
  readonly dataset?: string
  /** True: the query learns from all rows (a mean to fill gaps with, a scale); a split after it is refused. */
  readonly fits?: boolean
  /** True: the query repeats or leaves out rows to balance classes; a split after it is refused. */
  readonly resamples?: boolean
}

/** Adds a step that makes a dataset from others by SQL. `$name` in the SQL is a param of the pipeline. */
export function declareSql(scope: StepScope, name: string, options: SqlStepOptions): Handle<'table'> {
  const { file, sql, fits, resamples } = options
  if ((file === undefined) === (sql === undefined)) {
    throw new InvalidStepError(
      name,
      'it needs either a file or the SQL itself',
      "Give file: 'sql/name.sql' or sql: 'SELECT …'.",
    )
  }
  scope.add({
    name,
    kind: 'sql',
    inputs: options.inputs,
    outputs: { table: 'table' },
    options: {
      dataset: options.dataset ?? name,
      ...(file === undefined ? {} : { file }),
      ...(sql === undefined ? {} : { sql }),
      ...(fits === undefined ? {} : { fits }),
      ...(resamples === undefined ? {} : { resamples }),
    },
    params: [],
    retries: options.retries ?? 0,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    cached: options.cache ?? true,
  })
  return { kind: 'table', step: name, output: 'table' }
}
